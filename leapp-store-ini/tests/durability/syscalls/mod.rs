//! Each call to the system that touches the file: the process dies there, or the call fails. Afterwards the file is the old
//! one or the new one, and what was reported is true.

mod fault;
mod sweep;
mod trace;

use std::fmt;

pub(crate) use sweep::sweep;

use crate::writer::Writer;

/// What the file is before the update.
#[derive(Clone, Copy, Debug)]
pub(crate) enum History {
    Created,
    OverALink,
    Updated,
}

/// What all runs over one history have left.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sweep {
    /// Calls that touch the file, its folder, or what is beside it.
    pub(crate) calls: u32,
    pub(crate) kills: u32,
    /// Errors of one call, and of all of its name from one on.
    pub(crate) errors: u32,
    /// Disks that were gone from one call on.
    pub(crate) lost_disks: u32,
    /// Writes of which the disk took only a part.
    pub(crate) short_writes: u32,
    /// Runs in which what was to be done to a call was not done.
    pub(crate) missed: u32,
    /// The profile is not one whole set, or values of others are gone.
    pub(crate) torn: u32,
    /// Bytes of others have changed, their values have not.
    pub(crate) rewritten: u32,
    /// A success was reported, and the new set is not there.
    pub(crate) silent: u32,
    /// A failure was reported, and the file is not what it was.
    pub(crate) half_failed: u32,
    /// A secret lies beside the file when the next writer has opened it.
    pub(crate) left: u32,
    /// The link became a file.
    pub(crate) unlinked: u32,
    /// What went wrong, and where.
    pub(crate) notes: Vec<String>,
}

impl Sweep {
    /// Everything that must not be.
    pub(crate) fn harm(&self) -> u32 {
        let Self { torn, rewritten, silent, half_failed, left, unlinked, .. } = self;
        torn + rewritten + silent + half_failed + left + unlinked
    }
}

impl fmt::Display for Sweep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { calls, kills, errors, lost_disks, short_writes, missed, torn, rewritten, .. } = self;
        let Self { silent, half_failed, left, unlinked, .. } = self;
        write!(
            f,
            "{calls} calls; {kills} kills, {errors} errors, {lost_disks} lost disks, {short_writes} short writes, {missed} of them missed: {torn} torn, \
             {rewritten} with foreign bytes changed, {silent} reported and not there, {half_failed} failed and not as \
             before, {left} secrets left after the next open, {unlinked} links lost"
        )
    }
}

fn assert_harmless(history: History) {
    let writer = Writer::ours();
    let found = sweep(&writer, history);
    println!("syscalls | {} | {history:?} | {found}", writer.name);
    assert_eq!((found.harm(), found.missed), (0, 0), "{:#?}", found.notes);
    assert_eq!(found.kills, found.calls, "a process died at each call");
    assert!(found.errors > found.calls && found.lost_disks > 0 && found.short_writes > 0, "{found}");
}

fn assert_caught(writer: &Writer) {
    let mut harm = 0;
    for history in [History::Created, History::Updated] {
        let found = sweep(writer, history);
        println!("syscalls | {} | {history:?} | {found}", writer.name);
        harm += found.torn + found.silent;
    }
    assert!(harm > 0, "the sweep does not find the files that this writer tears");
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn a_file_of_ours_that_is_created_is_whole_or_absent_whatever_call_fails() {
    assert_harmless(History::Created);
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn a_file_of_ours_is_the_old_or_the_new_one_whatever_call_fails() {
    assert_harmless(History::Updated);
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn a_file_of_ours_behind_a_link_is_the_old_or_the_new_one_whatever_call_fails() {
    assert_harmless(History::OverALink);
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn calls_at_which_the_aws_cli_tears_the_file_are_found() {
    assert_caught(&Writer::aws_cli());
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn calls_at_which_leapp_tears_the_file_are_found() {
    assert_caught(&Writer::leapp());
}
