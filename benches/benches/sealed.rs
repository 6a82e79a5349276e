//! A put and a get of a sealed file that is open, and a bare durable write and read of as many bytes.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a bench that fails has nothing to go on with")]

use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use leapp_benches::Sealed;
use tokio::runtime::Runtime;

criterion_group!(benches, sealed);
criterion_main!(benches);

fn sealed(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    // Beside what is built: where files for a moment go may be memory.
    let sealed = runtime.block_on(Sealed::open(Path::new(env!("CARGO_MANIFEST_DIR")))).unwrap();
    let mut group = criterion.benchmark_group("sealed");
    let mut number = 0;
    group.bench_function("put", |bencher| {
        bencher.to_async(&runtime).iter(|| {
            number += 1;
            let put = sealed.put(number);
            async { put.await.unwrap() }
        });
    });
    group.bench_function("bare durable write", |bencher| bencher.iter(|| sealed.bare_write().unwrap()));
    group.bench_function("get", |bencher| {
        bencher.to_async(&runtime).iter(|| {
            number += 1;
            let get = sealed.get(number);
            async { assert!(get.await.unwrap()) }
        });
    });
    group.bench_function("bare read", |bencher| bencher.iter(|| assert!(sealed.bare_read().unwrap() > 0)));
    group.bench_function("bare read by tokio", |bencher| {
        bencher
            .to_async(&runtime)
            .iter(async || assert!(sealed.bare_read_off_the_runtime().await.unwrap() > 0));
    });
    group.finish();
}
