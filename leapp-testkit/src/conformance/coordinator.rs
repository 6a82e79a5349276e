//! The clauses of [`Coordinator`].

use std::future::Future;
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::{Duration, SystemTime};

use leapp_core::{Coordinator, Lease, LeaseKey};

use super::made_up::unique;
use super::{Clause, ensure, must, settle};

/// What is free comes within this.
const PATIENCE: Duration = Duration::from_secs(5);
/// What is held does not come within this.
const NOT_YET: Duration = Duration::from_millis(120);
const SPACING: Duration = Duration::from_millis(250);

/// A coordinator, and others of the same place.
pub trait CoordinatorHarness: Send + Sync {
    /// The coordinator.
    fn coordinator(&self) -> &dyn Coordinator;

    /// One more of the same place, as another process opens it; a clone, where there is one process only.
    fn another(&self) -> Arc<dyn Coordinator>;

    /// A process that holds this lease, once it does. `None` declares a coordinator of one process only.
    fn holder(&self, key: &LeaseKey) -> Option<Box<dyn Holder>>;
}

/// A process that holds a lease.
pub trait Holder: Send {
    /// Ends the process without giving it the time to do anything, and waits until it is gone.
    fn kill(self: Box<Self>);
}

impl Holder for Child {
    fn kill(mut self: Box<Self>) {
        let ended = Self::kill(&mut self).and_then(|()| self.wait());
        assert!(ended.is_ok(), "the holder's process cannot be ended: {ended:?}");
    }
}

/// Every clause of the contract.
pub const CLAUSES: &[Clause<dyn CoordinatorHarness>] = crate::__coordinator_clauses!(__clause_table);

/// Makes one test of each clause of [`Coordinator`], given what makes a
/// [`CoordinatorHarness`]: a function or a closure.
#[macro_export]
macro_rules! coordinator_tests {
    ($open:expr $(,)?) => {
        $crate::__coordinator_clauses!(__clause_tests coordinator $open);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __coordinator_clauses {
    ($then:ident $($rest:tt)*) => {
        $crate::$then! { [
            one_holder dropping_gives_back keys_are_independent waiting_can_be_given_up dies_with_its_holder
            turns_are_apart
        ] $($rest)* }
    };
}

/// *While a lease of a key is held, no other of the same key is given.*
///
/// # Panics
/// When the coordinator breaks the clause.
pub async fn one_holder(subject: Arc<dyn CoordinatorHarness>) {
    let verdict = async {
        let (key, another) = (new_key(), subject.another());
        let lease = taken(subject.coordinator(), &key, "a free lease").await?;
        ensure!(is_refused(subject.coordinator(), &key).await?, "a lease that is held is given once more");
        ensure!(is_refused(&*another, &key).await?, "a lease that is held is given by another coordinator");
        drop(lease);
        let inside = AtomicUsize::new(0);
        let visits = (0..8).map(|number| {
            let (key, inside, another) = (&key, &inside, &*another);
            let coordinator = if number % 2 == 0 { subject.coordinator() } else { another };
            async move {
                let _lease = taken(coordinator, key, "a lease that others give back").await?;
                let others = inside.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(2)).await;
                inside.fetch_sub(1, Ordering::SeqCst);
                ensure!(others == 0, "{others} others hold the lease at the same time");
                Ok(())
            }
        });
        all_of(visits).await.map(drop)
    };
    settle("coordinator", "one holder", verdict.await);
}

/// *A lease that is dropped is free at once, and whoever waits gets it.*
///
/// # Panics
/// When the coordinator breaks the clause.
pub async fn dropping_gives_back(subject: Arc<dyn CoordinatorHarness>) {
    let verdict = async {
        let (key, another) = (new_key(), subject.another());
        let lease = taken(subject.coordinator(), &key, "a free lease").await?;
        let waiting = taken(&*another, &key, "a lease that was waited for");
        let giving = async {
            tokio::time::sleep(NOT_YET).await;
            drop(lease);
        };
        let (lease, ()) = tokio::join!(waiting, giving);
        drop(lease?);
        taken(subject.coordinator(), &key, "a lease that was given back").await.map(drop)
    };
    settle("coordinator", "dropping gives back", verdict.await);
}

/// *A lease of one key keeps nobody from another's.*
///
/// # Panics
/// When the coordinator breaks the clause.
pub async fn keys_are_independent(subject: Arc<dyn CoordinatorHarness>) {
    let verdict = async {
        let (one, other) = (new_key(), new_key());
        let _held = taken(subject.coordinator(), &one, "a free lease").await?;
        taken(subject.coordinator(), &other, "the free lease of another key").await.map(drop)?;
        taken(&*subject.another(), &other, "the free lease of another key").await.map(drop)
    };
    settle("coordinator", "keys are independent", verdict.await);
}

/// *A wait that is dropped leaves nothing behind, and takes nothing.*
///
/// # Panics
/// When the coordinator breaks the clause.
pub async fn waiting_can_be_given_up(subject: Arc<dyn CoordinatorHarness>) {
    let verdict = async {
        let (key, another) = (new_key(), subject.another());
        let lease = taken(subject.coordinator(), &key, "a free lease").await?;
        for _ in 0..3 {
            ensure!(
                is_refused(subject.coordinator(), &key).await?,
                "a lease that is held is given once more"
            );
            ensure!(is_refused(&*another, &key).await?, "a lease that is held is given once more");
        }
        drop(lease);
        // What was given up may still come true a little later, in a thread say, and then keep the lease.
        tokio::time::sleep(NOT_YET).await;
        taken(subject.coordinator(), &key, "a lease that nobody waits for any more").await.map(drop)
    };
    settle("coordinator", "waiting can be given up", verdict.await);
}

/// *A process that ends, however it ends, holds nothing.*
///
/// # Panics
/// When the coordinator breaks the clause.
pub async fn dies_with_its_holder(subject: Arc<dyn CoordinatorHarness>) {
    let verdict = async {
        let key = new_key();
        let Some(holder) = subject.holder(&key) else { return Ok(()) };
        let is_held = is_refused(subject.coordinator(), &key).await;
        holder.kill();
        ensure!(is_held?, "a lease that another process holds is given once more");
        taken(subject.coordinator(), &key, "the lease of a process that was killed").await.map(drop)
    };
    settle("coordinator", "dies with its holder", verdict.await);
}

/// *Two turns of a key are at least their spacing apart, whoever takes them.*
///
/// # Panics
/// When the coordinator breaks the clause.
pub async fn turns_are_apart(subject: Arc<dyn CoordinatorHarness>) {
    let verdict = async {
        let (key, another) = (new_key(), subject.another());
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000);
        let wait = turn(subject.coordinator(), &key, now).await?;
        ensure!(wait == Duration::ZERO, "the first turn is {wait:?} away, where it is free now");
        let turns = (0..12).map(|number| {
            let coordinator = if number % 2 == 0 { subject.coordinator() } else { &*another };
            let (key, later) = (&key, Duration::from_millis(7 * number));
            async move { turn(coordinator, key, now + later).await.map(|wait| later + wait) }
        });
        let mut moments = vec![Duration::ZERO];
        moments.extend(all_of(turns).await?);
        moments.sort();
        for pair in moments.windows(2) {
            let gap = pair[1] - pair[0];
            ensure!(gap >= SPACING, "two turns are {gap:?} apart, where {SPACING:?} were asked for");
        }
        let other_key = turn(subject.coordinator(), &new_key(), now).await?;
        ensure!(other_key == Duration::ZERO, "the turns of another key keep this one's {other_key:?} away");
        let later = turn(subject.coordinator(), &key, now + Duration::from_secs(60)).await?;
        ensure!(later == Duration::ZERO, "a turn after a long rest is {later:?} away");
        Ok(())
    };
    settle("coordinator", "turns are apart", verdict.await);
}

