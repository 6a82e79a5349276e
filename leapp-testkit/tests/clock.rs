//! A clock driven by hand wakes who is due, in order, and nobody else.
#![expect(clippy::unwrap_used, reason = "a failed test says where")]

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use leapp_core::Clock;
use leapp_testkit::clock::ManualClock;

const SECOND: Duration = Duration::from_secs(1);

async fn settle() {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}

/// Starts sleeps, in this order, and gives the list that each adds its name to when it wakes.
async fn sleepers(clock: &ManualClock, seconds: &[u32]) -> Arc<Mutex<Vec<u32>>> {
    let woken = Arc::new(Mutex::new(Vec::new()));
    for &number in seconds {
        let (clock, woken) = (clock.clone(), Arc::clone(&woken));
        tokio::spawn(async move {
            clock.sleep(number * SECOND).await;
            woken.lock().unwrap().push(number);
        });
    }
    settle().await;
    woken
}

#[tokio::test]
async fn sleepers_wake_in_the_order_in_which_they_are_due() {
    let clock = ManualClock::new(SystemTime::UNIX_EPOCH);
    let woken = sleepers(&clock, &[30, 10, 20, 99]).await;
    assert_eq!((clock.sleepers(), clock.next_wake()), (4, Some(10 * SECOND)));
    clock.advance(9 * SECOND);
    settle().await;
    assert!(woken.lock().unwrap().is_empty());
    clock.advance(30 * SECOND);
    settle().await;
    assert_eq!(*woken.lock().unwrap(), [10, 20, 30]);
    assert_eq!((clock.sleepers(), clock.next_wake()), (1, Some(60 * SECOND)));
}

#[tokio::test]
async fn a_simulation_steps_from_wake_to_wake() {
    let clock = ManualClock::new(SystemTime::UNIX_EPOCH);
    let woken = sleepers(&clock, &[2, 5, 3]).await;
    let mut moments = Vec::new();
    while let Some(step) = clock.next_wake() {
        clock.advance(step);
        settle().await;
        moments.push((clock.elapsed().as_secs(), woken.lock().unwrap().len()));
    }
    assert_eq!(moments, [(2, 1), (3, 2), (5, 3)]);
}

#[tokio::test]
async fn nobody_wakes_because_the_wall_clock_moved() {
    let clock = ManualClock::new(SystemTime::UNIX_EPOCH);
    let woken = sleepers(&clock, &[10]).await;
    clock.suspend(3600 * SECOND);
    clock.set_wall(SystemTime::UNIX_EPOCH + 7200 * SECOND);
    settle().await;
    assert!(woken.lock().unwrap().is_empty());
    assert_eq!((clock.elapsed(), clock.next_wake()), (Duration::ZERO, Some(10 * SECOND)));
    assert_eq!(clock.now(), SystemTime::UNIX_EPOCH + 7200 * SECOND);
}

#[tokio::test]
async fn a_dropped_sleep_leaves_nothing_behind() {
    let clock = ManualClock::new(SystemTime::UNIX_EPOCH);
    let task = tokio::spawn({
        let clock = clock.clone();
        async move { clock.sleep(10 * SECOND).await }
    });
    settle().await;
    assert_eq!(clock.sleepers(), 1);
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    assert_eq!((clock.sleepers(), clock.next_wake()), (0, None));
}
