//! The vault over stores that fail, or keep their caller waiting.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed test says where")]

use std::any::Any;
use std::collections::HashMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error as Failure, mock};
use leapp_core::{
    Coordinator, Error, ErrorKind, Lease, LeaseKey, LocalCoordinator, Secret, SessionId, Vault, VaultItem,
    VaultKey,
};
use leapp_testkit::leak::Scanner;
use leapp_vault::KeyringVault;

const NEEDLE: &str = "hunter2-hunter2";

/// Every clause but `secrets_stay_hidden`: the mock store shows values in `Debug`, and `keyring-core` logs it.
mod contract {
    use keyring_core::mock::Store;
    use leapp_core::LocalCoordinator;
    use leapp_testkit::conformance::{check, vault};
    use leapp_vault::KeyringVault;

    fn open() -> KeyringVault {
        // The keys are new each time: their lock files would stay.
        KeyringVault::new(Store::new().unwrap(), "leapp").unwrap().with_coordinator(LocalCoordinator::new())
    }

    macro_rules! clauses {
        ($($name:ident)*) => {
            $(
                #[test]
                fn $name() {
                    check(open, |vault| vault::$name(vault));
                }
            )*

            #[test]
            fn no_clause_is_forgotten() {
                let here = [$(stringify!($name),)* "secrets_stay_hidden"];
                assert!(vault::CLAUSES.iter().all(|clause| here.contains(&clause.name)));
            }
        };
    }

    clauses! {
        round_trip put_replaces absent_is_none delete_is_idempotent keys_do_not_collide large_values_survive
        concurrent_puts_do_not_tear
    }
}

fn key() -> VaultKey {
    VaultKey::new(SessionId::parse("alice").unwrap(), VaultItem::AccessKey)
}

/// A vault over a mock store, and the entry behind [`key`].
fn vault() -> (KeyringVault, Entry) {
    let store = mock::Store::new().unwrap();
    let entry = store.build("leapp", "alice/access-key", None).unwrap();
    (KeyringVault::new(store, "leapp").unwrap(), entry)
}

fn fail_next(entry: &Entry, failure: Failure) {
    entry.as_any().downcast_ref::<mock::Cred>().expect("a mock").set_error(failure);
}

fn bytes() -> Vec<u8> {
    NEEDLE.as_bytes().to_vec()
}

