//! Each clause of the coordinator's suite rejects a coordinator that breaks it.
#![expect(clippy::expect_used, reason = "a failed test says where")]

mod sabotage_support;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use leapp_core::{Coordinator, Error, ErrorKind, Lease, LeaseKey, LocalCoordinator};
use leapp_testkit::conformance::coordinator::{CLAUSES, CoordinatorHarness, Holder};
use sabotage_support::Saboteur;

#[derive(Clone, Copy, Debug, PartialEq)]
enum How {
    KeepsTheContract,
    LetsEveryoneIn,
    LetsOtherProcessesIn,
    NeverGivesBack,
    HasOneKey,
    TakesWhatWasGivenUp,
    OutlivesItsHolder,
    ForgetsTheHolder,
    TurnsAtOnce,
    TurnsOfEachProcess,
    TurnsOfAllKeys,
    TurnsTooNear,
    LooksBeforeItTakes,
    NeverRests,
    FailsInsteadOfWaiting,
}

#[derive(Clone, Debug)]
struct Toy {
    how: How,
    shared: LocalCoordinator,
    /// What only this process knows.
    own: LocalCoordinator,
    dead: Arc<Mutex<Vec<Lease>>>,
    turns: Arc<Mutex<BTreeMap<String, SystemTime>>>,
}

/// What a process holds that is none.
struct Process {
    how: How,
    lease: Option<Lease>,
    kept: Arc<Mutex<Vec<Lease>>>,
}

impl Toy {
    fn open(how: How) -> Arc<dyn CoordinatorHarness> {
        let (shared, own) = (LocalCoordinator::new(), LocalCoordinator::new());
        Arc::new(Self { how, shared, own, dead: Arc::default(), turns: Arc::default() })
    }

    async fn forever(&self, lease: Lease) -> Lease {
        self.dead.lock().unwrap_or_else(PoisonError::into_inner).push(lease);
        Lease::new(())
    }
}

#[async_trait]
impl Coordinator for Toy {
    async fn lease(&self, key: &LeaseKey) -> Result<Lease, Error> {
        let one = LeaseKey::parse("one")?;
        match self.how {
            How::LetsEveryoneIn => Ok(Lease::new(())),
            How::LetsOtherProcessesIn => self.own.lease(key).await,
            How::NeverGivesBack => {
                let lease = self.shared.lease(key).await?;
                Ok(self.forever(lease).await)
            }
            How::HasOneKey => self.shared.lease(&one).await,
            How::TakesWhatWasGivenUp => {
                let (toy, key) = (self.clone(), key.clone());
                let (give, taken) = tokio::sync::oneshot::channel();
                tokio::spawn(async move {
                    if let Ok(lease) = toy.shared.lease(&key).await
                        && let Err(Ok(unwanted)) = give.send(Ok::<_, Error>(lease))
                    {
                        toy.forever(unwanted).await;
                    }
                });
                taken.await.map_err(|_| Error::new(ErrorKind::Unavailable, "a task is gone"))?
            }
            How::FailsInsteadOfWaiting => {
                let lease = tokio::time::timeout(Duration::from_millis(5), self.shared.lease(key)).await;
                lease.map_err(|_| Error::new(ErrorKind::Busy, "somebody holds it"))?
            }
            _ => self.shared.lease(key).await,
        }
    }

    async fn take_turn(&self, key: &LeaseKey, now: SystemTime, spacing: Duration) -> Result<Duration, Error> {
        match self.how {
            How::TurnsAtOnce => Ok(Duration::ZERO),
            How::TurnsOfEachProcess => self.own.take_turn(key, now, spacing).await,
            How::TurnsOfAllKeys => self.shared.take_turn(&LeaseKey::parse("one")?, now, spacing).await,
            How::TurnsTooNear => self.shared.take_turn(key, now, spacing / 2).await,
            How::NeverRests => self.shared.take_turn(key, SystemTime::UNIX_EPOCH + spacing, spacing).await,
            How::LooksBeforeItTakes => {
                let turns = || self.turns.lock().unwrap_or_else(PoisonError::into_inner);
                let free = turns().get(key.as_str()).map_or(now, |at| (*at + spacing).max(now));
                tokio::task::yield_now().await;
                turns().insert(key.as_str().to_owned(), free);
                Ok(free.duration_since(now).unwrap_or_default())
            }
            _ => self.shared.take_turn(key, now, spacing).await,
        }
    }
}

impl CoordinatorHarness for Toy {
    fn coordinator(&self) -> &dyn Coordinator {
        self
    }

    fn another(&self) -> Arc<dyn Coordinator> {
        Arc::new(Self { own: LocalCoordinator::new(), ..self.clone() })
    }

    fn holder(&self, key: &LeaseKey) -> Option<Box<dyn Holder>> {
        let lease = tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(self.shared.lease(key)).expect("it is free")
        });
        let lease = Some(lease).filter(|_| self.how != How::ForgetsTheHolder);
        Some(Box::new(Process { how: self.how, lease, kept: self.dead.clone() }))
    }
}

impl Holder for Process {
    fn kill(self: Box<Self>) {
        if self.how == How::OutlivesItsHolder {
            self.kept.lock().unwrap_or_else(PoisonError::into_inner).extend(self.lease);
        }
    }
}

fn saboteurs() -> Vec<Saboteur<dyn CoordinatorHarness>> {
    [
        ("one_holder", How::LetsEveryoneIn),
        ("one_holder", How::LetsOtherProcessesIn),
        ("one_holder", How::FailsInsteadOfWaiting),
        ("dropping_gives_back", How::NeverGivesBack),
        ("dropping_gives_back", How::FailsInsteadOfWaiting),
        ("keys_are_independent", How::HasOneKey),
        ("waiting_can_be_given_up", How::TakesWhatWasGivenUp),
        ("dies_with_its_holder", How::OutlivesItsHolder),
        ("dies_with_its_holder", How::ForgetsTheHolder),
        ("turns_are_apart", How::TurnsAtOnce),
        ("turns_are_apart", How::TurnsOfEachProcess),
        ("turns_are_apart", How::TurnsOfAllKeys),
        ("turns_are_apart", How::TurnsTooNear),
        ("turns_are_apart", How::LooksBeforeItTakes),
        ("turns_are_apart", How::NeverRests),
    ]
    .map(|(clause, how)| Saboteur::new(clause, how, Toy::open(how)))
    .into()
}

#[test]
fn clauses_are_the_contracts() {
    sabotage_support::clauses_are_the_contracts(CLAUSES, include_str!("../../leapp-core/src/coordinator.rs"));
}

#[test]
fn every_saboteur_is_rejected() {
    sabotage_support::every_saboteur_is_rejected(CLAUSES, saboteurs());
}

#[test]
fn a_coordinator_that_keeps_the_contract_passes() {
    sabotage_support::passes(CLAUSES, || Toy::open(How::KeepsTheContract));
}
