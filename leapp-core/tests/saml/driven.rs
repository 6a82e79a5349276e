//! The session kind in the engine's hands: start, choose, stop, expire.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use leapp_core::{
    Answer, Challenge, Command, CommandResponder, Error, ErrorKind, Event, Leapp, Question, Responder,
    Session, SessionState, Started,
};
use leapp_testkit::aws::{Fault, SamlAssertionSpec};
use tokio::sync::Semaphore;

use crate::scene::{MINUTE, Scene, is_login};

async fn leapp(scene: &Scene) -> Leapp {
    let leapp = Leapp::builder(scene.vault.clone())
        .with_clock(Arc::new(scene.clock.clone()))
        .with_seed(1)
        .build()
        .unwrap();
    leapp.add(Session::new(scene.session.clone(), scene.provider())).await.unwrap();
    leapp
}

#[track_caller]
fn asked(started: Started) -> Challenge {
    match started {
        Started::NeedsAnswer(challenge) => challenge,
        other => panic!("no question: {other:?}"),
    }
}

#[tokio::test]
async fn two_answers_start_a_session() {
    let scene = Scene::new();
    let leapp = leapp(&scene).await;
    assert!(is_login(&asked(leapp.start(&scene.session).await.unwrap()).question));
    let choice = asked(leapp.answer(&scene.session, scene.answer(&scene.two_roles())).await.unwrap());
    assert!(matches!(choice.question, Question::Role { .. }));
    let started = leapp.answer(&scene.session, Answer::Role(scene.dev.clone())).await.unwrap();
    assert!(matches!(started, Started::Active), "{started:?}");
    leapp.credentials(&scene.session).unwrap().current().await.unwrap();
}

/// What a stop between login and choice leaves is a login to be asked for again.
#[tokio::test]
async fn a_stop_before_the_choice_leaves_nothing() {
    let scene = Scene::new();
    let leapp = leapp(&scene).await;
    leapp.start(&scene.session).await.unwrap();
    asked(leapp.answer(&scene.session, scene.answer(&scene.two_roles())).await.unwrap());
    leapp.stop(&scene.session).await.unwrap();
    assert!(is_login(&asked(leapp.start(&scene.session).await.unwrap()).question));
    assert_eq!(scene.calls(), 0);
    // The neighbour: without the stop, starting again asks what was asked.
    asked(leapp.answer(&scene.session, scene.answer(&scene.two_roles())).await.unwrap());
    let again = asked(leapp.start(&scene.session).await.unwrap());
    assert!(matches!(again.question, Question::Role { .. }), "{again}");
}

/// What a start that failed left for the next one, a stop takes away.
#[tokio::test]
async fn a_stop_after_a_start_that_failed_leaves_nothing() {
    for stops in [false, true] {
        let scene = Scene::new();
        let leapp = leapp(&scene).await;
        leapp.start(&scene.session).await.unwrap();
        scene.aws.fail_next(Fault::ServerError, 1);
        leapp.answer(&scene.session, scene.answer(&scene.one_role())).await.unwrap_err();
        if stops {
            leapp.stop(&scene.session).await.unwrap();
        }
        scene.clock.advance(MINUTE);
        let started = leapp.start(&scene.session).await.unwrap();
        assert_eq!(matches!(started, Started::Active), !stops, "{started:?}");
    }
}

/// A start that is put off for a moment does not cost another login.
#[tokio::test]
async fn a_service_that_asks_for_fewer_calls_costs_no_second_login() {
    let scene = Scene::new();
    let leapp = leapp(&scene).await;
    leapp.start(&scene.session).await.unwrap();
    scene.aws.fail_next(Fault::Throttle, 1);
    let _ = leapp.answer(&scene.session, scene.answer(&scene.one_role())).await;
    scene.aws.fail_next(Fault::Throttle, 1);
    let start = tokio::spawn({
        let (leapp, session) = (leapp.clone(), scene.session.clone());
        async move { leapp.start(&session).await }
    });
    while !start.is_finished() {
        tokio::time::sleep(Duration::from_millis(5)).await;
        scene.clock.advance(Duration::from_secs(1));
    }
    let started = start.await.unwrap().unwrap();
    assert!(matches!(started, Started::Active), "{started:?}");
}

