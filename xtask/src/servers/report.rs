//! The table, with the goals.

use std::fmt;
use std::time::Duration;

use super::contender::Contender;

/// What was measured of one server.
pub(super) struct Measured {
    name: &'static str,
    pub(super) starts: Vec<Duration>,
    pub(super) one_connection: Vec<f64>,
    pub(super) eight_connections: Vec<f64>,
    pub(super) memory_after_start: u64,
    pub(super) memory_after_load: u64,
    pub(super) refuses_forgery: bool,
}

/// What was measured of all: ours, roto, moto.
pub(super) struct Report {
    pub(super) servers: Vec<Measured>,
    rounds: usize,
    starts: usize,
}

/// A row: how it is measured, and what ours may at most, or must at least, be to roto's and to moto's.
struct Row {
    what: &'static str,
    value: fn(&Measured) -> f64,
    decimals: usize,
    goals: [Goal; 2],
}

#[derive(Clone, Copy)]
enum Goal {
    AtLeast(f64),
    AtMost(f64),
}

const START: [Goal; 2] = [Goal::AtMost(0.1), Goal::AtMost(0.02)];
const RATE: [Goal; 2] = [Goal::AtLeast(1.5), Goal::AtLeast(20.0)];
const MEMORY: [Goal; 2] = [Goal::AtMost(1.0), Goal::AtMost(0.2)];

const ROWS: [Row; 6] = [
    Row { what: "start, median, ms", value: |m| median(&millis(&m.starts)), decimals: 2, goals: START },
    Row { what: "start, minimum, ms", value: |m| least(&millis(&m.starts)), decimals: 2, goals: START },
    Row { what: "requests/s, 1 connection", value: |m| median(&m.one_connection), decimals: 0, goals: RATE },
    Row {
        what: "requests/s, 8 connections",
        value: |m| median(&m.eight_connections),
        decimals: 0,
        goals: RATE,
    },
    Row {
        what: "memory after start, MiB",
        value: |m| mebi(m.memory_after_start),
        decimals: 1,
        goals: MEMORY,
    },
    Row { what: "memory after load, MiB", value: |m| mebi(m.memory_after_load), decimals: 1, goals: MEMORY },
];

impl Report {
    pub(super) fn of(contenders: &[Contender], rounds: usize, starts: usize) -> Self {
        let servers = contenders.iter().map(|contender| Measured::new(contender.name)).collect();
        Self { servers, rounds, starts }
    }

    pub(super) fn is_every_goal_met(&self) -> bool {
        ROWS.iter().all(|row| self.ratios(row).all(|(ratio, goal)| goal.is_met(ratio)))
    }

    /// Ours to each of the others, and what is wanted of it.
    fn ratios(&self, row: &Row) -> impl Iterator<Item = (f64, Goal)> {
        let values: Vec<f64> = self.servers.iter().map(row.value).collect();
        let ours = values.first().copied().unwrap_or(f64::NAN);
        values.into_iter().skip(1).map(move |value| ours / value).zip(row.goals)
    }
}

impl Measured {
    fn new(name: &'static str) -> Self {
        Self {
            name,
            starts: Vec::new(),
            one_connection: Vec::new(),
            eight_connections: Vec::new(),
            memory_after_start: 0,
            memory_after_load: 0,
            refuses_forgery: false,
        }
    }
}

impl Goal {
    /// What is no number meets nothing.
    fn is_met(self, ratio: f64) -> bool {
        match self {
            Self::AtLeast(least) => ratio >= least,
            Self::AtMost(most) => ratio <= most,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.servers.iter().map(|server| server.name).collect();
        writeln!(f, "{} starts, {} rounds of wrk, taken in turns\n", self.starts, self.rounds)?;
        write!(f, "| | {} |", names.join(" | "))?;
        for name in names.iter().skip(1) {
            write!(f, " to {name} | goal |")?;
        }
        writeln!(f, "\n| --- |{}", " ---: |".repeat(names.len() + 2 * (names.len() - 1)))?;
        for row in &ROWS {
            write!(f, "| {} |", row.what)?;
            for server in &self.servers {
                write!(f, " {:.*} |", row.decimals, (row.value)(server))?;
            }
            for (ratio, goal) in self.ratios(row) {
                write!(f, " {ratio:.*} | {goal}, {} |", places(ratio), verdict(goal.is_met(ratio)))?;
            }
            writeln!(f)?;
        }
        write!(f, "| a wrong signature is |")?;
        for server in &self.servers {
            write!(f, " {} |", if server.refuses_forgery { "refused" } else { "answered" })?;
        }
        write!(f, "{}", " |".repeat(2 * (names.len() - 1)))
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(least) => write!(f, "at least {least}"),
            Self::AtMost(most) => write!(f, "at most {most}"),
        }
    }
}

fn verdict(is_met: bool) -> &'static str {
    if is_met { "met" } else { "**missed**" }
}

/// Small ratios want more digits.
fn places(ratio: f64) -> usize {
    if ratio < 0.1 { 4 } else { 2 }
}

fn millis(times: &[Duration]) -> Vec<f64> {
    times.iter().map(|time| time.as_secs_f64() * 1000.0).collect()
}

#[expect(clippy::cast_precision_loss, reason = "memory in KiB is far below 2^53")]
fn mebi(kibi: u64) -> f64 {
    kibi as f64 / 1024.0
}

fn least(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NAN, f64::min)
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.get(middle) {
        Some(upper) if sorted.len() % 2 == 1 => *upper,
        Some(upper) => f64::midpoint(sorted[middle - 1], *upper),
        None => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(name: &'static str, milliseconds: u64, rate: f64, kibi: u64) -> Measured {
        Measured {
            starts: vec![Duration::from_millis(milliseconds)],
            one_connection: vec![rate],
            eight_connections: vec![rate],
            memory_after_start: kibi,
            memory_after_load: kibi,
            ..Measured::new(name)
        }
    }

    fn report(ours: Measured) -> Report {
        let servers = vec![ours, measured("b", 100, 1000.0, 2048), measured("c", 1000, 75.0, 10_240)];
        Report { servers, rounds: 1, starts: 1 }
    }

    #[test]
    fn a_goal_is_met_at_its_very_bound_and_missed_beyond_it() {
        assert!(report(measured("a", 10, 1500.0, 2048)).is_every_goal_met());
        assert!(!report(measured("a", 11, 1500.0, 2048)).is_every_goal_met(), "start");
        assert!(!report(measured("a", 10, 1499.0, 2048)).is_every_goal_met(), "rate");
        assert!(!report(measured("a", 10, 1500.0, 2049)).is_every_goal_met(), "memory");
    }

    #[test]
    fn nothing_measured_meets_no_goal() {
        assert!(!report(Measured::new("a")).is_every_goal_met());
    }

    #[test]
    fn a_row_says_what_was_missed() {
        let text = report(measured("a", 10, 1200.0, 2048)).to_string();
        let row = "| requests/s, 1 connection | 1200 | 1000 | 75 | 1.20 | at least 1.5, **missed** | 16.00 | at least 20, **missed** |";
        assert!(text.contains(row), "{text}");
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!((median(&[3.0, 1.0, 2.0]), median(&[4.0, 1.0, 2.0, 3.0])), (2.0, 2.5));
        assert_eq!(least(&[3.0, 1.0, 2.0]), 1.0);
    }
}
