//! The main job, from the vault to the profile and back, as a host runs it.

use std::sync::Arc;
use std::time::Duration;

use leapp_core::engine::{Definition, Outcome, RotationEngine};
use leapp_core::{
    Clock, Event, Leapp, LeappBuilder, MemorySink, ProfileName, Region, Secret, Session, SessionId, Started,
    TotpResponder, Vault, VaultItem, VaultKey,
};
use leapp_testkit::leak::capture_logs_async;

use crate::refusals::FAULTS;
use crate::scene::{Scene, alice};

const CORRUPT: &str = "hunter2-hunter2 is what somebody else put there";

#[tokio::test]
async fn the_main_job_tells_no_secret() {
    let mut scene = Scene::new().await;
    let place = VaultKey::new(alice(), VaultItem::SessionCredentials);
    scene.vault.put(&place, &Secret::new(CORRUPT)).await.unwrap();
    scene.secrets.push(CORRUPT.to_owned());
    let ((), log) = capture_logs_async(run(&mut scene)).await;
    assert!(log.contains("the set kept in the vault is not used"), "the log was not captured: {log}");
    scene.heard.log(log);
    assert_eq!(scene.heard.leaks(&scene.secrets), Vec::<String>::new());
}

#[tokio::test]
async fn the_main_job_tells_no_secret_when_it_fails() {
    for (fault, kind) in FAULTS {
        let mut scene = Scene::new().await;
        let ((), log) = capture_logs_async(async {
            scene.aws.fail_next(fault, 6);
            let (leapp, sink) = open(&scene).await;
            let mut events = leapp.events();
            let code = scene.clock.now();
            scene.code_at(code);
            let error = leapp.start(&deploy()).await.unwrap_err();
            assert_eq!(error.kind(), kind, "{error:?}");
            scene.heard.error("a start", &error);
            scene.heard.debug("the statuses", &leapp.statuses().await.unwrap());
            leapp.shutdown().await.unwrap();
            while let Some(event) = events.next().await {
                scene.heard.debug("an event", &event);
            }
            assert!(sink.profiles().is_empty());
        })
        .await;
        scene.heard.log(log);
        assert_eq!(scene.heard.leaks(&scene.secrets), Vec::<String>::new(), "{fault:?}");
    }
}

async fn run(scene: &mut Scene) {
    let (leapp, sink) = open(scene).await;
    let mut events = leapp.events();
    let now = scene.clock.now();
    scene.code_at(now);
    for session in [alice(), deploy()] {
        assert!(matches!(leapp.start(&session).await.unwrap(), Started::Active));
    }
    for session in [alice(), deploy()] {
        let live = leapp.credentials(&session).unwrap();
        let set = live.current().await.unwrap();
        scene.learn(&set);
        scene.heard.debug("live credentials", &live);
        scene.heard.debug("a set", &set);
    }
    scene.clock.advance(Duration::from_secs(60));
    leapp.refresh(&deploy()).await.unwrap();
    let set = leapp.credentials(&deploy()).unwrap().current().await.unwrap();
    scene.learn(&set);
    look(scene, &leapp, &sink).await;
    leapp.shutdown().await.unwrap();
    let mut count = 0;
    while let Some(event) = events.next().await {
        assert!(!matches!(event, Event::Missed { .. }));
        scene.heard.debug("an event", &event);
        count += 1;
    }
    assert!(count > 5, "only {count} events were seen");
}

/// Everything that a host can print.
async fn look(scene: &mut Scene, leapp: &Leapp, sink: &MemorySink) {
    assert_eq!(sink.profiles().len(), 1);
    scene.heard.debug("the sink", sink);
    scene.heard.debug("the vault", &*scene.vault);
    scene.heard.debug("the handle", leapp);
    scene.heard.debug("the statuses", &leapp.statuses().await.unwrap());
    for item in [VaultItem::AccessKey, VaultItem::SessionCredentials] {
        let record = scene.vault.get(&VaultKey::new(alice(), item)).await.unwrap().unwrap();
        scene.heard.debug("a record", &record);
    }
    let key = scene.key.clone();
    scene.heard.debug("an access key", &key);
    let now = scene.clock.now();
    let set = leapp.credentials(&alice()).unwrap().current().await.unwrap();
    let mut engine = RotationEngine::new(1);
    let session = Session::new(alice(), scene.user()).with_profile(ProfileName::parse("default").unwrap());
    scene.heard.debug("a session", &session);
    engine.add(vec![Definition::of(&session)]).unwrap();
    engine.handle_start(&alice(), now).unwrap();
    while let Some(action) = engine.poll_action() {
        scene.heard.debug("an action", &action);
        if let leapp_core::engine::Action::Issue(attempt) = action {
            let outcome = Outcome::Issued(set.clone().into());
            scene.heard.debug("an outcome", &outcome);
            engine.handle_outcome(&attempt.id, outcome, now);
        }
    }
    scene.heard.debug("the engine", &engine);
}

async fn open(scene: &Scene) -> (Leapp, Arc<MemorySink>) {
    let sink = Arc::new(MemorySink::new());
    let leapp = builder(scene).with_sink(sink.clone()).build().unwrap();
    leapp.add_all(sessions(scene)).await.unwrap();
    (leapp, sink)
}

/// An engine in the scene's time, with a robot for the MFA codes and without a sink.
pub(crate) fn builder(scene: &Scene) -> LeappBuilder {
    let clock = Arc::new(scene.clock.clone());
    let device = scene.device.serial_number().clone();
    let responder = TotpResponder::new(device, scene.device.seed(), clock.clone()).unwrap();
    Leapp::builder(scene.vault.clone()).with_responder(responder).with_clock(clock).with_seed(1)
}

/// A user's session, and a role's that is published.
pub(crate) fn sessions(scene: &Scene) -> Vec<Session> {
    let role = Session::new(deploy(), scene.deploy())
        .with_profile(ProfileName::parse("default").unwrap())
        .with_region(Region::parse("eu-west-1").unwrap());
    vec![Session::new(alice(), scene.user()), role]
}

pub(crate) fn deploy() -> SessionId {
    SessionId::parse("deploy").unwrap()
}
