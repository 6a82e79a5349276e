//! The checks on trial: a writer with one flaw must be caught, one without must not be.
//!
//! The twins are writers of the tests' own (`twin/`), which do as the library does but for the flaw. Each is
//! caught by the check that is there for its kind of flaw, with few cases.

#[path = "twin/flaw.rs"]
mod flaw;

use std::fmt::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use flaw::Flaw;

use crate::kills::kills;
use crate::power_loss::power_loss;
use crate::race::race;
use crate::scene::Medium;
use crate::slow::slow;
use crate::storm::storm;
use crate::syscalls::{History, sweep};
use crate::writer::Writer;

/// Most trials wait most of the time.
const AT_ONCE: usize = 3;

/// Some flaws show in a rare moment only. A writer without one gets a single trial, since each must end well.
const TRIALS: usize = 5;

/// What catches flaws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Check {
    Kills,
    PowerLoss,
    Race,
    Slow,
    Storm,
    Syscalls,
}

impl Check {
    const ALL: [Self; 6] =
        [Self::Kills, Self::PowerLoss, Self::Race, Self::Slow, Self::Storm, Self::Syscalls];

    /// The one that has to catch a flaw; `None` for a writer without one.
    fn of(flaw: Flaw) -> Option<Self> {
        Some(match flaw {
            Flaw::None => return None,
            Flaw::DropsComments
            | Flaw::RandomTempName
            | Flaw::ReordersSections
            | Flaw::TruncatesInPlace
            | Flaw::UnixLineBreaks
            | Flaw::WritesOnlyOurs => Self::Kills,
            Flaw::AddsFinalNewline
            | Flaw::DropsForeignKeys
            | Flaw::FileNotSynced
            | Flaw::FileSyncedAfterRename
            | Flaw::FolderNotSynced
            | Flaw::FolderSyncedBeforeRename
            | Flaw::LeavesTemp
            | Flaw::NarrowsModeLate
            | Flaw::NewFolderNotSynced
            | Flaw::ReplacesLink
            | Flaw::ReportsBeforeFolderSync
            | Flaw::RetriesFailedSync
            | Flaw::TargetOpenToAll
            | Flaw::TempOpenToAll => Self::PowerLoss,
            Flaw::ForgetsDisplaced | Flaw::OnlyRenames => Self::Race,
            Flaw::BelievesTruncated | Flaw::LooksNoMore => Self::Slow,
            Flaw::LocksAfterReading | Flaw::LocksNothing | Flaw::RemovesLockFile => Self::Storm,
            Flaw::IgnoresShortWrite | Flaw::SwallowsErrors => Self::Syscalls,
        })
    }

    /// What the check says of a writer, and whether it found harm.
    fn examine(self, writer: &Writer) -> (bool, String) {
        match self {
            Self::Kills => {
                let found = kills(writer, Medium::Memory, 90);
                (found.torn + found.rewritten + found.lost + found.left > 0, found.to_string())
            }
            Self::PowerLoss => {
                let found = power_loss(writer);
                (!found.complaints.is_empty(), found.to_string())
            }
            Self::Race => {
                let found = race(writer, Medium::Disk, 160);
                (found.lost + found.theirs_lost + found.others_lost > 0, found.to_string())
            }
            Self::Slow => {
                let found = slow(writer);
                (found.lost + found.theirs_lost > 0, found.to_string())
            }
            Self::Storm => {
                let found = storm(writer, Medium::Memory, 6, 15);
                let is_harmed = found.failed + found.lost + found.reads.torn + found.reads.back > 0;
                (is_harmed || found.is_rest_lost, found.to_string())
            }
            Self::Syscalls => {
                let found = sweep(writer, History::Updated);
                (found.harm() > 0, found.to_string())
            }
        }
    }
}

fn twin(flaw: Flaw) -> Writer {
    let twin = Writer::new(&flaw.name(), env!("CARGO_BIN_EXE_durability-twin"));
    Writer { arguments: vec![flaw.name().into()], ..twin }
}

/// One examination: its place in the table, its row there, and whether it came out as it must.
struct Row {
    flaw: Flaw,
    check: Check,
    trials: usize,
    is_right: bool,
    said: String,
}

impl Row {
    fn of(flaw: Flaw, check: Check) -> Self {
        let (writer, is_flawed) = (twin(flaw), flaw != Flaw::None);
        let mut trials =
            (1..=if is_flawed { TRIALS } else { 1 }).map(|trial| (trial, check.examine(&writer)));
        let mut last = trials.next().unwrap();
        while !last.1.0
            && let Some(next) = trials.next()
        {
            last = next;
        }
        let (trials, (is_harmed, said)) = last;
        Self { flaw, check, trials, is_right: is_harmed == is_flawed, said }
    }
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn every_flaw_is_caught_and_a_writer_without_one_is_not() {
    let flawless = Check::ALL.into_iter().map(|check| (Flaw::None, check));
    let flawed = Flaw::ALL.iter().filter_map(|flaw| Some((*flaw, Check::of(*flaw)?)));
    let trials: Vec<(Flaw, Check)> = flawless.chain(flawed).collect();
    assert_eq!(trials.len(), Check::ALL.len() + Flaw::ALL.len() - 1);
    let next = AtomicUsize::new(0);
    let rows = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((flaw, check)) = trials.get(next.fetch_add(1, Ordering::Relaxed)).copied() {
                    let row = Row::of(flaw, check);
                    rows.lock().unwrap().push(row);
                }
            });
        }
    });
    let mut rows = rows.into_inner().unwrap();
    rows.sort_by_key(|row| trials.iter().position(|trial| *trial == (row.flaw, row.check)));
    let mut table = String::new();
    for Row { flaw, check, trials, is_right, said } in &rows {
        let verdict = match (flaw, is_right) {
            (Flaw::None, true) => "passed",
            (Flaw::None, false) => "ACCUSED",
            (_, true) => "caught by",
            (_, false) => "MISSED by",
        };
        writeln!(
            table,
            "twin | {:<24} | {verdict} {:<10} | {trials} | {said}",
            flaw.name(),
            format!("{check:?}")
        )
        .unwrap();
    }
    println!("{table}");
    assert_eq!(rows.len(), trials.len());
    assert_eq!(rows.iter().filter(|row| !row.is_right).count(), 0, "\n{table}");
}
