//! Time, as the driver sees it.

use std::fmt::Debug;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

/// Where the time comes from. The engine never asks: it is told `now`; only the driver holds a clock.
///
/// # Contract
/// - **now advances**: [`now`](Self::now) follows [`elapsed`](Self::elapsed) while nobody sets the wall clock or suspends the machine.
/// - **elapsed never decreases**: it counts from some fixed moment, whatever happens to the wall clock. It may stand still in suspend.
/// - **sleep lasts**: [`sleep`](Self::sleep) returns when at least its duration has passed on [`elapsed`](Self::elapsed).
/// - **sleep is cancel-safe**: dropping the future of a sleep affects nothing else.
#[async_trait]
pub trait Clock: Debug + Send + Sync {
    /// The wall time. It can be set, in both directions, while the program runs.
    fn now(&self) -> SystemTime;

    /// The time that has passed since some fixed moment.
    fn elapsed(&self) -> Duration;

    /// Waits.
    async fn sleep(&self, duration: Duration);
}
