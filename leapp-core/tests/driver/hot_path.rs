use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use aws_sdk_sts::config::{BehaviorVersion, IdentityCache, ProvideCredentials as _};
use leapp_core::{
    AccessKeyId, Error, ErrorKind, Event, IssueRequest, Issued, Leapp, Principal, Refresh, Secret, Session,
    SessionCredentials, SessionKind, SessionProvider,
};
use tokio::sync::Semaphore;

use crate::scene::{HOUR, MINUTE, Scene, id, is_published, seen};

#[tokio::test]
async fn an_sdk_client_signs_with_the_current_set() {
    let scene = Scene::new().await;
    let leapp = scene.leapp().await;
    leapp.start(&id("deploy")).await.unwrap();
    let client = || {
        let now = aws_smithy_async::time::StaticTimeSource::new(leapp_core::Clock::now(&scene.clock));
        let config = aws_sdk_sts::config::Builder::from(&scene.sdk_config())
            .behavior_version(BehaviorVersion::v2026_01_12())
            .identity_cache(IdentityCache::no_cache())
            .credentials_provider(leapp.credentials(&id("deploy")).unwrap())
            .time_source(now);
        aws_sdk_sts::Client::from_conf(config.build())
    };
    let signed_with = || {
        let requests = scene.aws.requests();
        let last = requests.iter().rfind(|request| request.action() == "GetCallerIdentity").unwrap();
        last.access_key_id().cloned().unwrap()
    };
    let answer = client().get_caller_identity().send().await.unwrap();
    assert_eq!(answer.arn().unwrap(), "arn:aws:sts::111122223333:assumed-role/Deploy/assumed-from-leapp");
    let first = signed_with();

    let mut events = leapp.events();
    scene.clock.advance(20 * MINUTE);
    seen(&mut events, is_published("deploy")).await;
    client().get_caller_identity().send().await.unwrap();
    assert_ne!(signed_with(), first);
}

#[tokio::test]
async fn a_provider_chain_goes_on_past_a_session_that_is_not_started() {
    let scene = Scene::new().await;
    let leapp = scene.leapp().await;
    let live = leapp.credentials(&id("deploy")).unwrap();
    let error = live.provide_credentials().await.unwrap_err();
    assert!(format!("{error:?}").starts_with("CredentialsNotLoaded"), "{error:?}");
}

/// Issues when it is let to, and counts.
#[derive(Debug)]
struct Gate {
    calls: AtomicUsize,
    fails: AtomicBool,
    open: Semaphore,
}

impl Gate {
    fn open_once() -> Arc<Self> {
        Arc::new(Self { calls: AtomicUsize::new(0), fails: AtomicBool::new(false), open: Semaphore::new(1) })
    }
}

#[derive(Debug)]
struct BehindGate(Arc<Gate>);

#[async_trait]
impl SessionProvider for BehindGate {
    fn kind(&self) -> SessionKind {
        SessionKind::new("gate", Principal::User, Refresh::Rotate)
    }

    async fn issue(&self, request: &IssueRequest<'_>) -> Result<Issued, Error> {
        let call = self.0.calls.fetch_add(1, Ordering::SeqCst);
        self.0.open.acquire().await.unwrap().forget();
        if self.0.fails.load(Ordering::SeqCst) {
            return Err(Error::new(ErrorKind::Service, "planned failure"));
        }
        let key = AccessKeyId::parse(&format!("ASIA{call:016}"))?;
        SessionCredentials::new(key, Secret::new("s"), Secret::new("t"), request.now + HOUR)
            .map(Issued::Credentials)
    }
}

/// A started session behind a gate, whose set has expired.
async fn expired(scene: &Scene) -> (Leapp, Arc<Gate>) {
    let gate = Gate::open_once();
    let leapp = scene.builder().build().unwrap();
    leapp.add(Session::new(id("gate"), BehindGate(gate.clone()))).await.unwrap();
    leapp.start(&id("gate")).await.unwrap();
    let mut events = leapp.events();
    scene.clock.advance(HOUR);
    seen(&mut events, |event| matches!(event, Event::Expired { .. })).await;
    (leapp, gate)
}

