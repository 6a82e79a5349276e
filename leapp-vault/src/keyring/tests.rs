//! Readers beside writers that are always faster.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use leapp_core::{SessionId, VaultItem};
use zeroize::Zeroizing;

use super::*;
use crate::record::{self, Header, Slot};

/// A store in which each look finds a header that is newer than all chunks, until it is calm.
struct Restless(Arc<AtomicBool>);

impl Items for Restless {
    fn largest_item(&self) -> Option<usize> {
        None
    }

    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
        if name.ends_with("/a0") {
            return Ok(None);
        }
        let generation = record::new_generation().unwrap();
        let text = if self.0.load(Ordering::SeqCst) {
            record::whole("calm")
        } else {
            Zeroizing::new(Header::new(Slot::A, generation, 1, "restless").to_text())
        };
        Ok(Some(Zeroizing::new(text.as_bytes().to_vec())))
    }

    fn write(&self, _: &str, _: &[u8]) -> Result<(), Failure> {
        Err(Failure::new(ErrorKind::Unsupported, "nobody writes here"))
    }

    fn remove(&self, _: &str) -> Result<(), Failure> {
        Err(Failure::new(ErrorKind::Unsupported, "nobody removes here"))
    }

    fn probe(&self) -> Result<State, Failure> {
        Ok(State::Open)
    }
}

/// Whoever has its lease finds the writers waiting, if they know of it.
#[derive(Debug)]
struct Calming(Arc<AtomicBool>, bool);

#[async_trait]
impl Coordinator for Calming {
    async fn lease(&self, _: &leapp_core::LeaseKey) -> Result<Lease, Error> {
        self.0.store(self.1, Ordering::SeqCst);
        Ok(Lease::new(()))
    }

    async fn take_turn(
        &self,
        _: &leapp_core::LeaseKey,
        _: SystemTime,
        _: Duration,
    ) -> Result<Duration, Error> {
        Ok(Duration::ZERO)
    }
}

async fn read_beside(writers_know_of_the_lease: bool) -> Result<Option<Secret>, Error> {
    let is_calm = Arc::new(AtomicBool::new(false));
    let store = Restless(Arc::clone(&is_calm));
    let vault = KeyringVault::start("leapp", |_| Ok(Box::new(store))).unwrap();
    let vault = vault.with_coordinator(Calming(is_calm, writers_know_of_the_lease));
    vault.get(&VaultKey::new(SessionId::parse("alice").unwrap(), VaultItem::AccessKey)).await
}

#[tokio::test]
async fn a_reader_that_is_too_slow_has_the_writers_wait() {
    assert_eq!(read_beside(true).await.unwrap().unwrap().expose(), "calm");
}

#[tokio::test]
async fn a_reader_beside_writers_that_wait_for_nobody_says_that_others_are_at_it() {
    assert_eq!(read_beside(false).await.unwrap_err().kind(), ErrorKind::Busy);
}

/// A store that waits for a person who never comes.
struct Stuck(std::sync::mpsc::Sender<()>);

impl Items for Stuck {
    fn largest_item(&self) -> Option<usize> {
        None
    }

    fn read(&self, _: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
        self.0.send(()).unwrap();
        loop {
            std::thread::park();
        }
    }

    fn write(&self, _: &str, _: &[u8]) -> Result<(), Failure> {
        Ok(())
    }

    fn remove(&self, _: &str) -> Result<(), Failure> {
        Ok(())
    }

    fn probe(&self) -> Result<State, Failure> {
        Ok(State::Open)
    }
}

fn key(session: &str) -> VaultKey {
    VaultKey::new(SessionId::parse(session).unwrap(), VaultItem::AccessKey)
}

#[tokio::test]
async fn a_write_that_was_given_up_before_it_began_keeps_nobody_waiting() {
    let leases = leapp_core::LocalCoordinator::new();
    let (begun, has_begun) = std::sync::mpsc::channel();
    let vault = KeyringVault::start("leapp", |_| Ok(Box::new(Stuck(begun)))).unwrap();
    let vault = vault.with_coordinator(leases.clone()).with_timeout(Duration::from_secs(20));
    let alice = key("alice");
    let mut read = Box::pin(vault.get(&alice));
    while has_begun.try_recv().is_err() {
        assert!(tokio::time::timeout(Duration::from_millis(10), &mut read).await.is_err());
    }
    drop(read);
    let vault = vault.with_timeout(Duration::from_millis(50));
    assert_eq!(vault.put(&key("bob"), &Secret::new("x")).await.unwrap_err().kind(), ErrorKind::Locked);
    let turns = Turns::of(Arc::new(leases));
    let name = key("bob").to_string();
    let lease = turns.of_item("leapp", &name);
    assert!(tokio::time::timeout(Duration::from_secs(10), lease).await.is_ok(), "its lease is still held");
}

#[tokio::test]
async fn a_time_that_no_clock_can_hold_is_a_long_one() {
    let store = keyring_core::mock::Store::new().unwrap();
    let vault = KeyringVault::new(store, "leapp").unwrap().with_timeout(Duration::MAX);
    assert!(vault.get(&key("alice")).await.unwrap().is_none());
}
