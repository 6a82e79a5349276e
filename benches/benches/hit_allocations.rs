//! What one credentials hit allocates. Exact, so it is also asserted: ours adds nothing to the client's own.
#![expect(clippy::unwrap_used, reason = "a bench that fails has nothing to go on with")]
#![expect(clippy::print_stdout, reason = "it prints a table")]

use allocation_counter::AllocationInfo;
use aws_credential_types::provider::ProvideCredentials;
use leapp_benches::{ClientPath, FIRST_ID, Hits, id_of};
use tokio::runtime::Runtime;

/// An average over many shows what happens only now and then.
const HITS: u32 = 1000;

fn main() {
    let runtime = Runtime::new().unwrap();
    let hits = runtime.block_on(Hits::open()).unwrap();
    let current = count(&runtime, async || {
        assert_eq!(hits.live.current().await.unwrap().access_key_id().as_str(), FIRST_ID);
    });
    let direct = count(&runtime, async || {
        assert_eq!(hits.live.provide_credentials().await.unwrap().access_key_id(), FIRST_ID);
    });
    let client = |path: &ClientPath| {
        count(&runtime, async || assert_eq!(id_of(&path.identity().await.unwrap()), FIRST_ID))
    };
    let (ours, fixed) = (client(&hits.ours), client(&hits.fixed));

    println!("| hit | allocations | bytes |\n| --- | ---: | ---: |");
    print_row("direct/current", &current);
    print_row("direct/provide_credentials", &direct);
    print_row("client/ours, no cache", &ours);
    print_row("client/ours, lazy cache", &client(&hits.ours_cached));
    print_row("client/fixed, lazy cache", &client(&hits.fixed_cached));
    print_row("client/fixed, no cache", &fixed);
    assert_eq!((current.count_total, direct.count_total), (0, 0), "a direct hit allocates nothing");
    let (ours, fixed) = ((ours.count_total, ours.bytes_total), (fixed.count_total, fixed.bytes_total));
    assert_eq!(ours, fixed, "a hit of ours costs a client more than credentials that never change");
}

/// The allocations of [`HITS`] hits.
fn count(runtime: &Runtime, hit: impl AsyncFn()) -> AllocationInfo {
    let mut info = AllocationInfo::default();
    runtime.block_on(async {
        // The runtime's own first use is not the hit's.
        hit().await;
    });
    let empty = allocation_counter::measure(|| runtime.block_on(async {}));
    info += allocation_counter::measure(|| {
        runtime.block_on(async {
            for _ in 0..HITS {
                hit().await;
            }
        });
    });
    info.count_total -= empty.count_total;
    info.bytes_total -= empty.bytes_total;
    info
}

fn print_row(name: &str, info: &AllocationInfo) {
    let per_hit = |total: u64| total as f64 / f64::from(HITS);
    println!("| {name} | {:.2} | {:.0} |", per_hit(info.count_total), per_hit(info.bytes_total));
}
