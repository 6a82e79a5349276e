//! When the driver wakes, and whether time has jumped meanwhile.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::Clock;

/// Timers stand still while a machine sleeps, so no sleep is long: a wake is noticed within this much time awake.
const BEAT: Duration = Duration::from_secs(1);
/// With nothing planned there is nothing to be late for.
const IDLE_BEAT: Duration = Duration::from_secs(30);
/// Clocks are adjusted by less than this all the time.
const JUMP: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Pulse {
    clock: Arc<dyn Clock>,
    wall: SystemTime,
    elapsed: Duration,
}

impl Pulse {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { wall: clock.now(), elapsed: clock.elapsed(), clock }
    }

    /// Sleeps until `timeout`, or one beat.
    pub(super) async fn rest(&self, timeout: Option<SystemTime>) {
        let now = self.clock.now();
        let beat = timeout.map_or(IDLE_BEAT, |at| at.duration_since(now).unwrap_or_default().min(BEAT));
        self.clock.sleep(beat).await;
    }

    /// True when, since it was last asked, the wall clock has gone another way than the time that passed.
    pub(super) fn has_jumped(&mut self) -> bool {
        let (wall, elapsed) = (self.clock.now(), self.clock.elapsed());
        let expected = self.wall + elapsed.saturating_sub(self.elapsed);
        let drift = wall.duration_since(expected).unwrap_or_else(|back| back.duration());
        (self.wall, self.elapsed) = (wall, elapsed);
        drift > JUMP
    }
}
