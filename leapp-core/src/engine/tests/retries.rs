//! How long a failing session waits, over many draws.

use super::*;

const SEEDS: u64 = 200;
/// From the sixth failure in a row on, the wait grows no more.
const LONGEST_AFTER: usize = 6;

/// The waits after the first failure, the second and so on, one of each a seed.
fn waits_after_failures(kind: ErrorKind, failures: usize) -> Vec<Vec<Duration>> {
    let mut waits = vec![Vec::new(); failures];
    for seed in 0..SEEDS {
        let mut world = World::seeded(seed);
        world.add(vec![role("a")]);
        world.start("a");
        world.issue("a", 12 * HOUR);
        world.pass(20 * MINUTE);
        for after in &mut waits {
            world.fail("a", kind);
            after.push(world.wait("a"));
            // Longer than any wait, so that the limit of six calls a minute is not what is measured.
            world.pass(2 * MINUTE);
        }
    }
    waits
}

fn mean(waits: &[Duration]) -> Duration {
    waits.iter().sum::<Duration>() / u32::try_from(waits.len()).unwrap()
}

#[test]
fn the_wait_grows_with_the_failures_and_is_spread() {
    for kind in [ErrorKind::Unreachable, ErrorKind::Throttled, ErrorKind::Service, ErrorKind::Unavailable] {
        let waits = waits_after_failures(kind, LONGEST_AFTER + 4);
        for (number, after) in waits.iter().enumerate() {
            let most = Duration::from_secs(1 << (number + 1).min(LONGEST_AFTER)).min(MINUTE);
            assert!(after.iter().all(|wait| (Duration::from_secs(1)..=most).contains(wait)), "{kind:?}");
            // Clients that failed together do not come back together.
            let spread = *after.iter().max().unwrap() - *after.iter().min().unwrap();
            assert!(spread >= most.mul_f64(0.4), "{kind:?}, {number}: {spread:?} of {most:?}");
        }
        let means: Vec<Duration> = waits.iter().map(|after| mean(after)).collect();
        for pair in means[..LONGEST_AFTER].windows(2) {
            assert!(pair[1] > pair[0].mul_f64(1.2), "{kind:?}: {means:?}");
        }
        assert!(means[LONGEST_AFTER..].iter().all(|mean| *mean > Duration::from_secs(20)), "{means:?}");
    }
}

#[test]
fn a_success_makes_the_next_wait_a_short_one_again() {
    for seed in 0..SEEDS {
        let mut world = World::seeded(seed);
        world.add(vec![role("a")]);
        world.start("a");
        world.issue("a", 12 * HOUR);
        world.pass(20 * MINUTE);
        for _ in 0..LONGEST_AFTER {
            world.fail("a", ErrorKind::Unreachable);
            world.pass(2 * MINUTE);
        }
        world.issue("a", 12 * HOUR);
        world.pass(20 * MINUTE);
        world.fail("a", ErrorKind::Unreachable);
        assert!(world.wait("a") <= Duration::from_secs(2), "seed {seed}: {:?}", world.wait("a"));
    }
}