#[tokio::test]
async fn failures_have_their_kinds_and_hold_no_value() {
    let (vault, entry) = vault();
    vault.put(&key(), &Secret::new(NEEDLE)).await.unwrap();
    for (failure, kind) in [
        (Failure::NoStorageAccess("locked".into()), ErrorKind::Locked),
        (Failure::PlatformFailure("no bus".into()), ErrorKind::Unavailable),
        (Failure::BadEncoding(bytes()), ErrorKind::Corrupt),
        (Failure::BadDataFormat(bytes(), NEEDLE.into()), ErrorKind::Corrupt),
        (Failure::BadStoreFormat(NEEDLE.into()), ErrorKind::Corrupt),
        (Failure::Ambiguous(Vec::new()), ErrorKind::Corrupt),
        (Failure::TooLong("secret".into(), 2560), ErrorKind::TooLarge),
        (Failure::Invalid("secret".into(), NEEDLE.into()), ErrorKind::InvalidInput),
        (Failure::NoDefaultStore, ErrorKind::Unavailable),
        (Failure::NotSupportedByStore(NEEDLE.into()), ErrorKind::Unsupported),
    ] {
        let name = failure.to_string();
        fail_next(&entry, failure);
        let error = vault.get(&key()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{name}");
        assert_eq!(Scanner::new([NEEDLE]).scan_error(&error), None, "{name}");
        assert!(error.to_string().starts_with("cannot read `alice/access-key` in the keychain: "), "{error}");
    }
    assert_eq!(vault.get(&key()).await.unwrap().unwrap().expose(), NEEDLE);
}

#[tokio::test]
async fn a_locked_store_is_not_asked_twice() {
    let (vault, entry) = vault();
    fail_next(&entry, Failure::NoStorageAccess("a person said no".into()));
    assert_eq!(vault.put(&key(), &Secret::new("x")).await.unwrap_err().kind(), ErrorKind::Locked);
    assert!(vault.get(&key()).await.unwrap().is_none());
}

#[tokio::test]
async fn only_an_absent_item_is_none() {
    let (vault, entry) = vault();
    assert!(vault.get(&key()).await.unwrap().is_none());
    for foreign in [&b"\xff\xfe"[..], b"somebody else's", b""] {
        entry.set_secret(foreign).unwrap();
        let error = vault.get(&key()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{foreign:?}");
    }
}

/// A store that waits, as a keychain does for a person, each time it builds an entry.
#[derive(Debug)]
struct Waiting {
    inner: Arc<mock::Store>,
    asked: Mutex<Sender<()>>,
    unlocked: Mutex<Receiver<()>>,
}

impl CredentialStoreApi for Waiting {
    fn vendor(&self) -> String {
        "test".into()
    }

    fn id(&self) -> String {
        "waiting".into()
    }

    fn build(
        &self,
        service: &str,
        user: &str,
        modifiers: Option<&HashMap<&str, &str>>,
    ) -> keyring_core::Result<Entry> {
        self.asked.lock().unwrap().send(()).unwrap();
        self.unlocked.lock().unwrap().recv().map_err(|gone| Failure::PlatformFailure(gone.into()))?;
        self.inner.build(service, user, modifiers)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn waiting(timeout: Duration) -> (KeyringVault, Receiver<()>, Sender<()>) {
    let (asked, was_asked) = channel();
    let (unlock, unlocked) = channel();
    let (asked, unlocked) = (Mutex::new(asked), Mutex::new(unlocked));
    let store = Waiting { inner: mock::Store::new().unwrap(), asked, unlocked };
    let vault = KeyringVault::new(Arc::new(store), "leapp").unwrap().with_timeout(timeout);
    let vault = vault.with_coordinator(LocalCoordinator::new());
    (vault, was_asked, unlock)
}

fn is_locked<T>(outcome: Result<T, Error>) -> bool {
    outcome.is_err_and(|error| error.kind() == ErrorKind::Locked)
}

#[tokio::test]
async fn the_runtime_goes_on_while_the_keychain_waits() {
    let (vault, was_asked, unlock) = waiting(Duration::from_secs(10));
    let put = async { vault.put(&key(), &Secret::new("x")).await };
    let person = async {
        // It looks at what is there before it writes.
        for _ in 0..2 {
            while was_asked.try_recv().is_err() {
                tokio::task::yield_now().await;
            }
            unlock.send(()).unwrap();
        }
    };
    let (outcome, ()) = tokio::join!(put, person);
    outcome.unwrap();
}

#[tokio::test]
async fn what_nobody_awaits_any_more_is_not_begun() {
    let (vault, was_asked, unlock) = waiting(Duration::from_millis(20));
    assert!(is_locked(vault.get(&key()).await), "the first waits for a person");
    assert!(is_locked(vault.put(&key(), &Secret::new("late")).await), "the second waits for the first");
    unlock.send(()).unwrap();
    unlock.send(()).unwrap();
    let vault = vault.with_timeout(Duration::from_secs(10));
    assert!(vault.get(&key()).await.unwrap().is_none(), "a put that was given up took effect later");
    assert_eq!(was_asked.try_iter().count(), 2, "the two reads, and not the put");
}

#[tokio::test]
async fn what_cannot_be_read_is_not_overwritten() {
    let (vault, entry) = vault();
    vault.put(&key(), &Secret::new("old")).await.unwrap();
    for failure in [Failure::NoStorageAccess("locked".into()), Failure::PlatformFailure("no bus".into())] {
        fail_next(&entry, failure);
        vault.put(&key(), &Secret::new("new")).await.unwrap_err();
        assert_eq!(vault.get(&key()).await.unwrap().unwrap().expose(), "old");
    }
    entry.set_secret(b"somebody else's").unwrap();
    let refused = vault.put(&key(), &Secret::new("new")).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Corrupt);
    assert_eq!(entry.get_secret().unwrap(), b"somebody else's");
    vault.delete(&key()).await.unwrap();
    vault.put(&key(), &Secret::new("new")).await.unwrap();
    assert_eq!(vault.get(&key()).await.unwrap().unwrap().expose(), "new");
}

/// Somebody who has every lease, and keeps it.
#[derive(Debug)]
struct Hoarder;

#[async_trait::async_trait]
impl Coordinator for Hoarder {
    async fn lease(&self, _: &LeaseKey) -> Result<Lease, Error> {
        std::future::pending().await
    }

    async fn take_turn(&self, _: &LeaseKey, _: SystemTime, _: Duration) -> Result<Duration, Error> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_writer_that_waits_for_others_says_so_and_readers_do_not_wait() {
    let (vault, _) = vault();
    let vault = vault.with_coordinator(Hoarder).with_timeout(Duration::from_millis(20));
    for outcome in [vault.put(&key(), &Secret::new("x")).await, vault.delete(&key()).await] {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Busy);
    }
    assert!(vault.with_timeout(Duration::from_secs(10)).get(&key()).await.unwrap().is_none());
}