#[tokio::test]
async fn callers_that_find_nothing_valid_share_one_attempt() {
    let scene = Scene::new().await;
    let (leapp, gate) = expired(&scene).await;
    let callers: Vec<_> = (0..100)
        .map(|_| {
            let live = leapp.credentials(&id("gate")).unwrap();
            tokio::spawn(async move { live.current().await.unwrap().access_key_id().clone() })
        })
        .collect();
    tokio::task::yield_now().await;
    gate.open.add_permits(1);
    for caller in callers {
        assert_eq!(caller.await.unwrap().as_str(), "ASIA0000000000000001");
    }
    assert_eq!(gate.calls.load(Ordering::SeqCst), 2, "one to start, one for all of them");
}

#[tokio::test]
async fn a_hit_never_waits_for_a_refresh() {
    let scene = Scene::new().await;
    let gate = Gate::open_once();
    let leapp = scene.builder().build().unwrap();
    leapp.add(Session::new(id("gate"), BehindGate(gate.clone()))).await.unwrap();
    leapp.start(&id("gate")).await.unwrap();
    let live = leapp.credentials(&id("gate")).unwrap();
    scene.clock.advance(20 * MINUTE);
    while gate.calls.load(Ordering::SeqCst) < 2 {
        tokio::task::yield_now().await;
    }
    // The second attempt hangs at the gate; what there is, is given at once.
    let mut current = std::pin::pin!(live.current());
    let given = std::future::poll_fn(|context| std::task::Poll::Ready(current.as_mut().poll(context))).await;
    assert!(given.is_ready());
}

#[tokio::test]
async fn a_rejected_set_is_not_given_again() {
    let scene = Scene::new().await;
    let leapp = scene.leapp().await;
    leapp.start(&id("deploy")).await.unwrap();
    let live = leapp.credentials(&id("deploy")).unwrap();
    let first = live.current().await.unwrap();
    live.reject(&first).await.unwrap();
    assert_ne!(live.current().await.unwrap().access_key_id(), first.access_key_id());
}

#[tokio::test]
async fn a_failed_session_says_why_it_gives_nothing() {
    let scene = Scene::new().await;
    let leapp = scene.leapp().await;
    leapp.start(&id("deploy")).await.unwrap();
    let live = leapp.credentials(&id("deploy")).unwrap();
    scene.aws.delete_role(&scene.role);
    let mut events = leapp.events();
    scene.clock.advance(20 * MINUTE);
    seen(&mut events, |event| matches!(event, Event::RefreshFailed { next_attempt: None, .. })).await;
    live.current().await.expect("it is valid still");
    scene.clock.advance(HOUR);
    seen(&mut events, |event| matches!(event, Event::Expired { .. })).await;
    assert_eq!(live.current().await.unwrap_err().kind(), ErrorKind::AccessDenied);
}

#[tokio::test]
async fn a_caller_joins_a_retry_that_is_under_way() {
    let scene = Scene::new().await;
    let (leapp, gate) = expired(&scene).await;
    let mut events = leapp.events();
    gate.fails.store(true, Ordering::SeqCst);
    gate.open.add_permits(1);
    seen(&mut events, |event| matches!(event, Event::RefreshFailed { .. })).await;
    let live = leapp.credentials(&id("gate")).unwrap();
    let error = live.current().await.expect_err("nothing is under way");
    assert_eq!(error.kind(), ErrorKind::Service);

    gate.fails.store(false, Ordering::SeqCst);
    scene.clock.advance(MINUTE);
    while gate.calls.load(Ordering::SeqCst) < 3 {
        tokio::task::yield_now().await;
    }
    let caller = tokio::spawn(async move { live.current().await });
    tokio::task::yield_now().await;
    gate.open.add_permits(1);
    assert_eq!(caller.await.unwrap().unwrap().access_key_id().as_str(), "ASIA0000000000000002");
}
