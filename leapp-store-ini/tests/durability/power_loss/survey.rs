//! Goes through the moments of a log, and through the states that each may leave.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::Arc;

use fastrand::Rng;

use super::disk::{Content, Moment, State, torn};
use super::judge::Promise;
use super::log::{Log, Op};

/// Up to so many pending names, every subset of them is tried; of more, as many at random as that makes.
const EXHAUSTIVE: usize = 8;

/// How a file system treats names and modes that are not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Any,
    Kept,
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) moments: usize,
    pub(crate) sampled: usize,
    /// Of these, where the file system keeps the order of names.
    pub(crate) sampled_in_order: usize,
    pub(crate) states: HashSet<u64>,
    pub(crate) bad: usize,
    pub(crate) bad_in_order: usize,
    /// How often each complaint came up.
    pub(crate) complaints: BTreeMap<String, usize>,
    /// States for whatever the caller does with a few of them.
    pub(crate) picked: Vec<State>,
}

/// Judges about so many states of a log, and picks some of them.
pub(crate) fn survey(log: &Log, promise: &Promise, budget: usize, picked: usize, rng: &mut Rng) -> Found {
    let mut found = Found { moments: log.ops.len() + 1, ..Found::default() };
    let moments: Vec<Moment<'_>> = (0..=log.ops.len()).map(|count| Moment::after(log, count)).collect();
    let mut choices = Vec::new();
    for (count, moment) in moments.iter().enumerate() {
        choices.extend(subsets(moment.pending(), rng).into_iter().map(|choice| (count, Order::Any, choice)));
        choices.extend(moment.prefixes().into_iter().map(|choice| (count, Order::Kept, choice)));
    }
    // Where no file shows that was not synced, there is one state; elsewhere there are more than anybody can look at.
    let shows_data: Vec<bool> = choices
        .iter()
        .map(|(count, _, choice)| {
            let moment = &moments[*count];
            let [none, all] = [moment.state(choice, &mut first), moment.state(choice, &mut last)];
            none.hash() != all.hash()
        })
        .collect();
    let open = shows_data.iter().filter(|shows| **shows).count();
    let fillings = budget.saturating_sub(choices.len() - open).div_ceil(open.max(1)).max(2);
    let picking = budget.div_ceil(picked.max(1));

    for ((count, order, choice), shows_data) in choices.iter().zip(shows_data) {
        let moment = &moments[*count];
        let reported = log.ops[..*count].iter().filter(|op| matches!(op, Op::Report)).count();
        for filling in 0..if shows_data { fillings } else { 1 } {
            let state = moment.state(choice, &mut |versions| match filling {
                0 => first(versions),
                1 => last(versions),
                _ => torn(versions, rng),
            });
            found.judge(promise, &state, reported, *order);
            if picked > 0 && rng.usize(..picking) == 0 {
                found.picked.push(state);
            }
        }
    }
    found
}

impl Found {
    /// The counts without a table around them.
    pub(crate) fn in_words(&self) -> String {
        let Self { moments, sampled, states, bad, .. } = self;
        format!("{sampled} states, {} distinct, after {moments} moments: {bad} bad", states.len())
    }

    fn judge(&mut self, promise: &Promise, state: &State, reported: usize, order: Order) {
        self.sampled += 1;
        self.sampled_in_order += usize::from(order == Order::Kept);
        self.states.insert(state.hash());
        if let Err(complaint) = promise.judge(state, reported) {
            self.bad += 1;
            self.bad_in_order += usize::from(order == Order::Kept);
            *self.complaints.entry(complaint).or_default() += 1;
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { moments, sampled, sampled_in_order, states, bad, bad_in_order, .. } = self;
        let distinct = states.len();
        write!(f, "{moments:>6} {sampled:>8} {sampled_in_order:>8} {distinct:>8} {bad:>8} {bad_in_order:>8}")
    }
}

fn first(versions: &[Arc<Content>]) -> Arc<Content> {
    versions[0].clone()
}

fn last(versions: &[Arc<Content>]) -> Arc<Content> {
    versions[versions.len() - 1].clone()
}

fn subsets(pending: usize, rng: &mut Rng) -> Vec<Vec<bool>> {
    let all = 1_usize << EXHAUSTIVE;
    if pending > EXHAUSTIVE {
        return (0..all).map(|_| (0..pending).map(|_| rng.bool()).collect()).collect();
    }
    (0..1_usize << pending).map(|bits| (0..pending).map(|at| bits >> at & 1 == 1).collect()).collect()
}
