//! MFA from the prompt to the call: who is asked for what, several devices, codes that are spent, seeds in the vault.

use std::sync::Arc;
use std::time::Duration;

use leapp_core::aws::{AssumeRole, GetSessionToken};
use leapp_core::{
    Answer, Challenge, Clock, Error, ErrorKind, Event, Leapp, LeappBuilder, Region, SerialNumber, Session,
    Started, TokenCode, Vault, VaultItem, VaultKey, VaultTotpResponder,
};
use leapp_testkit::aws::{Fault, MfaDevice, RoleSpec};

use crate::scene::{Scene, id, words};

const STEP: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_prompt_names_session_account_and_devices() {
    let scene = Scene::new().await;
    let (first, second) = (scene.aws.add_mfa_device(&scene.alice), scene.aws.add_mfa_device(&scene.alice));
    let leapp = builder(&scene).build().unwrap();
    leapp.add(user(&scene, "alice", &[&first, &second])).await.unwrap();
    let challenge = asked(leapp.start(&id("alice")).await.unwrap());
    assert_eq!(
        challenge.to_string(),
        "MFA code of arn:aws:iam::111122223333:mfa/alice or arn:aws:iam::111122223333:mfa/alice-2 in account \
         111122223333 for session `alice`"
    );
    // A hardware device's number names no account.
    let hardware = Challenge::token_code(id("alice"), SerialNumber::parse("GAHT12345678").unwrap());
    assert_eq!(hardware.to_string(), "MFA code of GAHT12345678 for session `alice`");
}

#[test]
fn every_prompt_names_its_session() {
    use leapp_core::Question;
    let region = Region::parse("eu-west-1").unwrap();
    for (question, said) in [
        (
            Question::Login { start_url: "https://d-1.awsapps.com/start".to_owned(), region },
            "https://d-1.awsapps.com/start",
        ),
        (Question::Role { roles: Vec::new() }, "choose one of 0 roles"),
        (
            Question::SamlAssertion {
                login_url: "https://idp.example/".to_owned(),
                sign_in_urls: Vec::new(),
            },
            "log in at https://idp.example/",
        ),
    ] {
        let prompt = Challenge::new(id("alice"), question).to_string();
        assert!(prompt.contains(said) && prompt.contains("session `alice`"), "{prompt}");
    }
}

/// The device whose code is given is the one that the service is told, not the first by rote.
#[tokio::test]
async fn a_code_of_any_of_the_devices_will_do() {
    let scene = Scene::new().await;
    let (first, second) = (scene.aws.add_mfa_device(&scene.alice), scene.aws.add_mfa_device(&scene.alice));
    let stranger = scene.aws.add_mfa_device(&scene.aws.add_user(&scene.account, "bob"));
    let leapp = builder(&scene).build().unwrap();
    leapp.add(user(&scene, "alice", &[&first, &second])).await.unwrap();
    asked(leapp.start(&id("alice")).await.unwrap());
    let of = |device: &MfaDevice| {
        Answer::TokenCode(device.code_at(scene.clock.now()).of_device(device.serial_number().clone()))
    };

    let error = leapp.answer(&id("alice"), of(&stranger)).await.unwrap_err();
    assert_eq!((error.kind(), scene.aws.requests().len()), (ErrorKind::InvalidInput, 0), "{error:?}");
    asked(leapp.start(&id("alice")).await.unwrap());
    // The second's code, and not said to be: it is taken for the first's.
    let unsaid = Answer::TokenCode(second.code_at(scene.clock.now()));
    assert_eq!(leapp.answer(&id("alice"), unsaid).await.unwrap_err().kind(), ErrorKind::MfaRefused);
    asked(leapp.start(&id("alice")).await.unwrap());
    assert!(matches!(leapp.answer(&id("alice"), of(&second)).await.unwrap(), Started::Active));
}

