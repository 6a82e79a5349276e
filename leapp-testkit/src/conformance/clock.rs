//! The clauses of [`Clock`].

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use leapp_core::Clock;

use super::{Clause, Verdict, ensure, settle};

const STEP: Duration = Duration::from_millis(5);
const NAP: Duration = Duration::from_millis(20);

/// A clock, and what makes its time pass.
#[async_trait]
pub trait ClockHarness: Send + Sync {
    /// The clock.
    fn clock(&self) -> &dyn Clock;

    /// Lets at least this much time pass on the clock: waits on the machine's own, moves one that is driven by hand.
    async fn pass(&self, duration: Duration);

    /// Sets the wall clock, as a person or a time server may. `false` declares that a test cannot.
    fn set_wall(&self, now: SystemTime) -> bool;
}

/// Every clause of the contract.
pub const CLAUSES: &[Clause<dyn ClockHarness>] = crate::__clock_clauses!(__clause_table);

/// Makes one test of each clause of [`Clock`], given what makes a
/// [`ClockHarness`]: a function or a closure.
#[macro_export]
macro_rules! clock_tests {
    ($open:expr $(,)?) => {
        $crate::__clock_clauses!(__clause_tests clock $open);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __clock_clauses {
    ($then:ident $($rest:tt)*) => {
        $crate::$then! { [
            now_advances elapsed_never_decreases sleep_lasts sleep_is_cancel_safe
        ] $($rest)* }
    };
}

/// *`now` follows `elapsed` while nobody sets the wall clock or suspends the machine.*
///
/// # Panics
/// When the clock breaks the clause.
pub async fn now_advances(subject: Arc<dyn ClockHarness>) {
    let verdict = async {
        for _ in 0..5 {
            let before = Reading::of(subject.clock());
            subject.pass(NAP).await;
            Reading::of(subject.clock()).follows(&before)?;
        }
        Ok(())
    };
    settle("clock", "now advances", verdict.await);
}

/// *It counts from some fixed moment, whatever happens to the wall clock.*
///
/// # Panics
/// When the clock breaks the clause.
pub async fn elapsed_never_decreases(subject: Arc<dyn ClockHarness>) {
    let verdict = async {
        let clock = subject.clock();
        let mut last = clock.elapsed();
        for hours in [0, 5, 1, 9] {
            let wall = SystemTime::UNIX_EPOCH + Duration::from_secs(2_000_000_000 + hours * 3600);
            let was_set = hours > 0 && subject.set_wall(wall);
            let found = clock.elapsed();
            ensure!(found >= last, "elapsed went from {last:?} back to {found:?}");
            let jump = found - last;
            ensure!(
                !was_set || jump < Duration::from_secs(600),
                "elapsed went {jump:?} on as the wall clock was set"
            );
            subject.pass(STEP).await;
            last = clock.elapsed();
            ensure!(last >= found + STEP, "elapsed went from {found:?} to {last:?} while {STEP:?} passed");
        }
        Ok(())
    };
    settle("clock", "elapsed never decreases", verdict.await);
}

/// *`sleep` returns when at least its duration has passed on `elapsed`.*
///
/// # Panics
/// When the clock breaks the clause.
pub async fn sleep_lasts(subject: Arc<dyn ClockHarness>) {
    let verdict = async {
        slept(
            &*subject,
            Duration::ZERO,
            subject.clock().elapsed(),
            pin!(subject.clock().sleep(Duration::ZERO)),
        )
        .await?;
        let start = subject.clock().elapsed();
        let mut sleep = pin!(subject.clock().sleep(NAP));
        ensure!(
            !is_ready(sleep.as_mut()).await || subject.clock().elapsed() >= start + NAP,
            "sleep does not wait"
        );
        // A wall clock that is set meanwhile must not end a sleep.
        subject.set_wall(subject.clock().now() + Duration::from_secs(3600));
        slept(&*subject, NAP, start, sleep).await
    };
    settle("clock", "sleep lasts", verdict.await);
}

/// *Dropping the future of a sleep affects nothing else.*
///
/// # Panics
/// When the clock breaks the clause.
pub async fn sleep_is_cancel_safe(subject: Arc<dyn ClockHarness>) {
    let verdict = async {
        let clock = subject.clock();
        let start = clock.elapsed();
        let mut kept = pin!(clock.sleep(NAP));
        ensure!(!is_ready(kept.as_mut()).await || clock.elapsed() >= start + NAP, "sleep does not wait");
        for duration in [STEP, NAP, NAP + STEP] {
            let mut dropped = Box::pin(clock.sleep(duration));
            is_ready(dropped.as_mut()).await;
        }
        let found = clock.elapsed();
        ensure!(found >= start, "elapsed went from {start:?} back to {found:?} as sleeps were dropped");
        slept(&*subject, NAP, start, kept).await
    };
    settle("clock", "sleep is cancel-safe", verdict.await);
}

/// The wall time, and the elapsed times just before and after it was asked for.
struct Reading {
    before: Duration,
    now: SystemTime,
    after: Duration,
}

impl Reading {
    fn of(clock: &dyn Clock) -> Self {
        Self { before: clock.elapsed(), now: clock.now(), after: clock.elapsed() }
    }

    /// However long the machine was busy between two questions, the wall time lies between the elapsed times around it.
    fn follows(&self, earlier: &Self) -> Verdict {
        // Time servers slew the wall clock by at most half a thousandth, and its steps may be a millisecond.
        let tolerance = Duration::from_millis(3);
        let Ok(wall) = self.now.duration_since(earlier.now) else {
            return Err("now went back, and nobody set it".into());
        };
        let least = self.before.saturating_sub(earlier.after).saturating_sub(tolerance);
        let most = self.after.saturating_sub(earlier.before) + tolerance;
        ensure!(wall >= least, "now went {wall:?} on, where elapsed went {least:?} on at least");
        ensure!(wall <= most, "now went {wall:?} on, where elapsed went {most:?} on at most");
        Ok(())
    }
}

/// Lets time pass until a sleep that began at `start` returns, and checks that it is neither early nor lost.
async fn slept(
    subject: &dyn ClockHarness,
    duration: Duration,
    start: Duration,
    mut sleep: Pin<&mut impl Future<Output = ()>>,
) -> Verdict {
    let mut steps = 0;
    while !is_ready(sleep.as_mut()).await {
        // Looked at before the wait is judged, so that a machine that was busy meanwhile does not count.
        ensure!(
            steps < 400,
            "a sleep of {duration:?} has not returned after {:?}",
            subject.clock().elapsed() - start
        );
        subject.pass(STEP).await;
        tokio::task::yield_now().await;
        steps += 1;
    }
    let lasted = subject.clock().elapsed().saturating_sub(start);
    ensure!(lasted >= duration, "a sleep of {duration:?} returned after {lasted:?}");
    Ok(())
}

/// Polls once. The waker is the task's own, so that a clock that wakes is never told of a waker that is gone.
async fn is_ready(mut future: Pin<&mut impl Future<Output = ()>>) -> bool {
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_ready())).await
}
