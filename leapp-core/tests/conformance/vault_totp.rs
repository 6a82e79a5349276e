//! `VaultTotpResponder` keeps the responder's contract, and answers for each device from its own seed.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use leapp_core::{
    Answer, Challenge, ErrorKind, MemoryVault, Question, Responder, Secret, SerialNumber, SessionId, Vault,
    VaultItem, VaultKey, VaultTotpResponder,
};
use leapp_testkit::clock::ManualClock;
use leapp_testkit::conformance::responder::ResponderHarness;
use leapp_testkit::leak::{assert_clean, text_of};

mod two_devices {
    leapp_testkit::responder_tests!(super::Devices::new);
}

/// `12345678901234567890` in base32: the seed of the RFC's vectors. The other one is its reverse.
const SEEDS: [&str; 2] = ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "GA4TQNZWGU2DGMRRGA4TQNZWGU2DGMRR"];
const DEVICES: [&str; 2] = ["arn:aws:iam::111122223333:mfa/alice", "arn:aws:iam::111122223333:mfa/alice-2"];

struct Devices {
    responder: VaultTotpResponder,
    vault: Arc<MemoryVault>,
    clock: ManualClock,
}

impl Devices {
    fn new() -> Self {
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_111_111_111));
        let vault = Arc::new(MemoryVault::new());
        let responder = VaultTotpResponder::new(vault.clone(), Arc::new(clock.clone()));
        let responder = DEVICES.iter().zip(["one", "two"]).fold(responder, |responder, (device, name)| {
            responder.with_device(serial_number(device), SessionId::parse(name).unwrap())
        });
        let devices = Self { responder, vault, clock };
        crate::scene::now(async {
            devices.put("one", SEEDS[0]).await;
            devices.put("two", SEEDS[1]).await;
        });
        devices
    }

    async fn put(&self, session: &str, seed: &str) {
        self.vault.put(&place(session), &Secret::new(seed)).await.unwrap();
    }

    /// The device that answered, and its code.
    async fn answer(&self, devices: &[&str]) -> Option<(String, String)> {
        let answer = self.responder.respond(&challenge(devices)).await.unwrap()?;
        let Answer::TokenCode(code) = answer else { panic!("not a code: {answer:?}") };
        Some((code.device().unwrap().to_string(), code.expose().to_owned()))
    }
}

impl ResponderHarness for Devices {
    fn responder(&self) -> &dyn Responder {
        &self.responder
    }

    fn challenge(&self) -> Challenge {
        challenge(&DEVICES[..1])
    }

    fn unanswerable(&self) -> Option<Challenge> {
        Some(challenge(&["arn:aws:iam::111122223333:mfa/bob"]))
    }

    fn pass_time(&self) {
        self.clock.advance(Duration::from_secs(5));
    }

    fn secrets(&self) -> Vec<String> {
        SEEDS.map(str::to_owned).into()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_device_shows_the_codes_of_its_own_seed() {
    let devices = Devices::new();
    let (_, first) = devices.answer(&DEVICES[..1]).await.unwrap();
    let (device, second) = devices.answer(&DEVICES[1..]).await.unwrap();
    assert_eq!(first, "050471", "the RFC's code of that second");
    assert_eq!(device, DEVICES[1]);
    assert_ne!(first, second);
}

/// Of those that would do, the first that has a seed; none of them, and a person is asked.
#[tokio::test(flavor = "multi_thread")]
async fn a_device_without_a_seed_is_passed_over() {
    let devices = Devices::new();
    devices.vault.delete(&place("one")).await.unwrap();
    assert_eq!(devices.answer(&DEVICES).await.unwrap().0, DEVICES[1]);
    devices.vault.delete(&place("two")).await.unwrap();
    assert_eq!(devices.answer(&DEVICES).await, None);
    devices.put("one", SEEDS[0]).await;
    assert_eq!(devices.answer(&DEVICES).await.unwrap().0, DEVICES[0], "one that comes later is found");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_seed_is_told_by_its_device_and_not_repeated() {
    let devices = Devices::new();
    let planted = "hunter2-hunter2-hunter2-hunter2!";
    devices.put("one", planted).await;
    let error = devices.responder.respond(&challenge(&DEVICES[..1])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains(DEVICES[0]), "{error}");
    assert_clean(text_of(&error), [planted]);
}

fn place(session: &str) -> VaultKey {
    VaultKey::new(SessionId::parse(session).unwrap(), VaultItem::TotpSeed)
}

fn serial_number(device: &str) -> SerialNumber {
    SerialNumber::parse(device).unwrap()
}

fn challenge(devices: &[&str]) -> Challenge {
    let serial_numbers = devices.iter().map(|device| serial_number(device)).collect();
    Challenge::new(SessionId::parse("alice").unwrap(), Question::TokenCode { serial_numbers })
}