#[tokio::test]
async fn a_set_that_ends_is_a_question_and_never_an_answer_of_its_own() {
    let scene = Scene::new();
    let leapp = leapp(&scene).await;
    leapp.start(&scene.session).await.unwrap();
    leapp.answer(&scene.session, scene.answer(&scene.one_role())).await.unwrap();
    assert_eq!(scene.calls(), 1);
    let mut events = leapp.events();
    scene.clock.advance(59 * MINUTE);
    let challenge = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            if let Event::ChallengeRequired { challenge, .. } = events.next().await.unwrap() {
                return challenge;
            }
        }
    });
    let challenge = challenge.await.unwrap();
    assert!(is_login(&challenge.question));
    assert_eq!(challenge.deadline, Some(scene.after(60)));
    let status = leapp.status(&scene.session).await.unwrap();
    assert_eq!(status.state, SessionState::Active, "what is valid is served until its end");
    assert_eq!(scene.calls(), 1);
}

/// What a browser would post, from a program: no person is asked.
#[tokio::test]
async fn a_command_answers_in_place_of_a_person() {
    let scene = Scene::new();
    let posted: String = {
        let response =
            scene.corp.respond(&SamlAssertionSpec::new("alice").with_role(&scene.dev, scene.corp.arn()));
        response.expose().replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
    };
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("posted");
    std::io::Write::write_all(
        &mut std::fs::File::create(&file).unwrap(),
        format!("RelayState=&SAMLResponse={posted}\n").as_bytes(),
    )
    .unwrap();
    let command = Command::new("cat", [file]);
    let responder = CommandResponder::new(Arc::new(scene.clock.clone())).with_saml_assertion(command);
    let builder = Leapp::builder(scene.vault.clone()).with_clock(Arc::new(scene.clock.clone()));
    let leapp = builder.with_responder(responder).with_seed(1).build().unwrap();
    leapp.add(Session::new(scene.session.clone(), scene.provider())).await.unwrap();
    let started = leapp.start(&scene.session).await.unwrap();
    assert!(matches!(started, Started::Active), "{started:?}");
}

/// Somebody at the identity provider's page who takes their time.
#[derive(Debug)]
struct AtTheLogin {
    answer: Answer,
    /// Who began to log in, and who was still there at the end.
    began: AtomicUsize,
    came_back: AtomicUsize,
    may_answer: Semaphore,
}

#[async_trait]
impl Responder for AtTheLogin {
    async fn respond(&self, challenge: &Challenge) -> Result<Option<Answer>, Error> {
        assert!(is_login(&challenge.question), "{challenge}");
        self.began.fetch_add(1, Ordering::SeqCst);
        self.may_answer.acquire().await.unwrap().forget();
        self.came_back.fetch_add(1, Ordering::SeqCst);
        Ok(Some(self.answer.clone()))
    }
}

/// A window that is left open must not start, late, what was stopped: nor may its answer be the next start's.
#[tokio::test]
async fn a_login_that_ends_after_the_stop_starts_nothing_and_the_next_start_asks_again() {
    let scene = Scene::new();
    let at_login = Arc::new(AtTheLogin {
        answer: scene.answer(&scene.one_role()),
        began: AtomicUsize::new(0),
        came_back: AtomicUsize::new(0),
        may_answer: Semaphore::new(0),
    });
    let builder = Leapp::builder(scene.vault.clone()).with_clock(Arc::new(scene.clock.clone())).with_seed(1);
    let leapp = builder.with_responder(at_login.clone()).build().unwrap();
    leapp.add(Session::new(scene.session.clone(), scene.provider())).await.unwrap();
    let start = |leapp: Leapp, session| tokio::spawn(async move { leapp.start(&session).await });
    let logins = |count| {
        let at_login = at_login.clone();
        async move {
            while at_login.began.load(Ordering::SeqCst) < count {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
    };

    let first = start(leapp.clone(), scene.session.clone());
    logins(1).await;
    leapp.stop(&scene.session).await.unwrap();
    assert_eq!(first.await.unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
    at_login.may_answer.add_permits(1);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let status = leapp.status(&scene.session).await.unwrap();
    assert_eq!((status.state, status.challenge.is_none()), (SessionState::Inactive, true));
    assert_eq!((scene.calls(), at_login.came_back.load(Ordering::SeqCst)), (0, 0), "its page is closed");

    // The permit that nobody took is for the next one, who is asked anew.
    let second = start(leapp.clone(), scene.session.clone());
    logins(2).await;
    assert!(matches!(second.await.unwrap().unwrap(), Started::Active));
    assert_eq!((scene.calls(), at_login.came_back.load(Ordering::SeqCst)), (1, 1));
}
