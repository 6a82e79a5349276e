//! The session kind in the engine's hands: start, choose, stop, expire.

use std::sync::Arc;
use std::time::Duration;

use leapp_core::{
    Answer, Challenge, Command, CommandResponder, Event, Leapp, Question, Session, SessionState, Started,
};
use leapp_testkit::aws::SamlAssertionSpec;

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
