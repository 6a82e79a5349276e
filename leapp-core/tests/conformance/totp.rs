//! `TotpResponder` keeps the responder's contract, and shows the codes that RFC 6238 says.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use leapp_core::{
    Answer, Challenge, Clock, ErrorKind, Responder, Secret, SerialNumber, SessionId, TokenCode, TotpResponder,
};
use leapp_testkit::clock::ManualClock;
use leapp_testkit::conformance::responder::ResponderHarness;
use leapp_testkit::leak::{assert_clean, text_of};

mod manual_clock {
    leapp_testkit::responder_tests!(super::Device::new);
}

/// `12345678901234567890` in base32: the seed of the RFC's vectors.
const SEED: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

struct Device {
    responder: TotpResponder,
    clock: ManualClock,
}

impl Device {
    fn new() -> Self {
        Self::at(1_111_111_111)
    }

    fn at(seconds: u64) -> Self {
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        Self { responder: responder(SEED, &clock), clock }
    }
}

impl ResponderHarness for Device {
    fn responder(&self) -> &dyn Responder {
        &self.responder
    }

    fn challenge(&self) -> Challenge {
        challenge("arn:aws:iam::111122223333:mfa/alice")
    }

    fn unanswerable(&self) -> Option<Challenge> {
        Some(challenge("arn:aws:iam::111122223333:mfa/bob"))
    }

    fn pass_time(&self) {
        self.clock.advance(Duration::from_secs(5));
    }

    fn secrets(&self) -> Vec<String> {
        vec![SEED.to_owned(), "12345678901234567890".to_owned()]
    }
}

/// [RFC 6238](https://www.rfc-editor.org/rfc/rfc6238), appendix B, SHA-1: eight digits, of which AWS's devices show six.
#[tokio::test]
async fn codes_are_the_rfcs() {
    for (seconds, eight_digits) in [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ] {
        let device = Device::at(seconds);
        assert_eq!(code(&device.responder).await.expose(), &eight_digits[2..], "at {seconds} s");
    }
}

#[tokio::test]
async fn a_seed_may_have_spaces_and_small_letters() {
    for written in [
        "gezdgnbvgy3tqojqgezdgnbvgy3tqojq",
        " GEZD GNBV GY3T QOJQ\tgezd gnbv gy3t qojq\n",
        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ====",
    ] {
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(59));
        assert_eq!(code(&responder(written, &clock)).await.expose(), "287082", "{written:?}");
    }
}

/// AWS refuses a code that was used: whoever asks second must get the next one.
#[tokio::test]
async fn two_that_ask_at_once_get_codes_of_two_time_steps() {
    let device = Device::at(1_111_111_081);
    let responder = Arc::new(device.responder);
    let tasks = [responder.clone(), responder]
        .map(|responder| tokio::spawn(async move { code(&responder).await.expose().to_owned() }));
    while device.clock.sleepers() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(
        tasks.iter().filter(|task| task.is_finished()).count(),
        1,
        "the second waits for the next step"
    );
    // 29 s are left of the step in which both asked.
    device.clock.advance(Duration::from_secs(28));
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(tasks.iter().filter(|task| task.is_finished()).count(), 1, "the step is not over");
    device.clock.advance(Duration::from_secs(2));
    let mut codes = Vec::new();
    for task in tasks {
        codes.push(task.await.unwrap());
    }
    codes.sort();
    assert_eq!(codes, ["050471", "081804"], "the codes of 1111111109 and of 1111111111");
}

/// The clock is set back over steps whose codes are given, and comes by them once more.
#[tokio::test]
async fn a_clock_that_is_set_back_brings_no_code_twice() {
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_111_111_080);
    let device = Device::at(1_111_111_080);
    let mut codes = Vec::new();
    for back in [0, 60, 30] {
        device.clock.set_wall(start - Duration::from_secs(back));
        codes.push(code(&device.responder).await.expose().to_owned());
    }
    let responder = Arc::new(device.responder);
    let next = tokio::spawn(async move { code(&responder).await.expose().to_owned() });
    while device.clock.sleepers() == 0 {
        tokio::task::yield_now().await;
    }
    // Step by step, past the one that was first: none of the three is free.
    for _ in 0..2 {
        device.clock.advance(Duration::from_secs(30));
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(next.is_finished(), device.clock.now() > start, "at {:?}", device.clock.now());
    }
    codes.push(next.await.unwrap());
    let (given, count) = (codes.clone(), codes.len());
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), count, "{given:?}");
}

#[test]
fn a_seed_that_is_none_is_refused_and_not_repeated() {
    let clock = ManualClock::new(SystemTime::UNIX_EPOCH);
    let device = SerialNumber::parse("arn:aws:iam::111122223333:mfa/alice").unwrap();
    for (seed, reason) in [
        ("", "too short"),
        ("GEZDGNBV", "too short"),
        ("hunter2-hunter2-hunter2-hunter2!", "not base32"),
        ("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ0", "not base32"),
        ("ＧEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "not base32"),
    ] {
        let error =
            TotpResponder::new(device.clone(), &Secret::new(seed), Arc::new(clock.clone())).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{seed:?}");
        assert!(error.to_string().contains(reason), "{seed:?}: {error}");
        if !seed.is_empty() {
            assert_clean(text_of(&error), [seed]);
        }
    }
}

fn responder(seed: &str, clock: &ManualClock) -> TotpResponder {
    let device = SerialNumber::parse("arn:aws:iam::111122223333:mfa/alice").unwrap();
    TotpResponder::new(device, &Secret::new(seed), Arc::new(clock.clone())).unwrap()
}

fn challenge(device: &str) -> Challenge {
    Challenge::token_code(SessionId::parse("alice").unwrap(), SerialNumber::parse(device).unwrap())
}

async fn code(responder: &TotpResponder) -> TokenCode {
    let answer = responder.respond(&challenge("arn:aws:iam::111122223333:mfa/alice")).await.unwrap();
    match answer.unwrap() {
        Answer::TokenCode(code) => code,
        other => panic!("not a code: {other:?}"),
    }
}
