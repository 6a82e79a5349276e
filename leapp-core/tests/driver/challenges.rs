use std::sync::Arc;

use async_trait::async_trait;
use leapp_core::aws::AssumeRole;
use leapp_core::{
    Answer, Challenge, Error, ErrorKind, Event, Question, Responder, Session, SessionState, Started,
    TokenCode, TotpResponder,
};

use crate::scene::{HOUR, MINUTE, PATIENCE, Scene, code, id, profile, seen};

#[tokio::test]
async fn a_session_with_mfa_asks_and_goes_on_with_the_answer() {
    let scene = Scene::new().await;
    let leapp = scene.builder().build().unwrap();
    leapp.add(scene.user_with_mfa()).await.unwrap();
    let Started::NeedsAnswer(challenge) = leapp.start(&id("alice")).await.unwrap() else { panic!("it asks") };
    let Question::TokenCode { serial_numbers } = &challenge.question else { panic!("for a code") };
    assert_eq!(
        (&challenge.session, &serial_numbers[..]),
        (&id("alice"), &[scene.device.serial_number().clone()][..])
    );
    assert_eq!(scene.calls("GetSessionToken"), 0, "nothing is called before the answer");
    assert!(matches!(leapp.answer(&id("alice"), code(&scene)).await.unwrap(), Started::Active));
    assert!(scene.published("alice").is_some());
}

#[tokio::test]
async fn a_refused_code_is_said_and_the_next_start_asks_again() {
    let scene = Scene::new().await;
    let leapp = scene.builder().build().unwrap();
    leapp.add(scene.user_with_mfa()).await.unwrap();
    leapp.start(&id("alice")).await.unwrap();
    let wrong = Answer::TokenCode(TokenCode::parse("000000").unwrap());
    assert_eq!(leapp.answer(&id("alice"), wrong).await.unwrap_err().kind(), ErrorKind::MfaRefused);
    assert!(matches!(leapp.start(&id("alice")).await.unwrap(), Started::NeedsAnswer(_)));
    leapp.answer(&id("alice"), code(&scene)).await.unwrap();
    assert_eq!(leapp.status(&id("alice")).await.unwrap().state, SessionState::Active);
}

#[tokio::test]
async fn one_code_and_one_call_serve_however_many_wait() {
    let scene = Scene::new().await;
    let leapp = scene.builder().build().unwrap();
    leapp.add(scene.user_with_mfa()).await.unwrap();
    let names: Vec<String> = (0..10).map(|n| format!("role-{n}")).collect();
    leapp.add_all(names.iter().map(|name| scene.chained(name)).collect()).await.unwrap();
    let mut starts = Vec::new();
    for name in &names {
        let (leapp, session) = (leapp.clone(), id(name));
        starts.push(tokio::spawn(async move { leapp.start(&session).await.unwrap() }));
    }
    for start in starts {
        let Started::NeedsAnswer(challenge) = start.await.unwrap() else { panic!("each waits for the code") };
        assert_eq!(challenge.session, id("alice"));
    }
    let mut events = leapp.events();
    leapp.answer(&id("alice"), code(&scene)).await.unwrap();
    let mut started = 0;
    while started < 10 {
        seen(&mut events, |event| matches!(event, Event::Started { .. })).await;
        started += 1;
    }
    assert_eq!((scene.calls("GetSessionToken"), scene.calls("AssumeRole")), (1, 10));
}

#[tokio::test]
async fn a_responder_answers_in_place_of_a_person() {
    let scene = Scene::new().await;
    let seed = scene.device.seed();
    let clock = Arc::new(scene.clock.clone());
    let responder = TotpResponder::new(scene.device.serial_number().clone(), seed, clock).unwrap();
    let leapp = scene.builder().with_responder(responder).build().unwrap();
    leapp.add_all(vec![scene.user_with_mfa(), scene.chained("deploy")]).await.unwrap();
    assert!(matches!(leapp.start(&id("deploy")).await.unwrap(), Started::Active));
}

#[derive(Debug)]
enum Says {
    Nothing,
    ThatItIsBroken,
}

#[async_trait]
impl Responder for Says {
    async fn respond(&self, _: &Challenge) -> Result<Option<Answer>, Error> {
        match self {
            Self::Nothing => Ok(None),
            Self::ThatItIsBroken => Err(Error::new(ErrorKind::Unavailable, "the responder is broken")),
        }
    }
}

#[tokio::test]
async fn what_a_responder_declines_is_left_to_a_person() {
    let scene = Scene::new().await;
    let leapp = scene.builder().with_responder(Says::Nothing).build().unwrap();
    leapp.add(scene.user_with_mfa()).await.unwrap();
    assert!(matches!(leapp.start(&id("alice")).await.unwrap(), Started::NeedsAnswer(_)));
    assert!(
        matches!(leapp.start(&id("alice")).await.unwrap(), Started::NeedsAnswer(_)),
        "asked once more, too"
    );
    leapp.answer(&id("alice"), code(&scene)).await.unwrap();
}

