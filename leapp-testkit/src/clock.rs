//! Clocks that a test drives: by hand, or faster than the machine's.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use leapp_core::Clock;

/// A clock that stands still until it is told to move. Clones are the same clock.
///
/// ```
/// use leapp_core::Clock;
/// use leapp_testkit::clock::ManualClock;
/// use std::time::{Duration, SystemTime};
///
/// let clock = ManualClock::new(SystemTime::UNIX_EPOCH);
/// clock.advance(Duration::from_secs(90));
/// assert_eq!(clock.elapsed(), Duration::from_secs(90));
/// clock.suspend(Duration::from_secs(3600));
/// assert_eq!(clock.elapsed(), Duration::from_secs(90));
/// assert_eq!(clock.now(), SystemTime::UNIX_EPOCH + Duration::from_secs(3690));
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Mutex<Time>>);

#[derive(Debug)]
struct Time {
    now: SystemTime,
    elapsed: Duration,
    /// Sleepers by when they are due; those due together wake in the order in which they fell asleep.
    sleepers: BTreeMap<(Duration, u64), Option<Waker>>,
    next_sleeper: u64,
}

/// Runs another clock's time faster, from the moment it is made. Clones are one clock.
///
/// A soak test of a day takes minutes with it. What the wall clock of the clock within does besides, such as being set
/// or going on in suspend, is multiplied as well.
#[derive(Clone, Debug)]
pub struct AcceleratedClock<C> {
    inner: C,
    pace: Arc<Mutex<Pace>>,
}

/// How fast, and since when: the inner clock's reading and this clock's, at that moment.
#[derive(Clone, Copy, Debug)]
struct Pace {
    factor: u32,
    inner_now: SystemTime,
    inner_elapsed: Duration,
    now: SystemTime,
    elapsed: Duration,
}

impl ManualClock {
    /// A clock that shows `start`, and at which nothing has passed.
    pub fn new(start: SystemTime) -> Self {
        let time = Time { now: start, elapsed: Duration::ZERO, sleepers: BTreeMap::new(), next_sleeper: 0 };
        Self(Arc::new(Mutex::new(time)))
    }

    /// Lets time pass, and wakes who is due, in order.
    ///
    /// Sleepers run when their tasks are next polled, and by then all of `duration` has passed. A simulation that
    /// must stand at each sleeper's own moment goes there by [`next_wake`](Self::next_wake).
    pub fn advance(&self, duration: Duration) {
        let mut time = self.time();
        time.now += duration;
        time.elapsed += duration;
        let woken = time.take_due();
        drop(time);
        woken.into_iter().for_each(Waker::wake);
    }

    /// Sets the wall clock. No time passes.
    pub fn set_wall(&self, now: SystemTime) {
        self.time().now = now;
    }

    /// Suspends the machine: the wall clock goes on, `elapsed` and those who sleep on it stand still.
    pub fn suspend(&self, duration: Duration) {
        self.time().now += duration;
    }

    /// How many sleeps are under way.
    pub fn sleepers(&self) -> usize {
        self.time().sleepers.len()
    }

    /// How long until the next sleeper is due; `None` when nobody sleeps.
    pub fn next_wake(&self) -> Option<Duration> {
        let time = self.time();
        time.sleepers.first_key_value().map(|((due, _), _)| due.saturating_sub(time.elapsed))
    }

    fn time(&self) -> MutexGuard<'_, Time> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> SystemTime {
        self.time().now
    }

    fn elapsed(&self) -> Duration {
        self.time().elapsed
    }

    async fn sleep(&self, duration: Duration) {
        let sleeper = Sleeper::new(self, duration);
        poll_fn(|context| sleeper.poll(context.waker())).await;
    }
}

impl Time {
    /// Takes the wakers of those who are due, in order. The entries go when their sleeps return or are dropped.
    fn take_due(&mut self) -> Vec<Waker> {
        let due = self.sleepers.range_mut(..=(self.elapsed, u64::MAX));
        due.filter_map(|(_, waker)| waker.take()).collect()
    }
}

/// One sleep: registered from its first moment, and gone when it is dropped.
struct Sleeper<'a> {
    clock: &'a ManualClock,
    key: (Duration, u64),
}

impl<'a> Sleeper<'a> {
    fn new(clock: &'a ManualClock, duration: Duration) -> Self {
        let mut time = clock.time();
        let key = (time.elapsed.saturating_add(duration), time.next_sleeper);
        time.next_sleeper += 1;
        time.sleepers.insert(key, None);
        Self { clock, key }
    }

    fn poll(&self, waker: &Waker) -> Poll<()> {
        let mut time = self.clock.time();
        if time.elapsed >= self.key.0 {
            return Poll::Ready(());
        }
        time.sleepers.insert(self.key, Some(waker.clone()));
        Poll::Pending
    }
}

impl Drop for Sleeper<'_> {
    fn drop(&mut self) {
        self.clock.time().sleepers.remove(&self.key);
    }
}

impl<C: Clock> AcceleratedClock<C> {
    /// Runs `inner`'s time `factor` times faster from now on; at 0 as at 1, as fast.
    pub fn new(inner: C, factor: u32) -> Self {
        let (now, elapsed) = (inner.now(), inner.elapsed());
        let pace = Pace { factor: factor.max(1), inner_now: now, inner_elapsed: elapsed, now, elapsed };
        Self { inner, pace: Arc::new(Mutex::new(pace)) }
    }

    /// Goes on at another pace. Who sleeps already, sleeps to the end at the old one.
    pub fn set_factor(&self, factor: u32) {
        let (inner_now, inner_elapsed) = (self.inner.now(), self.inner.elapsed());
        let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        let (now, elapsed) = (pace.now_at(inner_now), pace.elapsed_at(inner_elapsed));
        *pace = Pace { factor: factor.max(1), inner_now, inner_elapsed, now, elapsed };
    }

    fn pace(&self) -> Pace {
        *self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pace {
    fn now_at(&self, inner: SystemTime) -> SystemTime {
        match inner.duration_since(self.inner_now) {
            Ok(passed) => self.now + passed * self.factor,
            Err(set_back) => self.now - set_back.duration() * self.factor,
        }
    }

    fn elapsed_at(&self, inner: Duration) -> Duration {
        self.elapsed + inner.saturating_sub(self.inner_elapsed) * self.factor
    }
}

#[async_trait]
impl<C: Clock> Clock for AcceleratedClock<C> {
    fn now(&self) -> SystemTime {
        self.pace().now_at(self.inner.now())
    }

    fn elapsed(&self) -> Duration {
        self.pace().elapsed_at(self.inner.elapsed())
    }

    async fn sleep(&self, duration: Duration) {
        // Rounded up: a sleep that is a nanosecond short would break the contract.
        let nanos = duration.as_nanos().div_ceil(u128::from(self.pace().factor));
        let duration = u64::try_from(nanos).map_or(Duration::MAX, Duration::from_nanos);
        self.inner.sleep(duration).await;
    }
}
