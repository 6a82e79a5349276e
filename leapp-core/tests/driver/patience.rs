//! Backends that take for ever, or too long: nobody waits for them without end, and nothing overlaps.
//!
//! The runtime's clock stands still and jumps to the next timer when there is nothing else to do.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use leapp_core::aws::GetSessionToken;
use leapp_core::{
    Answer, CacheKey, Challenge, Change, CredentialSink, Error, ErrorKind, Event, IssueRequest, Issued,
    Leapp, MemoryVault, Principal, Refresh, Responder, Secret, Session, SessionKind, SessionProvider,
    SessionState, Started, Vault, VaultItem, VaultKey,
};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::scene::{HOUR, Scene, code, id, profile};

#[derive(Debug)]
struct Speechless;

#[async_trait]
impl Responder for Speechless {
    async fn respond(&self, _: &Challenge) -> Result<Option<Answer>, Error> {
        std::future::pending().await
    }
}

#[tokio::test(start_paused = true)]
async fn a_responder_that_says_nothing_leaves_the_answer_to_a_person() {
    let scene = Scene::new().await;
    let leapp = scene.builder().with_responder(Speechless).build().unwrap();
    leapp.add(scene.user_with_mfa()).await.unwrap();
    let asked = Instant::now();
    assert!(matches!(soon(leapp.start(&id("alice"))).await.unwrap(), Started::NeedsAnswer(_)));
    assert_eq!(asked.elapsed().as_secs(), 120);
    assert!(matches!(leapp.answer(&id("alice"), code(&scene)).await.unwrap(), Started::Active));
}

/// Takes nothing, and does not say so.
#[derive(Debug)]
struct Swamp(Arc<MemoryVault>);

#[async_trait]
impl Vault for Swamp {
    async fn put(&self, _: &VaultKey, _: &Secret) -> Result<(), Error> {
        std::future::pending().await
    }

    async fn get(&self, key: &VaultKey) -> Result<Option<Secret>, Error> {
        self.0.get(key).await
    }

