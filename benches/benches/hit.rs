//! A credentials hit on one task, nothing else going on: ours, and ours and others behind the SDK's lazy
//! cache.
#![expect(clippy::unwrap_used, reason = "a bench that fails has nothing to go on with")]

use aws_credential_types::provider::ProvideCredentials;
use criterion::{Criterion, criterion_group, criterion_main};
use leapp_benches::{ClientPath, FIRST_ID, Hits, id_of};
use tokio::runtime::Runtime;

criterion_group!(benches, hit);
criterion_main!(benches);

fn hit(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let hits = runtime.block_on(Hits::open()).unwrap();
    let mut group = criterion.benchmark_group("hit");
    group.bench_function("direct/current", |bencher| {
        bencher.to_async(&runtime).iter(async || {
            let set = hits.live.current().await.unwrap();
            assert_eq!(set.access_key_id().as_str(), FIRST_ID);
            set
        });
    });
    group.bench_function("direct/provide_credentials", |bencher| {
        bencher.to_async(&runtime).iter(async || {
            let credentials = hits.live.provide_credentials().await.unwrap();
            assert_eq!(credentials.access_key_id(), FIRST_ID);
            credentials
        });
    });
    let mut client = |name: &str, path: &ClientPath| {
        group.bench_function(format!("client/{name}"), |bencher| {
            bencher.to_async(&runtime).iter(async || {
                let identity = path.identity().await.unwrap();
                assert_eq!(id_of(&identity), FIRST_ID);
                identity
            });
        });
    };
    client("ours, no cache", &hits.ours);
    client("ours, lazy cache", &hits.ours_cached);
    client("fixed, lazy cache", &hits.fixed_cached);
    client("fixed, no cache", &hits.fixed);
    group.finish();
}