#[tokio::test]
async fn a_responder_that_fails_is_heard_and_a_person_can_still_answer() {
    let scene = Scene::new().await;
    let leapp = scene.builder().with_responder(Says::ThatItIsBroken).build().unwrap();
    leapp.add(scene.user_with_mfa()).await.unwrap();
    let error = leapp.start(&id("alice")).await.unwrap_err();
    assert_eq!(error.to_string(), "the responder is broken");
    leapp.answer(&id("alice"), code(&scene)).await.unwrap();
    assert!(scene.published("alice").is_some());
}

#[tokio::test]
async fn unattended_refresh_asks_by_an_event_and_keeps_what_is_valid() {
    let scene = Scene::new().await;
    let leapp = scene.builder().build().unwrap();
    leapp.add(scene.user_with_mfa()).await.unwrap();
    leapp.start(&id("alice")).await.unwrap();
    leapp.answer(&id("alice"), code(&scene)).await.unwrap();
    let live = leapp.credentials(&id("alice")).unwrap();
    let held = live.current().await.unwrap();
    let mut events = leapp.events();
    scene.clock.advance(10 * HOUR - 5 * MINUTE);
    let event = seen(&mut events, |event| matches!(event, Event::ChallengeRequired { .. })).await;
    let Event::ChallengeRequired { challenge, waiting } = event else { unreachable!() };
    assert_eq!((challenge.deadline, waiting), (Some(held.expiration()), vec![id("alice")]));
    assert_eq!(live.current().await.unwrap().access_key_id(), held.access_key_id());
    assert!(scene.sink.target.read(&profile("alice")).is_some());

    scene.clock.advance(5 * MINUTE);
    seen(&mut events, |event| matches!(event, Event::Expired { .. })).await;
    assert_eq!(live.current().await.unwrap_err().kind(), ErrorKind::Expired);
    assert!(scene.sink.target.read(&profile("alice")).is_some(), "it stays, marked as expired in the status");
    assert_eq!(leapp.status(&id("alice")).await.unwrap().state, SessionState::Expired);
    leapp.answer(&id("alice"), code(&scene)).await.unwrap();
    assert_ne!(live.current().await.unwrap().access_key_id(), held.access_key_id());
}