    async fn delete(&self, key: &VaultKey) -> Result<(), Error> {
        self.0.delete(key).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_vault_that_does_not_take_a_set_does_not_keep_it_from_being_used() {
    let scene = Scene::new().await;
    let builder = Leapp::builder(Swamp(scene.vault.clone())).with_clock(Arc::new(scene.clock.clone()));
    let leapp = builder.build().unwrap();
    let session = Session::new(id("alice"), GetSessionToken::new(scene.sts()));
    leapp.add(session).await.unwrap();
    let mut events = leapp.events();
    let began = Instant::now();
    assert!(matches!(soon(leapp.start(&id("alice"))).await.unwrap(), Started::Active));
    assert_eq!(began.elapsed().as_secs(), 30);
    let Some(Event::NotKept { session, error }) = events.next().await else { panic!("it says so first") };
    assert_eq!((session, error.kind()), (id("alice"), ErrorKind::Unavailable));
}

/// Writes when it is told to.
#[derive(Debug, Default)]
struct Gated {
    gate: Notify,
    begun: Mutex<Vec<Vec<Change>>>,
    ended: AtomicUsize,
}

#[async_trait]
impl CredentialSink for Gated {
    async fn apply(&self, changes: &[Change]) -> Result<(), Error> {
        self.begun.lock().unwrap().push(changes.to_vec());
        self.gate.notified().await;
        self.ended.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_hangs_keeps_no_caller_and_is_not_overtaken() {
    let scene = Scene::new().await;
    let sink = Arc::new(Gated::default());
    let leapp = scene.builder().with_sink(sink.clone()).build().unwrap();
    leapp.add_all(vec![scene.user(), scene.chained("deploy")]).await.unwrap();
    let began = Instant::now();
    assert_eq!(soon(leapp.start(&id("alice"))).await.unwrap_err().kind(), ErrorKind::Busy);
    assert_eq!(began.elapsed().as_secs(), 30);
    let live = leapp.credentials(&id("alice")).unwrap();
    assert_eq!(soon(live.current()).await.unwrap_err().kind(), ErrorKind::Busy);
    // It waits behind that write.
    assert_eq!(soon(leapp.start(&id("deploy"))).await.unwrap_err().kind(), ErrorKind::Busy);
    assert_eq!(soon(leapp.stop(&id("alice"))).await.unwrap_err().kind(), ErrorKind::Busy);
    for (session, expected) in [("alice", SessionState::Stopping), ("deploy", SessionState::Pending)] {
        assert_eq!(leapp.status(&id(session)).await.unwrap().state, expected, "{session}");
    }
    assert_eq!(sink.begun.lock().unwrap().len(), 1, "neither given up nor overtaken");
    assert_eq!(sink.ended.load(Ordering::Relaxed), 0);

    for _ in 0..2 {
        sink.gate.notify_one();
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert!(matches!(soon(leapp.start(&id("deploy"))).await.unwrap(), Started::Active));
    assert_eq!(leapp.status(&id("alice")).await.unwrap().state, SessionState::Inactive);
    let begun = sink.begun.lock().unwrap();
    let [first, second] = &begun[..] else { panic!("two writes: {begun:?}") };
    assert!(matches!(&first[..], [Change::Publish { .. }]), "{first:?}");
    assert!(second.iter().any(|change| matches!(change, Change::Withdraw { .. })), "{second:?}");
}

#[tokio::test(start_paused = true)]
async fn a_refresh_does_not_wait_for_a_sink_that_hangs() {
    let scene = Scene::new().await;
    let sink = Arc::new(Gated::default());
    let leapp = scene.builder().with_sink(sink.clone()).build().unwrap();
    let slow = Slow::new(&scene);
    leapp.add(Session::new(id("alice"), slow.clone()).with_profile(profile("alice"))).await.unwrap();
    slow.gate.notify_one();
    sink.gate.notify_one();
    soon(leapp.start(&id("alice"))).await.unwrap();
    // The next set is obtained, and its write hangs; the one after it is under way when the sink is said to be busy.
    scene.clock.advance(HOUR);
    slow.gate.notify_one();
    soon(leapp.refresh(&id("alice"))).await.unwrap();
    scene.clock.advance(HOUR);
    tokio::time::sleep(Duration::from_millis(29_900)).await;
    let refresh = tokio::spawn({
        let leapp = leapp.clone();
        async move { leapp.refresh(&id("alice")).await }
    });
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert!(!refresh.is_finished());
    slow.gate.notify_one();
    assert!(matches!(soon(refresh).await.unwrap().unwrap(), Started::Active));
}

/// Fails after a while, as a file does that another process holds.
#[derive(Debug)]
struct Held;

#[async_trait]
impl CredentialSink for Held {
    async fn apply(&self, _: &[Change]) -> Result<(), Error> {
        tokio::time::sleep(Duration::from_secs(10)).await;
        Err(Error::new(ErrorKind::Busy, "another process has the lock"))
    }
}

#[tokio::test(start_paused = true)]
async fn a_target_that_is_held_keeps_ten_starts_no_longer_than_one() {
    let scene = Scene::new().await;
    let leapp = scene.builder().with_sink(Held).build().unwrap();
    leapp.add(scene.user()).await.unwrap();
    let names: Vec<String> = (0..10).map(|n| format!("role-{n}")).collect();
    leapp.add_all(names.iter().map(|name| scene.chained(name)).collect()).await.unwrap();
    let began = Instant::now();
    let starts: Vec<_> = names.iter().map(|name| start_in_background(&leapp, name)).collect();
    for start in starts {
        assert_eq!(soon(start).await.unwrap().unwrap_err().kind(), ErrorKind::Busy);
    }
    // The first batch has the sessions that were quickest; the rest is in the second.
    assert!(began.elapsed().as_secs() <= 20, "{:?}", began.elapsed());
}

/// Counts who is inside, and goes on when it is told to.
#[derive(Debug)]
struct Slow {
    inner: GetSessionToken,
    gate: Notify,
    entered: Notify,
    begun: AtomicUsize,
    inside: AtomicUsize,
    most: AtomicUsize,
}

/// One attempt inside the provider, until it ends or is ended.
struct Visit<'a>(&'a AtomicUsize);

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Slow {
    fn new(scene: &Scene) -> Arc<Self> {
        Arc::new(Self {
            inner: GetSessionToken::new(scene.sts()),
            gate: Notify::new(),
            entered: Notify::new(),
            begun: AtomicUsize::new(0),
            inside: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        })
    }

    async fn has_begun(&self, attempts: usize) {
        while self.begun.load(Ordering::Relaxed) < attempts {
            self.entered.notified().await;
        }
    }
}

#[async_trait]
impl SessionProvider for Slow {
    fn kind(&self) -> SessionKind {
        SessionKind::new("slow", Principal::User, Refresh::Reuse)
    }

    async fn cache_key(&self, request: &IssueRequest<'_>) -> Result<Option<CacheKey>, Error> {
        self.inner.cache_key(request).await
    }

    async fn issue(&self, request: &IssueRequest<'_>) -> Result<Issued, Error> {
        self.begun.fetch_add(1, Ordering::Relaxed);
        self.most.fetch_max(self.inside.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
        self.entered.notify_one();
        let _visit = Visit(&self.inside);
        self.gate.notified().await;
        self.inner.issue(request).await
    }
}

fn start_in_background(leapp: &Leapp, name: &str) -> tokio::task::JoinHandle<Result<Started, Error>> {
    let (leapp, session) = (leapp.clone(), id(name));
    tokio::spawn(async move { leapp.start(&session).await })
}

/// What does not come in a day of the paused clock does not come.
async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(24 * HOUR, future).await.expect("it comes to an end")
}

#[tokio::test(start_paused = true)]
async fn attempts_of_a_session_never_overlap_however_often_it_is_restarted() {
    let scene = Scene::new().await;
    let leapp = scene.builder().build().unwrap();
    let slow = Slow::new(&scene);
    leapp.add(Session::new(id("alice"), slow.clone()).with_profile(profile("alice"))).await.unwrap();
    let first = start_in_background(&leapp, "alice");
    slow.has_begun(1).await;
    for _ in 0..3 {
        leapp.stop(&id("alice")).await.unwrap();
        drop(start_in_background(&leapp, "alice"));
        tokio::task::yield_now().await;
    }
    assert_eq!(first.await.unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
    let waits = Instant::now();
    soon(slow.has_begun(2)).await;
    assert_eq!(waits.elapsed().as_secs(), 20, "the first attempt is ended then");
    slow.gate.notify_one();
    assert!(matches!(leapp.start(&id("alice")).await.unwrap(), Started::Active));
    assert_eq!(slow.most.load(Ordering::Relaxed), 1);
    assert_eq!(slow.begun.load(Ordering::Relaxed), 2, "those that were stopped before they began never do");
    assert_eq!(scene.calls("GetSessionToken"), 1);
}

#[tokio::test(start_paused = true)]
async fn what_a_stopped_attempt_still_brings_serves_the_next_start() {
    let scene = Scene::new().await;
    let leapp = scene.builder().build().unwrap();
    let slow = Slow::new(&scene);
    leapp.add(Session::new(id("alice"), slow.clone()).with_profile(profile("alice"))).await.unwrap();
    drop(start_in_background(&leapp, "alice"));
    slow.has_begun(1).await;
    leapp.stop(&id("alice")).await.unwrap();
    let second = start_in_background(&leapp, "alice");
    tokio::time::sleep(Duration::from_secs(1)).await;
    slow.gate.notify_one();
    assert!(matches!(second.await.unwrap().unwrap(), Started::Active));
    assert_eq!((slow.begun.load(Ordering::Relaxed), scene.calls("GetSessionToken")), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_is_stopped_while_it_waits_for_its_turn_is_never_made_and_does_not_count() {
    let scene = Scene::new().await;
    let leapp = scene.builder().build().unwrap();
    let slow = Slow::new(&scene);
    leapp.add(Session::new(id("alice"), slow.clone()).with_profile(profile("alice"))).await.unwrap();
    drop(start_in_background(&leapp, "alice"));
    slow.has_begun(1).await;
    leapp.stop(&id("alice")).await.unwrap();
    for _ in 0..8 {
        drop(start_in_background(&leapp, "alice"));
        tokio::task::yield_now().await;
        leapp.stop(&id("alice")).await.unwrap();
    }
    slow.gate.notify_one();
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!((slow.begun.load(Ordering::Relaxed), scene.calls("GetSessionToken")), (1, 1));
    // Nine were planned within this minute of the world, and six are allowed; but eight were not made.
    assert!(matches!(soon(leapp.start(&id("alice"))).await.unwrap(), Started::Active));
}

fn kept() -> VaultKey {
    VaultKey::new(id("alice"), VaultItem::SessionCredentials)
}

#[tokio::test(start_paused = true)]
async fn what_an_attempt_of_a_removed_session_brings_is_not_kept() {
    for is_added_again in [false, true] {
        let scene = Scene::new().await;
        let leapp = scene.builder().build().unwrap();
        let slow = Slow::new(&scene);
        leapp.add(Session::new(id("alice"), slow.clone())).await.unwrap();
        drop(start_in_background(&leapp, "alice"));
        slow.has_begun(1).await;
        leapp.stop(&id("alice")).await.unwrap();
        leapp.remove(&id("alice")).await.unwrap();
        if is_added_again {
            leapp.add(scene.user()).await.unwrap();
        }
        slow.gate.notify_one();
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(scene.calls("GetSessionToken"), 1);
        assert!(scene.vault.get(&kept()).await.unwrap().is_none(), "added again: {is_added_again}");
    }
}

/// Takes a moment to delete, as a keychain does, or for ever.
#[derive(Debug)]
struct Sluggish(Arc<MemoryVault>, Duration);

#[async_trait]
impl Vault for Sluggish {
    async fn put(&self, key: &VaultKey, secret: &Secret) -> Result<(), Error> {
        self.0.put(key, secret).await
    }

    async fn get(&self, key: &VaultKey) -> Result<Option<Secret>, Error> {
        self.0.get(key).await
    }

    async fn delete(&self, key: &VaultKey) -> Result<(), Error> {
        tokio::time::sleep(self.1).await;
        self.0.delete(key).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_waits_until_what_a_removed_session_still_brought_is_out_of_the_vault() {
    let scene = Scene::new().await;
    let vault = Sluggish(scene.vault.clone(), Duration::from_secs(1));
    let leapp = Leapp::builder(vault).with_clock(Arc::new(scene.clock.clone())).build().unwrap();
    let slow = Slow::new(&scene);
    leapp.add(Session::new(id("alice"), slow.clone())).await.unwrap();
    drop(start_in_background(&leapp, "alice"));
    slow.has_begun(1).await;
    leapp.stop(&id("alice")).await.unwrap();
    leapp.remove(&id("alice")).await.unwrap();
    slow.gate.notify_one();
    soon(leapp.shutdown()).await.unwrap();
    assert_eq!(scene.calls("GetSessionToken"), 1);
    assert!(scene.vault.get(&kept()).await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_vault_that_does_not_delete_does_not_keep_a_removal_for_ever() {
    let scene = Scene::new().await;
    let leapp = Leapp::builder(Sluggish(scene.vault.clone(), 48 * HOUR)).build().unwrap();
    leapp.add(Session::new(id("alice"), GetSessionToken::new(scene.sts()))).await.unwrap();
    let began = Instant::now();
    assert_eq!(soon(leapp.remove(&id("alice"))).await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(began.elapsed().as_secs(), 30);
}
