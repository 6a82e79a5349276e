//! Each clause of the clock's suite rejects a clock that breaks it.
#![expect(clippy::expect_used, reason = "a failed test says where")]

mod sabotage_support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use leapp_core::Clock;
use leapp_testkit::clock::ManualClock;
use leapp_testkit::conformance::clock::{CLAUSES, ClockHarness};
use sabotage_support::Saboteur;

#[derive(Clone, Copy, Debug, PartialEq)]
enum How {
    KeepsTheContract,
    StandsStill,
    RunsFast,
    RunsBackwards,
    ElapsedFollowsTheWall,
    ElapsedStandsStill,
    SleepsTooShort,
    DoesNotSleep,
    NeverWakes,
    SleepsByTheWall,
    DroppingWakesOthers,
    DroppingLosesOthers,
}

#[derive(Debug)]
struct Broken {
    how: How,
    time: ManualClock,
    was_dropped: Arc<AtomicBool>,
}

/// Notes that a sleep was dropped before it was over.
struct Drops<'a>(&'a AtomicBool, bool);

impl Drop for Drops<'_> {
    fn drop(&mut self) {
        self.0.fetch_or(!self.1, Ordering::Relaxed);
    }
}

impl Broken {
    fn open(how: How) -> Arc<dyn ClockHarness> {
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000);
        Arc::new(Self { how, time: ManualClock::new(start), was_dropped: Arc::default() })
    }

    fn is_over(&self, start: Duration, wall: SystemTime, duration: Duration) -> bool {
        let was_dropped = self.was_dropped.load(Ordering::Relaxed);
        match self.how {
            How::SleepsTooShort => self.time.elapsed() >= start + duration / 2,
            How::NeverWakes => false,
            How::SleepsByTheWall => self.time.now() >= wall + duration,
            How::DroppingWakesOthers if was_dropped => true,
            How::DroppingLosesOthers if was_dropped => false,
            _ => self.time.elapsed() >= start + duration,
        }
    }
}

#[async_trait]
impl Clock for Broken {
    fn now(&self) -> SystemTime {
        let elapsed = self.time.elapsed();
        match self.how {
            How::StandsStill => SystemTime::UNIX_EPOCH,
            How::RunsFast => self.time.now() + elapsed,
            How::RunsBackwards => self.time.now() - 2 * elapsed,
            _ => self.time.now(),
        }
    }

    fn elapsed(&self) -> Duration {
        match self.how {
            How::ElapsedFollowsTheWall => {
                self.time.now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
            }
            How::ElapsedStandsStill => Duration::ZERO,
            _ => self.time.elapsed(),
        }
    }

    async fn sleep(&self, duration: Duration) {
        let (start, wall) = (self.time.elapsed(), self.time.now());
        let mut drops = Drops(&self.was_dropped, false);
        while self.how != How::DoesNotSleep && !self.is_over(start, wall, duration) {
            tokio::task::yield_now().await;
        }
        drops.1 = true;
    }
}

#[async_trait]
impl ClockHarness for Broken {
    fn clock(&self) -> &dyn Clock {
        self
    }

    async fn pass(&self, duration: Duration) {
        self.time.advance(duration);
    }

    fn set_wall(&self, now: SystemTime) -> bool {
        self.time.set_wall(now);
        true
    }
}

fn saboteurs() -> Vec<Saboteur<dyn ClockHarness>> {
    [
        ("now_advances", How::StandsStill),
        ("now_advances", How::RunsFast),
        ("now_advances", How::RunsBackwards),
        ("elapsed_never_decreases", How::ElapsedFollowsTheWall),
        ("elapsed_never_decreases", How::ElapsedStandsStill),
        ("sleep_lasts", How::SleepsTooShort),
        ("sleep_lasts", How::DoesNotSleep),
        ("sleep_lasts", How::NeverWakes),
        ("sleep_lasts", How::SleepsByTheWall),
        ("sleep_is_cancel_safe", How::DroppingWakesOthers),
        ("sleep_is_cancel_safe", How::DroppingLosesOthers),
    ]
    .map(|(clause, how)| Saboteur::new(clause, how, Broken::open(how)))
    .into()
}

#[test]
fn clauses_are_the_contracts() {
    sabotage_support::clauses_are_the_contracts(CLAUSES, include_str!("../../leapp-core/src/clock.rs"));
}

#[test]
fn every_saboteur_is_rejected() {
    sabotage_support::every_saboteur_is_rejected(CLAUSES, saboteurs());
}

#[test]
fn a_clock_that_keeps_the_contract_passes() {
    sabotage_support::passes(CLAUSES, || Broken::open(How::KeepsTheContract));
}
