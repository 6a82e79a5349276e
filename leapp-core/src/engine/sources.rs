//! Sources and those behind them: who is served by a set, who may call it bad, and when nobody needs it any more.

use std::collections::BTreeMap;
use std::time::SystemTime;

use super::slot::{Phase, Slot, Work};
use super::{RotationEngine, graph};
use crate::{Error, ErrorKind, Event, Grant, Principal, Refresh, SessionId};

/// What is left of a session, and of the sources behind it, when nobody needs them any more.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keeps {
    Login,
    Nothing,
}

impl RotationEngine {
    /// Goes on with those that waited for this set, and with those that were given up because there was none.
    pub(super) fn serve_children(&mut self, session: &SessionId, now: SystemTime) {
        let is_usable = self.slots.get(session).is_some_and(|slot| slot.as_source(now).is_some());
        for child in graph::children(&self.slots, session) {
            let Some(slot) = self.slots.get_mut(&child) else { continue };
            if !matches!(slot.work, Work::WaitsForSource | Work::Blocked { by_source: true }) {
                continue;
            }
            slot.work = Work::Idle;
            if is_usable {
                self.begin(&child, now);
            } else {
                let message =
                    format!("the set of source session `{session}` of session `{child}` ends too soon");
                self.fail(&child, Error::new(ErrorKind::Expired, message), true, now);
            }
        }
    }

    /// A person has just logged in, and will not be there when the next set is due: each that costs a login takes its share.
    pub(super) fn renew_along(&mut self, session: &SessionId, now: SystemTime) {
        let kind = |slot: &Slot| slot.definition.kind.refresh;
        if self.slots.get(session).map(kind) != Some(Refresh::OnDemand) {
            return;
        }
        let planned = |slots: &BTreeMap<SessionId, Slot>, child: SessionId| {
            let slot = slots.get(&child).filter(|slot| kind(slot) == Refresh::Reuse)?;
            let planned = slot.next_attempt().filter(|_| slot.phase == Phase::Started)?;
            Some((child, planned))
        };
        let children = graph::children(&self.slots, session);
        for child in children.into_iter().filter_map(|child| planned(&self.slots, child)).collect::<Vec<_>>()
        {
            let (child, planned) = child;
            self.begin(&child, now);
            let Some(slot) = self.slots.get_mut(&child) else { continue };
            match slot.work {
                Work::InFlight(_) => slot.along = Some(planned),
                // It has made its calls for this minute.
                _ => slot.work = Work::Planned(planned),
            }
        }
    }

    /// A session, its source, its source's source and so on.
    pub(super) fn chain_of<'a>(&'a self, session: &'a SessionId) -> Vec<&'a SessionId> {
        let source = |of: &&SessionId| self.slots.get(*of).and_then(|slot| slot.definition.source.as_ref());
        std::iter::successors(Some(session), source).collect()
    }

    /// The service called the set expired that signed this session's request: has the source replace it, once; and where
    /// it is a person's login, once more, by the person.
    ///
    /// No oftener until an attempt succeeds: a service that says so of every set must not be asked for ever.
    pub(super) fn blame_source(&mut self, session: &SessionId, signed_with: Option<&Grant>) -> bool {
        let source_of = |slot: &Slot| slot.definition.source.clone();
        let Some(source) = self.slots.get(session).and_then(source_of) else { return false };
        let Some(kind) = self.slots.get(&source).map(|slot| slot.definition.kind) else { return false };
        // What is not renewed without a person costs one each time.
        let is_renewed = kind.principal == Principal::Person && kind.refresh != Refresh::OnDemand;
        let most = if is_renewed { 2 } else { 1 };
        let Some(slot) = self.slots.get_mut(session).filter(|slot| slot.source_blamed < most) else {
            return false;
        };
        slot.source_blamed += 1;
        let is_second_time = slot.source_blamed > 1;
        let Some(slot) = self.slots.get_mut(&source) else { return false };
        // Another session may have said so before, and the source have another set by now.
        if let Some(held) =
            slot.held.as_mut().filter(|held| signed_with.is_some_and(|used| used.is_same(&held.grant)))
        {
            held.rejected = true;
            slot.distrusts_vault = true;
            slot.renewal_is_no_help = is_second_time;
        }
        true
    }

    /// Lets go of what a session that is no longer wanted holds, unless another session still depends on it.
    pub(super) fn release(&mut self, session: &SessionId) {
        self.let_go(session, Keeps::Nothing);
    }

    /// The same after a failure that may pass: what a person did for it a moment ago serves the next start.
    pub(super) fn release_for_now(&mut self, session: &SessionId) {
        self.let_go(session, Keeps::Login);
    }

    fn let_go(&mut self, session: &SessionId, keeps: Keeps) {
        let is_needed = self.is_needed(session);
        let is_waited_for = !self.waiting_children(session).is_empty();
        let Some(slot) = self.slots.get_mut(session) else { return };
        if is_needed {
            // As a source it works when it is asked, and plans nothing for itself.
            let plans_for_itself = matches!(slot.work, Work::Planned(_)) && !is_waited_for;
            if !slot.is_wanted() && (plans_for_itself || matches!(slot.work, Work::Blocked { .. })) {
                slot.work = Work::Idle;
            }
            return;
        }
        slot.work = Work::Idle;
        slot.failures = 0;
        slot.signed_with = None;
        slot.along = None;
        if slot.answer.take().is_some() {
            self.spent_codes.give_back(session);
        }
        // It has an end at which it is wiped, whoever needs it.
        if keeps == Keeps::Nothing || slot.wipe_at().is_none() {
            slot.held = None;
        }
        slot.expiry_told = false;
        if let Some(source) = slot.definition.source.clone() {
            self.let_go_source(&source, keeps);
        }
    }

    /// Lets go of a source that nobody needs any more, and says so to whoever waits for what it was doing.
    fn let_go_source(&mut self, source: &SessionId, keeps: Keeps) {
        let Some(slot) = self.slots.get(source).filter(|slot| !slot.is_wanted()) else { return };
        let was_doing = !matches!(slot.work, Work::Idle | Work::Blocked { .. });
        self.let_go(source, keeps);
        if was_doing && self.slots.get(source).is_some_and(|slot| matches!(slot.work, Work::Idle)) {
            let error = Error::new(ErrorKind::Cancelled, format!("no session needs `{source}` any more"));
            self.events.push_back(Event::RefreshFailed {
                session: source.clone(),
                error,
                next_attempt: None,
            });
        }
    }

    /// True while the session, or one that descends from it, is wanted.
    pub(super) fn is_needed(&self, session: &SessionId) -> bool {
        self.slots.get(session).is_some_and(Slot::is_wanted)
            || graph::children(&self.slots, session).iter().any(|child| self.is_needed(child))
    }

    /// The wanted sessions that a set of `session` is for: itself, and those that wait for it.
    pub(super) fn wanted_descendants(&self, session: &SessionId) -> Vec<SessionId> {
        let own = self.slots.get(session).filter(|slot| slot.is_wanted()).map(|_| session.clone());
        let children =
            self.waiting_children(session).into_iter().flat_map(|child| self.wanted_descendants(&child));
        own.into_iter().chain(children).collect()
    }

    pub(super) fn waiting_children(&self, session: &SessionId) -> Vec<SessionId> {
        let mut children = graph::children(&self.slots, session);
        children.retain(|child| {
            matches!(self.slots.get(child).map(|slot| &slot.work), Some(Work::WaitsForSource))
        });
        children
    }
}
