//! From an access key to clients that work, before moto.
//!
//! Unlike AWS, moto accepts any access key, signature and MFA code, and gives the same set for every GetSessionToken,
//! whose owner is to it a user `moto`. So these tests hold what was sent, and that clients find in the file what the
//! library has; that nothing else would have done is held before ministack.

use std::sync::Arc;

use leapp_core::{Answer, Question, Secret, SerialNumber, Started, SystemClock, TokenCode, TotpResponder};

use crate::clients::python;
use crate::readers::{assert_all_are, boto3};
use crate::servers::Moto;
use crate::sessions::{Plan, assert_active, id_of, soon};

const ACCESS_KEY: [&str; 2] = ["AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"];
const DEVICE: &str = "arn:aws:iam::123456789012:mfa/alice";
const ROLE: &str = "arn:aws:iam::123456789012:role/Deploy";
const SEED: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
/// Prints what a device with this seed shows now and has shown in the two minutes before, as RFC 6238 has it.
const CODES: &str = "
import base64, hmac, sys, time
seed, step = base64.b32decode(sys.argv[1]), int(time.time()) // 30
macs = [hmac.digest(seed, (step - ago).to_bytes(8, 'big'), 'sha1') for ago in range(5)]
cuts = [int.from_bytes(mac[mac[-1] & 15:][:4], 'big') & 0x7fffffff for mac in macs]
print(*[f'{cut % 10**6:06}' for cut in cuts])
";
const USER_ARN: &str = "arn:aws:sts::123456789012:user/moto";
const SESSION_ARN: &str = "arn:aws:sts::123456789012:assumed-role/Deploy/assumed-from-leapp";

fn plan(moto: &Moto, device: &SerialNumber) -> Plan {
    Plan::new(&moto.endpoint(), ACCESS_KEY, ROLE).with_mfa(device.clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn clients_use_what_an_answered_mfa_challenge_brought() {
    let moto = Moto::start();
    let device = SerialNumber::parse(DEVICE).unwrap();
    let sessions = plan(&moto, &device).play(|builder| builder).await;
    let foreign = sessions.file.foreign_profiles();

    let Started::NeedsAnswer(challenge) = sessions.start("alice").await.unwrap() else {
        panic!("nobody was asked for an MFA code")
    };
    assert_eq!(challenge.question, Question::TokenCode { serial_numbers: vec![device] });
    let answer = Answer::TokenCode(TokenCode::parse("271828").unwrap());
    assert_active(soon(sessions.leapp.answer(&id_of("alice"), answer)).await);
    assert_active(sessions.start("deploy").await);

    let asked = moto.request("GetSessionToken");
    assert_eq!([&asked["SerialNumber"], &asked["TokenCode"]], [DEVICE, "271828"]);
    assert_all_are(&sessions, "alice", USER_ARN).await;
    assert_all_are(&sessions, "deploy", SESSION_ARN).await;
    assert_eq!(sessions.file.foreign_profiles(), foreign);
    sessions.stop_both().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn a_responder_answers_for_the_source_of_a_role() {
    let moto = Moto::start();
    let device = SerialNumber::parse(DEVICE).unwrap();
    let seed = Secret::new(SEED);
    let responder = TotpResponder::new(device.clone(), &seed, Arc::new(SystemClock::new())).unwrap();
    let sessions = plan(&moto, &device).play(|builder| builder.with_responder(responder)).await;

    // Its source is not started, and yet one call and one code are all it takes.
    assert_active(sessions.start("deploy").await);

    let asked = moto.request("GetSessionToken");
    assert_eq!(asked["SerialNumber"], DEVICE);
    let codes = python(CODES, &[SEED], &[]).said().unwrap();
    assert!(codes.split(' ').any(|code| code == asked["TokenCode"]), "{}: {codes}", asked["TokenCode"]);
    let caller = boto3(&sessions.file, "deploy", &sessions.endpoint).unwrap();
    assert_eq!(caller.arn, SESSION_ARN);
    let refused = boto3(&sessions.file, "alice", &sessions.endpoint).unwrap_err();
    assert!(refused.contains("ProfileNotFound"), "{refused}");
    sessions.stop_both().await;
}
