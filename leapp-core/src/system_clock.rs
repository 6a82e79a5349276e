//! The machine's own clock: the only reader of wall time in the workspace.

use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;

use crate::Clock;

/// The machine's wall clock and its monotonic clock; sleeps on tokio's timer.
#[derive(Clone, Debug)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// The machine's clock; `elapsed` counts from here.
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is told to ask")]
    pub fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is told to ask")]
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
