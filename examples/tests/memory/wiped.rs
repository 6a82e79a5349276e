//! What is left in memory of secrets that were used and dropped, in a program whose allocator wipes what it frees.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test says what it expected and stops")]
#![expect(clippy::print_stdout, reason = "the table is what a reader wants")]
#![expect(clippy::disallowed_methods, reason = "tests write throw-away files")]

mod flows;
mod peers;
mod scene;
mod service;
mod table;
mod watch;

use std::alloc::System;

use leapp_testkit::leak::Canary;
use table::left_by;
use zeroizing_alloc::ZeroAlloc;

#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

/// One after the other, in a process where nothing else goes on.
#[test]
fn nothing_is_left_of_any_secret() {
    for flow in [flows::OWN].iter().chain(flows::CALLS) {
        for (kind, copies) in left_by(*flow) {
            assert_eq!(copies, 0, "{}: copies of the {}", flow.0, kind.name());
        }
    }
    for peer in peers::ALL {
        left_by(*peer);
    }
    // What is not freed is found, so that finding nothing means something.
    let canary = Canary::new();
    let kept = canary.text().as_str().to_owned();
    assert_eq!(canary.copies_on_the_heap().unwrap(), 1);
    drop(kept);
    assert_eq!(canary.copies_on_the_heap().unwrap(), 0);
}
