//! A credentials hit on two threads at once, while nothing changes and while a third thread rotates what they
//! hit.
#![expect(clippy::unwrap_used, reason = "a bench that fails has nothing to go on with")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_sts::config::IdentityCache;
use criterion::{Criterion, criterion_group, criterion_main};
use leapp_benches::{ClientPath, Issuer, LIFETIME, MovableClock, id_of, start};
use leapp_core::{Clock, SystemClock};
use tokio::runtime::Runtime;

/// Between two rotations. Ever faster ones would only measure how three threads share two cores.
const PAUSE: Duration = Duration::from_millis(1);
/// Leapp calls a service six times a minute at most: this much later it may again, and the set in place is
/// still valid.
const CALL_INTERVAL: Duration = Duration::from_secs(11);

criterion_group!(benches, ours, lazy_cache);
criterion_main!(benches);

/// `Leapp::refresh` in a loop: the new set replaces one that is valid.
fn ours(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let clock = MovableClock::new();
    let issuer = Issuer::new(Arc::new(clock.clone()));
    let (leapp, live) = runtime.block_on(start(Arc::new(clock.clone()), issuer.clone())).unwrap();
    let path = ClientPath::open(live.clone(), IdentityCache::no_cache());
    let path = runtime.block_on(path).unwrap();
    let rotate = || {
        clock.advance(CALL_INTERVAL);
        runtime.block_on(leapp.refresh(live.session())).unwrap();
    };
    let direct = Load {
        runtime: &runtime,
        issuer: &issuer,
        hit: async || live.provide_credentials().await.unwrap(),
        rotate: &rotate,
    };
    direct.bench(criterion, "direct, ours");
    let client =
        Load { runtime: &runtime, issuer: &issuer, hit: async || sign_with(&path).await, rotate: &rotate };
    client.bench(criterion, "client, ours, no cache");
}

/// The lazy cache has no refresh: it asks again when what it has is about to expire, so the clock is moved to
/// there.
fn lazy_cache(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let clock = MovableClock::new();
    let issuer = Issuer::new(Arc::new(clock.clone()));
    let cache = IdentityCache::lazy().build();
    let path = ClientPath::open_with_clock(issuer.clone(), cache, clock.clone());
    let path = runtime.block_on(path).unwrap();
    let rotate = || clock.advance(LIFETIME);
    let client =
        Load { runtime: &runtime, issuer: &issuer, hit: async || sign_with(&path).await, rotate: &rotate };
    client.bench(criterion, "client, issuer, lazy cache");
}

async fn sign_with(path: &ClientPath) -> Credentials {
    let identity = path.identity().await.unwrap();
    assert!(!id_of(&identity).is_empty());
    identity.data::<Credentials>().unwrap().clone()
}

/// Two threads that hit, and perhaps a third that rotates.
struct Load<'a, H> {
    runtime: &'a Runtime,
    issuer: &'a Issuer,
    hit: H,
    rotate: &'a (dyn Fn() + Sync),
}

impl<H> Load<'_, H>
where
    H: AsyncFn() -> Credentials + Sync,
{
    fn bench(&self, criterion: &mut Criterion, name: &str) {
        for (load, rotating) in [("2 threads", false), ("2 threads, rotating", true)] {
            criterion.bench_function(&format!("contended/{load}/{name}"), |bencher| {
                bencher.iter_custom(|hits| self.run(hits, rotating));
            });
        }
    }

    /// The time of `hits` hits on each of the two threads, on average.
    fn run(&self, hits: u64, rotating: bool) -> Duration {
        let (start, done) = (Barrier::new(2), AtomicBool::new(false));
        let sum = thread::scope(|scope| {
            let hitting = [(); 2].map(|()| {
                scope.spawn(|| {
                    start.wait();
                    self.hit_in_order(hits)
                })
            });
            let rotating = rotating.then(|| scope.spawn(|| self.rotate_until(&done)));
            let sum: Duration = hitting.into_iter().map(|thread| thread.join().unwrap()).sum();
            done.store(true, Ordering::Relaxed);
            if let Some(thread) = rotating {
                thread.join().unwrap();
            }
            sum
        });
        let last = self.runtime.block_on((self.hit)());
        assert_eq!(last.access_key_id(), self.issuer.latest_id(), "a hit gives the latest set");
        sum / 2
    }

    /// Hits, and sees to it that no set is followed by an older one.
    fn hit_in_order(&self, hits: u64) -> Duration {
        self.runtime.block_on(async {
            let mut last = (self.hit)().await;
            let clock = SystemClock::new();
            for _ in 0..hits {
                let next = (self.hit)().await;
                assert!(next.access_key_id() >= last.access_key_id(), "an older set came back");
                last = next;
            }
            clock.elapsed()
        })
    }

    fn rotate_until(&self, done: &AtomicBool) {
        while {
            (self.rotate)();
            thread::sleep(PAUSE);
            !done.load(Ordering::Relaxed)
        } {}
    }
}
