//! The changes that are to be written, and the batch that is on its way.

use std::collections::BTreeMap;
use std::time::SystemTime;

use super::action::BatchId;
use crate::{ProfileName, SessionCredentials, SessionId};

/// What is to be written, and what is being written: one batch at a time, so that changes reach the sink in order.
#[derive(Debug, Default)]
pub(super) struct Publisher {
    pub(super) wanted: BTreeMap<SessionId, Wanted>,
    pub(super) in_flight: Option<Batch>,
    pub(super) batches: u64,
}

#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) direction: Direction,
    pub(super) not_before: Option<SystemTime>,
    pub(super) failures: u32,
    /// It was in a batch that failed: alone, it can only fail itself.
    pub(super) alone: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Publish,
    Withdraw,
}

#[derive(Debug)]
pub(super) struct Batch {
    pub(super) id: BatchId,
    pub(super) parts: Vec<Part>,
}

#[derive(Debug)]
pub(super) struct Part {
    pub(super) session: SessionId,
    pub(super) profile: ProfileName,
    /// The set that is published; `None` for a withdrawal.
    pub(super) set: Option<SessionCredentials>,
    /// The session's start that it was sent off for.
    pub(super) start: u64,
    pub(super) wanted: Wanted,
}

impl Publisher {
    pub(super) fn publish(&mut self, session: &SessionId) {
        self.want(session, Direction::Publish);
    }

    pub(super) fn withdraw(&mut self, session: &SessionId) {
        self.want(session, Direction::Withdraw);
    }

    pub(super) fn forget(&mut self, session: &SessionId) {
        self.wanted.remove(session);
    }

    /// Tries a change that waits after a failure now.
    pub(super) fn hurry(&mut self, session: &SessionId) {
        if let Some(wanted) = self.wanted.get_mut(session) {
            wanted.not_before = None;
        }
    }

    pub(super) fn hurry_all(&mut self) {
        self.wanted.values_mut().for_each(|wanted| wanted.not_before = None);
    }

    /// True while a change of the session is on its way, or is to be.
    pub(super) fn is_busy_with(&self, session: &SessionId) -> bool {
        let is_in = |batch: &Batch| batch.parts.iter().any(|part| part.session == *session);
        self.wanted.contains_key(session) || self.in_flight.as_ref().is_some_and(is_in)
    }

    pub(super) fn is_publishing(&self, session: &SessionId) -> bool {
        let is_this = |part: &Part| part.session == *session && part.set.is_some();
        self.in_flight.as_ref().is_some_and(|batch| batch.parts.iter().any(is_this))
    }

    pub(super) fn next_batch_at(&self) -> Option<SystemTime> {
        if self.in_flight.is_some() {
            return None;
        }
        self.wanted.values().filter_map(|wanted| wanted.not_before).min()
    }

    /// True while a set of this start of the session is on its way, or is to be.
    pub(super) fn is_publishing_for(&self, session: &SessionId, start: u64) -> bool {
        let is_this = |part: &Part| part.session == *session && part.set.is_some() && part.start == start;
        self.wanted.get(session).is_some_and(|wanted| wanted.direction == Direction::Publish)
            || self.in_flight.as_ref().is_some_and(|batch| batch.parts.iter().any(is_this))
    }

    pub(super) fn want(&mut self, session: &SessionId, direction: Direction) {
        let fresh = Wanted { direction, not_before: None, failures: 0, alone: false };
        self.wanted.insert(session.clone(), fresh);
    }

    /// The sessions of the next batch: all that are ready, or one alone.
    pub(super) fn next(&self, now: SystemTime) -> Vec<(SessionId, Wanted)> {
        let ready = |wanted: &Wanted| wanted.not_before.is_none_or(|at| at <= now);
        let mut batch: Vec<_> = self.wanted.iter().filter(|(_, wanted)| ready(wanted)).collect();
        if let Some(alone) = batch.iter().position(|(_, wanted)| wanted.alone) {
            batch = vec![batch.swap_remove(alone)];
        }
        batch.into_iter().map(|(session, wanted)| (session.clone(), wanted.clone())).collect()
    }
}