/// Two sessions, one device, one person with one code on the display: it is not sent twice.
#[tokio::test]
async fn a_code_is_shown_to_the_service_once_whichever_session_asks() {
    let scene = Scene::new().await;
    let device = scene.aws.add_mfa_device(&scene.alice);
    let leapp = builder(&scene).build().unwrap();
    scene.vault.put(&key_of("alice-too"), &scene.aws.add_access_key(&scene.alice).to_record()).await.unwrap();
    leapp
        .add_all(vec![user(&scene, "alice", &[&device]), user(&scene, "alice-too", &[&device])])
        .await
        .unwrap();
    asked(leapp.start(&id("alice")).await.unwrap());
    asked(leapp.start(&id("alice-too")).await.unwrap());
    let code = || Answer::TokenCode(device.code_at(scene.clock.now()));
    leapp.answer(&id("alice"), code()).await.unwrap();

    let error = leapp.answer(&id("alice-too"), code()).await.unwrap_err();
    assert_eq!((error.kind(), scene.calls("GetSessionToken")), (ErrorKind::MfaRefused, 1));
    assert!(error.needs_person() && error.to_string().contains("in 30 s"), "{error}");
    let challenge = asked(leapp.start(&id("alice-too")).await.unwrap());
    assert_eq!(challenge.session, id("alice-too"), "the question is open still");
    scene.clock.advance(STEP);
    assert!(matches!(leapp.answer(&id("alice-too"), code()).await.unwrap(), Started::Active));
}

/// A role that wants a code in the call itself, of the device that its user's session was asked for.
#[tokio::test]
async fn a_role_that_asks_for_the_same_device_needs_the_next_code() {
    let scene = Scene::new().await;
    let device = scene.aws.add_mfa_device(&scene.alice);
    let leapp = builder(&scene).build().unwrap();
    let role = scene.aws.add_role(RoleSpec::new(&scene.account, "Deploy"));
    let role = AssumeRole::new(scene.sts(), id("alice"), role).with_mfa(device.serial_number().clone());
    leapp.add_all(vec![user(&scene, "alice", &[&device]), Session::new(id("deploy"), role)]).await.unwrap();
    let code = || Answer::TokenCode(device.code_at(scene.clock.now()));
    let mut events = leapp.events();
    assert_eq!(asked(leapp.start(&id("deploy")).await.unwrap()).session, id("alice"));
    leapp.answer(&id("alice"), code()).await.unwrap();
    while !matches!(events.next().await, Some(Event::ChallengeRequired { challenge, .. }) if challenge.session == id("deploy"))
    {
    }
    assert_eq!(leapp.answer(&id("deploy"), code()).await.unwrap_err().kind(), ErrorKind::MfaRefused);
    assert_eq!(scene.calls("AssumeRole"), 0);
    scene.clock.advance(STEP);
    assert!(matches!(leapp.answer(&id("deploy"), code()).await.unwrap(), Started::Active));
}

/// A person has used the code that a robot comes up with: the robot comes up with the next one.
#[tokio::test]
async fn a_robot_whose_code_a_person_has_used_gives_the_next() {
    let scene = Scene::new().await;
    let device = scene.aws.add_mfa_device(&scene.alice);
    let responder = VaultTotpResponder::new(scene.vault.clone(), Arc::new(scene.clock.clone()))
        .with_device(device.serial_number().clone(), id("robot"));
    let leapp = builder(&scene).with_responder(responder).build().unwrap();
    scene.vault.put(&key_of("robot"), &scene.aws.add_access_key(&scene.alice).to_record()).await.unwrap();
    leapp.add_all(vec![user(&scene, "alice", &[&device]), user(&scene, "robot", &[&device])]).await.unwrap();
    // The robot has no seed yet, so a person answers.
    asked(leapp.start(&id("alice")).await.unwrap());
    leapp.answer(&id("alice"), Answer::TokenCode(device.code_at(scene.clock.now()))).await.unwrap();
    scene.vault.put(&seed_of("robot"), device.seed()).await.unwrap();

    let start = tokio::spawn({
        let leapp = leapp.clone();
        async move { leapp.start(&id("robot")).await }
    });
    let robot = tokio::time::timeout(Duration::from_secs(20), async {
        while !start.is_finished() {
            tokio::time::sleep(Duration::from_millis(10)).await;
            if scene.clock.sleepers() > 0 && scene.calls("GetSessionToken") == 1 {
                scene.clock.advance(Duration::from_secs(1));
            }
        }
        start.await.unwrap()
    });
    assert!(matches!(robot.await.unwrap().unwrap(), Started::Active));
    assert_eq!(scene.calls("GetSessionToken"), 2, "the used code was not sent");
}

