//! What is left in memory of secrets that were used and dropped, in a program as it is.
//!
//! `cargo test -p leapp-examples --test memory --test memory_wiped -- --nocapture` prints both tables.
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

use table::left_by;
use watch::Kind;

/// True of what no request and no answer holds.
fn stays_here(kind: Kind) -> bool {
    matches!(kind, Kind::AccessKey | Kind::TotpSeed | Kind::Passphrase)
}

/// One after the other, in a process where nothing else goes on.
#[test]
fn nothing_is_left_of_what_stays_here() {
    for (kind, copies) in left_by(flows::OWN) {
        assert_eq!(copies, 0, "{}: copies of the {}", flows::OWN.0, kind.name());
    }
    for flow in flows::CALLS {
        for (kind, copies) in left_by(*flow) {
            // Of requests and answers, the HTTP client leaves parts in memory that it has freed.
            assert!(copies == 0 || !stays_here(kind), "{}: {copies} copies of the {}", flow.0, kind.name());
        }
    }
    // To compare with. Nothing is asserted of others.
    for peer in peers::ALL {
        left_by(*peer);
    }
}
