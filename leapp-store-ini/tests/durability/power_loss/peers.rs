//! Other people's writers on the same disk. They promise less, and the model says how much less.

use fastrand::Rng;
use leapp_testkit::cases::first_seed;

use super::histories::{CREATING, UPDATES};
use super::survey::survey;
use crate::writer::Writer;

const STATES: usize = 3000;

fn assert_caught(writer: &Writer) {
    for history in [CREATING, UPDATES] {
        let recorded = history.record(writer).promising_what_it_wrote();
        let found = survey(&recorded.log, &recorded.promise, STATES, 0, &mut Rng::with_seed(first_seed()));
        println!("power loss | {} | {} | {}", writer.name, history.name, found.in_words());
        for torn in ["the file is empty", "the file is neither the old nor the new one"] {
            assert!(found.complaints.contains_key(torn), "{:?}", found.complaints);
        }
    }
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn files_that_the_aws_cli_leaves_torn_are_found() {
    assert_caught(&Writer::aws_cli());
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn files_that_leapp_leaves_torn_are_found() {
    assert_caught(&Writer::leapp());
}
