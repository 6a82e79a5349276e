//! What a power loss may leave, at every moment of real updates, on a modelled disk.
//!
//! A program is recorded from the outside ([`strace`]), its calls become a log of operations ([`replay`]), the log becomes
//! the states that a file system may legally be in after a power loss at each of its moments ([`disk`]), and every state is
//! judged ([`judge`]). In some of them the library is then run for real ([`recovery`]).

use std::fmt;

use fastrand::Rng;
use leapp_testkit::cases::first_seed;

use crate::writer::Writer;

mod disk;
mod histories;
mod judge;
mod known_logs;
mod log;
mod ours;
mod peers;
mod record;
mod recovery;
mod replay;
mod strace;
mod survey;

use survey::survey;

/// States for each history, when it is only asked whether any is bad.
const FEW: usize = 600;

/// What is wrong with a writer that promises what the library does.
#[derive(Debug, Default)]
pub(crate) struct PowerLoss {
    states: usize,
    bad: usize,
    pub(crate) complaints: Vec<String>,
}

/// Looks at a few histories of a writer.
pub(crate) fn power_loss(writer: &Writer) -> PowerLoss {
    let mut all = PowerLoss::default();
    for history in histories::FEW {
        let recorded = history.record(writer);
        let mut rng = Rng::with_seed(first_seed());
        let found = survey(&recorded.log, &recorded.promise, FEW, 0, &mut rng);
        all.states += found.sampled;
        all.bad += found.bad;
        let of_state = |(complaint, count)| format!("{}: {complaint} ({count} states)", history.name);
        all.complaints.extend(found.complaints.into_iter().map(of_state));
        let at_end = recorded.judge_end().err();
        all.complaints.extend(at_end.map(|complaint| format!("{}: {complaint} (at the end)", history.name)));
    }
    all
}

impl fmt::Display for PowerLoss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { states, bad, complaints } = self;
        write!(f, "{states} states after a power loss: {bad} bad {}", complaints.join("; "))
    }
}