#[tokio::test]
async fn stop_ends_the_wait_for_an_answer() {
    let scene = Scene::new().await;
    let leapp = scene.builder().build().unwrap();
    leapp.add(scene.user_with_mfa()).await.unwrap();
    leapp.start(&id("alice")).await.unwrap();
    leapp.stop(&id("alice")).await.unwrap();
    let error = leapp.answer(&id("alice"), code(&scene)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(scene.sink.batches.lock().unwrap().is_empty(), "nothing was written");
}

/// Hands out the answers it is given, when it is given them.
#[derive(Debug)]
struct Slow(tokio::sync::Mutex<tokio::sync::mpsc::UnboundedReceiver<Answer>>);

#[async_trait]
impl Responder for Slow {
    async fn respond(&self, _: &Challenge) -> Result<Option<Answer>, Error> {
        Ok(self.0.lock().await.recv().await)
    }
}

#[tokio::test]
async fn a_stop_ends_what_a_responder_does_and_the_next_question_is_asked_anew() {
    let scene = Scene::new().await;
    let (answers, slow) = tokio::sync::mpsc::unbounded_channel();
    let leapp = scene.builder().with_responder(Slow(tokio::sync::Mutex::new(slow))).build().unwrap();
    leapp.add(scene.user_with_mfa()).await.unwrap();
    let mut events = leapp.events();
    let first = tokio::spawn({
        let leapp = leapp.clone();
        async move { leapp.start(&id("alice")).await }
    });
    seen(&mut events, |event| matches!(event, Event::ChallengeRequired { .. })).await;
    leapp.stop(&id("alice")).await.unwrap();
    assert_eq!(first.await.unwrap().unwrap_err().kind(), ErrorKind::Cancelled);

    let second = tokio::spawn({
        let leapp = leapp.clone();
        async move { leapp.start(&id("alice")).await }
    });
    seen(&mut events, |event| matches!(event, Event::ChallengeRequired { .. })).await;
    // The one that was asked before the stop would take it, and nobody would answer the second question.
    answers.send(code(&scene)).unwrap();
    assert!(matches!(second.await.unwrap().unwrap(), Started::Active));
    assert_eq!(scene.calls("GetSessionToken"), 1);
}

#[tokio::test]
async fn a_second_start_waits_for_the_responder_that_the_first_one_asked() {
    let scene = Scene::new().await;
    let (answers, slow) = tokio::sync::mpsc::unbounded_channel();
    let leapp = scene.builder().with_responder(Slow(tokio::sync::Mutex::new(slow))).build().unwrap();
    leapp.add(scene.user_with_mfa()).await.unwrap();
    let mut events = leapp.events();
    let mut starts = Vec::new();
    for _ in 0..2 {
        let leapp = leapp.clone();
        starts.push(tokio::spawn(async move { leapp.start(&id("alice")).await }));
        seen(&mut events, |event| matches!(event, Event::ChallengeRequired { .. })).await;
    }
    answers.send(code(&scene)).unwrap();
    for start in starts {
        assert!(
            matches!(start.await.unwrap().unwrap(), Started::Active),
            "nobody is asked beside the responder"
        );
    }
    assert_eq!(scene.calls("GetSessionToken"), 1);
}

#[tokio::test]
async fn an_answer_that_nobody_needs_any_more_is_given_an_end() {
    let scene = Scene::new().await;
    let leapp = scene.builder().build().unwrap();
    leapp.add_all(vec![scene.user_with_mfa(), scene.chained("deploy")]).await.unwrap();
    leapp.start(&id("deploy")).await.unwrap();
    let (alice, deploy) = (id("alice"), id("deploy"));
    // Both are asked for before the engine's task runs, in this order: the attempt is out when nobody needs it any more.
    let both = async { tokio::join!(biased; leapp.answer(&alice, code(&scene)), leapp.stop(&deploy)) };
    let (answered, stopped) = tokio::time::timeout(PATIENCE, both).await.expect("both come to an end");
    stopped.unwrap();
    assert_eq!(answered.unwrap_err().kind(), ErrorKind::Cancelled);
    assert_eq!(leapp.status(&deploy).await.unwrap().state, SessionState::Inactive);
    // The attempt comes to its end all the same.
    while scene.calls("GetSessionToken") == 0 {
        tokio::task::yield_now().await;
    }
    leapp.shutdown().await.unwrap();
    assert!(scene.sink.batches.lock().unwrap().is_empty(), "nothing was written");
}

/// A user, a role that asks for a code, and a role on top of that, which is started and waits for the code.
async fn asking_chain(scene: &Scene, user: Session) -> leapp_core::Leapp {
    let leapp = scene.builder().build().unwrap();
    let role = AssumeRole::new(scene.sts(), id("alice"), scene.role.clone());
    let role = Session::new(id("role"), role.with_mfa(scene.device.serial_number().clone()));
    let deploy = AssumeRole::new(scene.sts(), id("role"), scene.role.clone());
    leapp.add_all(vec![user, role, Session::new(id("deploy"), deploy)]).await.unwrap();
    loop {
        let Started::NeedsAnswer(challenge) = leapp.start(&id("deploy")).await.unwrap() else {
            panic!("it asks")
        };
        if challenge.session == id("role") {
            return leapp;
        }
        leapp.answer(&challenge.session, code(scene)).await.unwrap();
    }
}

#[tokio::test]
async fn who_answers_for_a_session_whose_source_has_gone_is_asked_for_the_source() {
    let scene = Scene::new().await;
    let leapp = asking_chain(&scene, scene.user_with_mfa()).await;
    // The question stays open over night, and the user's set does not last that long.
    scene.clock.advance(14 * HOUR);
    let role = id("role");
    let answer = tokio::time::timeout(PATIENCE, leapp.answer(&role, code(&scene))).await;
    let Started::NeedsAnswer(challenge) = answer.expect("it comes to an end").unwrap() else {
        panic!("it asks")
    };
    assert_eq!(challenge.session, id("alice"));
}

#[tokio::test]
async fn who_answers_for_a_session_that_nobody_needs_any_more_is_told() {
    let scene = Scene::new().await;
    let leapp = asking_chain(&scene, scene.user()).await;
    scene.clock.advance(14 * HOUR);
    let (role, deploy) = (id("role"), id("deploy"));
    let both = async { tokio::join!(biased; leapp.answer(&role, code(&scene)), leapp.stop(&deploy)) };
    let (answered, stopped) = tokio::time::timeout(PATIENCE, both).await.expect("both come to an end");
    stopped.unwrap();
    assert_eq!(answered.unwrap_err().kind(), ErrorKind::Cancelled);
}

#[tokio::test]
async fn a_caller_that_finds_nothing_valid_waits_for_the_responder() {
    let scene = Scene::new().await;
    let (answers, slow) = tokio::sync::mpsc::unbounded_channel();
    let leapp = scene.builder().with_responder(Slow(tokio::sync::Mutex::new(slow))).build().unwrap();
    leapp.add(scene.user_with_mfa()).await.unwrap();
    answers.send(code(&scene)).unwrap();
    leapp.start(&id("alice")).await.unwrap();
    let mut events = leapp.events();
    scene.clock.advance(11 * HOUR);
    seen(&mut events, |event| matches!(event, Event::ChallengeRequired { .. })).await;
    let live = leapp.credentials(&id("alice")).unwrap();
    let caller = tokio::spawn(async move { live.current().await });
    tokio::task::yield_now().await;
    answers.send(code(&scene)).unwrap();
    caller.await.unwrap().expect("the responder has answered");
}
