//! A clock that runs, and that can be moved on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_smithy_async::time::TimeSource;
use leapp_core::{Clock, SystemClock};

/// The machine's clock, plus what it was moved on by; for Leapp and for the SDK. Clones move together.
///
/// A bench that rotates a thousand times a second needs it: Leapp calls a service six times a minute at most,
/// and the SDK's cache asks again only when a set is about to expire.
#[derive(Clone, Debug)]
pub struct MovableClock {
    system: SystemClock,
    ahead: Arc<AtomicU64>,
}

impl MovableClock {
    /// A clock that goes with the machine's until it is moved.
    pub fn new() -> Self {
        Self { system: SystemClock::new(), ahead: Arc::default() }
    }

    /// Lets time pass at once, as in no suspend and no clock step: wall and monotonic time go on together.
    pub fn advance(&self, duration: Duration) {
        self.ahead.fetch_add(duration.as_secs(), Ordering::Relaxed);
    }

    fn ahead(&self) -> Duration {
        Duration::from_secs(self.ahead.load(Ordering::Relaxed))
    }
}

impl Default for MovableClock {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Clock for MovableClock {
    fn now(&self) -> SystemTime {
        self.system.now() + self.ahead()
    }

    fn elapsed(&self) -> Duration {
        self.system.elapsed() + self.ahead()
    }

    async fn sleep(&self, duration: Duration) {
        self.system.sleep(duration).await;
    }
}

impl TimeSource for MovableClock {
    fn now(&self) -> SystemTime {
        Clock::now(self)
    }
}
