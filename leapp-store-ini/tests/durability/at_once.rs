//! Many writers at once. It takes longest, and tests begin in the order of their names.

use leapp_testkit::cases::times_as_many;

use crate::scene::Medium;
use crate::storm::storm;
use crate::writer::Writer;

fn assert_caught(writer: &Writer) {
    let found = storm(writer, Medium::Memory, 4, 200);
    println!("storm | {} | {:?} | {found}", writer.name, Medium::Memory);
    assert!(
        found.lost > 0 || found.reads.torn > 0,
        "the storm does not find what this writer loses: {found}"
    );
}

#[test]
fn writers_of_ours_at_once_lose_nothing_and_no_reader_sees_half_a_set() {
    let writer = Writer::ours();
    let is_night = times_as_many(1) > 1;
    let (writers, updates) = if is_night { (64, 1000) } else { (16, 500) };
    let found = storm(&writer, Medium::Memory, writers, updates);
    println!("storm | {} | {:?} | {found}", writer.name, Medium::Memory);
    assert_eq!((found.failed, found.lost, found.left), (0, 0, 0), "{found}");
    assert!(!found.is_rest_lost && !found.is_rest_rewritten, "{found}");
    assert_eq!((found.reads.torn, found.reads.back), (0, 0), "{found}");
    assert!(found.reads.reads > writers * updates, "readers looked between the updates: {found}");
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn what_the_aws_cli_loses_in_a_storm_is_found() {
    assert_caught(&Writer::aws_cli());
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn what_leapp_loses_in_a_storm_is_found() {
    assert_caught(&Writer::leapp());
}
