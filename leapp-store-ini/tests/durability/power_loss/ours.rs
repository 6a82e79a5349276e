//! The library's own updates.

use std::collections::HashSet;
use std::fmt::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use fastrand::Rng;
use leapp_testkit::cases::{first_seed, times_as_many};

use super::histories::{ALL, History, PROFILE};
use super::recovery::recover;
use super::survey::{Found, survey};
use crate::writer::Writer;

/// At least, in all histories together.
fn states() -> usize {
    times_as_many(300000) as usize
}

/// States that are laid out as real files, then opened.
fn recoveries() -> usize {
    times_as_many(280) as usize
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn no_state_after_a_power_loss_is_torn_old_open_to_others_or_beyond_repair() {
    let writer = Writer::ours();
    let rows = look_through_all(&writer);

    let head = ["moments", "states", "in order", "distinct", "bad", "in order", "recovered"];
    let [a, b, c, d, e, f, g] = head;
    let mut table = format!("{:<28} {a:>6} {b:>8} {c:>8} {d:>8} {e:>8} {f:>8} {g:>9}\n", "");
    let mut all = Found::default();
    let (mut recovered, mut broken) = (0, Vec::new());
    for (history, row) in ALL.iter().zip(rows) {
        let (name, count) = (history.name, row.recovered);
        writeln!(table, "{name:<28} {} {count:>9}", row.found).unwrap();
        recovered += count;
        broken.extend(row.broken);
        for complaint in row.found.complaints.keys() {
            writeln!(table, "    {complaint}").unwrap();
        }
        all.add(row.found);
    }
    writeln!(table, "{:<28} {all} {recovered:>9}", "all").unwrap();
    println!("{table}");
    assert_eq!((all.bad, broken.len()), (0, 0), "{broken:#?}");
    assert!(all.states.len() > all.sampled / 4, "most samples show the same: {table}");
    assert!(all.sampled >= states() && recovered >= recoveries() / 2, "{table}");
}

struct Row {
    found: Found,
    recovered: usize,
    broken: Vec<String>,
}

fn look_through_all(writer: &Writer) -> Vec<Row> {
    let next = AtomicUsize::new(0);
    let rows = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((at, history)) =
                    ALL.iter().enumerate().nth(next.fetch_add(1, Ordering::Relaxed))
                {
                    let row = look_through(history, writer, first_seed() + at as u64);
                    rows.lock().unwrap().push((at, row));
                }
            });
        }
    });
    let mut rows = rows.into_inner().unwrap();
    rows.sort_by_key(|(at, _)| *at);
    assert_eq!(rows.len(), ALL.len());
    rows.into_iter().map(|(_, row)| row).collect()
}

fn look_through(history: &History, writer: &Writer, seed: u64) -> Row {
    let recorded = history.record(writer);
    assert_eq!(recorded.is_success, !history.fails, "{}: {}", history.name, recorded.said);
    let mut rng = Rng::with_seed(seed);
    // Some histories do not have as many.
    let budget = (states() + states() / 8).div_ceil(ALL.len());
    let mut found =
        survey(&recorded.log, &recorded.promise, budget, recoveries().div_ceil(ALL.len()), &mut rng);
    let mut broken = Vec::new();
    if let Err(complaint) = recorded.judge_end() {
        broken.push(format!("{}, at the end: {complaint}", history.name));
    }
    let picked = std::mem::take(&mut found.picked);
    let recovered = picked.len();
    for state in picked {
        if let Err(complaint) = recover(&state, &recorded.promise, history.file, PROFILE) {
            broken.push(format!("{}, recovered: {complaint}", history.name));
        }
    }
    Row { found, recovered, broken }
}

impl Found {
    fn add(&mut self, other: Self) {
        self.moments += other.moments;
        self.sampled += other.sampled;
        self.sampled_in_order += other.sampled_in_order;
        self.states.extend(other.states);
        self.bad += other.bad;
        self.bad_in_order += other.bad_in_order;
    }
}

#[test]
fn histories_have_names_of_their_own() {
    let names: HashSet<&str> = ALL.iter().map(|history| history.name).collect();
    assert_eq!(names.len(), ALL.len());
}