/// A key that no other run uses.
fn new_key() -> LeaseKey {
    match LeaseKey::parse(&unique()) {
        Ok(key) => key,
        Err(error) => panic!("not a key: {error}"),
    }
}

async fn taken(coordinator: &dyn Coordinator, key: &LeaseKey, what: &str) -> Result<Lease, String> {
    match tokio::time::timeout(PATIENCE, coordinator.lease(key)).await {
        Ok(lease) => must(what, lease),
        Err(_) => Err(format!("{what} is not given within {PATIENCE:?}")),
    }
}

async fn is_refused(coordinator: &dyn Coordinator, key: &LeaseKey) -> Result<bool, String> {
    match tokio::time::timeout(NOT_YET, coordinator.lease(key)).await {
        Ok(lease) => must("a wait for a lease", lease).map(|_| false),
        Err(_) => Ok(true),
    }
}

async fn turn(coordinator: &dyn Coordinator, key: &LeaseKey, now: SystemTime) -> Result<Duration, String> {
    match tokio::time::timeout(PATIENCE, coordinator.take_turn(key, now, SPACING)).await {
        Ok(wait) => must("a turn", wait),
        Err(_) => Err(format!("a turn is not given within {PATIENCE:?}")),
    }
}

/// Awaits all of them at once, in one task.
async fn all_of<T, F: Future<Output = Result<T, String>>>(
    futures: impl Iterator<Item = F>,
) -> Result<Vec<T>, String> {
    let mut running: Vec<_> = futures.map(|future| Some(Box::pin(future))).collect();
    let mut results = Vec::new();
    std::future::poll_fn(|context| {
        for slot in &mut running {
            if let Some(future) = slot
                && let Poll::Ready(result) = future.as_mut().poll(context)
            {
                results.push(result);
                *slot = None;
            }
        }
        if running.iter().all(Option::is_none) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    results.into_iter().collect()
}