/// Two users, a device each, both seeds in the vault: nobody is asked for anything.
#[tokio::test]
async fn seeds_in_the_vault_answer_for_several_devices() {
    let scene = Scene::new().await;
    let bob = scene.aws.add_user(&scene.account, "bob");
    let (of_alice, of_bob) = (scene.aws.add_mfa_device(&scene.alice), scene.aws.add_mfa_device(&bob));
    scene.vault.put(&key_of("bob"), &scene.aws.add_access_key(&bob).to_record()).await.unwrap();
    let mut responder = VaultTotpResponder::new(scene.vault.clone(), Arc::new(scene.clock.clone()));
    for (name, device) in [("alice", &of_alice), ("bob", &of_bob)] {
        scene.vault.put(&seed_of(name), device.seed()).await.unwrap();
        responder = responder.with_device(device.serial_number().clone(), id(name));
    }
    let leapp = builder(&scene).with_responder(responder).build().unwrap();
    leapp.add_all(vec![user(&scene, "alice", &[&of_alice]), user(&scene, "bob", &[&of_bob])]).await.unwrap();
    for name in ["alice", "bob"] {
        assert!(matches!(leapp.start(&id(name)).await.unwrap(), Started::Active), "{name}");
    }
}

/// Each refusal of a call with a code is of a kind of its own, and says whether a person has to act.
#[tokio::test]
async fn each_refusal_is_told_by_kind() {
    let scene = Scene::new().await;
    let device = scene.aws.add_mfa_device(&scene.alice);
    let stranger = scene.aws.add_mfa_device(&scene.aws.add_user(&scene.account, "bob"));
    let now = scene.clock.now();
    is_told(
        &refused(&scene, &device, TokenCode::parse("000000").unwrap()).await,
        ErrorKind::MfaRefused,
        true,
        "invalid MFA",
    );
    is_told(
        &refused(&scene, &stranger, stranger.code_at(now)).await,
        ErrorKind::MfaRefused,
        true,
        "unable to validate",
    );
    for minutes in [-6, 6] {
        scene.aws.set_clock_offset(minutes * 60);
        is_told(
            &refused(&scene, &device, device.code_at(now)).await,
            ErrorKind::ClockSkew,
            true,
            "Signature",
        );
    }
    scene.aws.set_clock_offset(0);
    for (fault, kind) in [(Fault::Throttle, ErrorKind::Throttled), (Fault::ServerError, ErrorKind::Service)] {
        scene.aws.fail_next(fault, 1);
        is_told(&refused(&scene, &device, device.code_at(now)).await, kind, false, "");
    }
    scene.aws.outage(true);
    is_told(&refused(&scene, &device, device.code_at(now)).await, ErrorKind::Unreachable, false, "");
    scene.aws.outage(false);
    let leapp = builder(&scene).build().unwrap();
    leapp.add(user(&scene, "alice", &[&device])).await.unwrap();
    asked(leapp.start(&id("alice")).await.unwrap());
    leapp.answer(&id("alice"), Answer::TokenCode(device.code_at(now))).await.unwrap();
}

#[track_caller]
fn is_told(error: &Error, kind: ErrorKind, needs_person: bool, said: &str) {
    assert_eq!((error.kind(), error.needs_person()), (kind, needs_person), "{error:?}");
    assert!(words(error).contains(said) && error.to_string().contains("`alice`"), "{error:?}");
}

/// An answered start of a session of its own engine, which fails.
async fn refused(scene: &Scene, device: &MfaDevice, code: TokenCode) -> Error {
    let leapp = builder(scene).build().unwrap();
    leapp.add(user(scene, "alice", &[device])).await.unwrap();
    asked(leapp.start(&id("alice")).await.unwrap());
    leapp.answer(&id("alice"), Answer::TokenCode(code)).await.unwrap_err()
}

fn asked(started: Started) -> Challenge {
    match started {
        Started::NeedsAnswer(challenge) => challenge,
        other => panic!("nobody is asked: {other:?}"),
    }
}

fn builder(scene: &Scene) -> LeappBuilder {
    Leapp::builder(scene.vault.clone()).with_clock(Arc::new(scene.clock.clone())).with_seed(1)
}

fn user(scene: &Scene, name: &str, devices: &[&MfaDevice]) -> Session {
    let devices = devices.iter().map(|device| device.serial_number().clone()).collect();
    Session::new(id(name), GetSessionToken::new(scene.sts()).with_mfa_devices(devices))
}

fn key_of(session: &str) -> VaultKey {
    VaultKey::new(id(session), VaultItem::AccessKey)
}

fn seed_of(session: &str) -> VaultKey {
    VaultKey::new(id(session), VaultItem::TotpSeed)
}
