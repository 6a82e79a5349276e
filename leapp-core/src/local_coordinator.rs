//! Who goes first among the tasks of one process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use crate::turns::Turn;
use crate::{Coordinator, Error, Lease, LeaseKey};

/// Coordinates the tasks of one process. Clones are one coordinator.
///
/// Processes that share a vault need a [`FileCoordinator`](crate::FileCoordinator).
///
/// ```
/// use leapp_core::{Coordinator, LeaseKey, LocalCoordinator};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), leapp_core::Error> {
/// let coordinator = LocalCoordinator::new();
/// let key = LeaseKey::parse("portal")?;
/// let lease = coordinator.lease(&key).await?;
/// // Whoever asks for the same lease waits until this one is dropped.
/// drop(lease);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct LocalCoordinator(Arc<State>);

#[derive(Debug, Default)]
struct State {
    leases: Mutex<HashMap<LeaseKey, Arc<tokio::sync::Mutex<()>>>>,
    turns: Mutex<HashMap<LeaseKey, Turn>>,
}

impl LocalCoordinator {
    /// A coordinator at which nothing is held.
    pub fn new() -> Self {
        Self::default()
    }
}

#[async_trait]
impl Coordinator for LocalCoordinator {
    async fn lease(&self, key: &LeaseKey) -> Result<Lease, Error> {
        let of_key = {
            let mut leases = lock(&self.0.leases);
            // What nobody holds or waits for need not be remembered.
            leases.retain(|_, lease| Arc::strong_count(lease) > 1);
            leases.entry(key.clone()).or_default().clone()
        };
        Ok(Lease::new(of_key.lock_owned().await))
    }

    async fn take_turn(&self, key: &LeaseKey, now: SystemTime, spacing: Duration) -> Result<Duration, Error> {
        let mut turns = lock(&self.0.turns);
        let (turn, wait) = Turn::after(turns.get(key).copied(), now, spacing);
        turns.insert(key.clone(), turn);
        Ok(wait)
    }
}

/// A panic elsewhere does not make a map of whole values wrong.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
