//! One session inside the engine.

use std::time::{Duration, SystemTime};

use super::action::AttemptId;
use super::policy::{CallLog, source_at_least};
use crate::{
    Answer, Challenge, Error, ErrorKind, Grant, Principal, ProfileName, Refresh, Region, Session,
    SessionCredentials, SessionId, SessionKind, SessionState, SessionStatus, Source,
};

/// A session as the engine knows it: everything but the provider.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Definition {
    /// Its name.
    pub session: SessionId,
    /// The session whose credentials sign its requests.
    pub source: Option<SessionId>,
    /// What kind it is.
    pub kind: SessionKind,
    /// How long its sets are asked to last, where it says so.
    pub duration: Option<Duration>,
    /// The profile it publishes under.
    pub profile: Option<ProfileName>,
    /// The Region written beside the credentials.
    pub region: Option<Region>,
}

/// Where a session is between start and stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Inactive,
    Started,
    Starting,
    Stopping,
}

/// What a session does about its next set.
#[derive(Debug)]
pub(super) enum Work {
    /// Waits for somebody to act: the answer was final, the session's own or its source's.
    Blocked {
        by_source: bool,
    },
    Challenged(Challenge),
    /// Nothing is wanted of it.
    Idle,
    InFlight(AttemptId),
    Planned(SystemTime),
    WaitsForSource,
}

/// A set or a login, and the moment drawn for its replacement.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) grant: Grant,
    pub(super) issued_at: SystemTime,
    /// Its expiration, or sooner where the clock has been set back.
    pub(super) ends_at: SystemTime,
    /// The clock has been set back since: how long it really lasts can no longer be told.
    pub(super) is_from_future: bool,
    pub(super) refresh_at: SystemTime,
    /// Someone who used it was told that it is no longer accepted.
    pub(super) rejected: bool,
}

#[derive(Debug)]
pub(super) struct Slot {
    pub(super) definition: Definition,
    pub(super) phase: Phase,
    pub(super) work: Work,
    pub(super) held: Option<Held>,
    pub(super) answer: Option<Answer>,
    /// Counts the starts: what was sent off for one says nothing about the next.
    pub(super) starts: u64,
    /// What the last attempt failed with.
    pub(super) error: Option<Error>,
    /// What the last write failed with.
    pub(super) sink_error: Option<Error>,
    pub(super) failures: u32,
    /// What the source had for the attempt in flight.
    pub(super) signed_with: Option<Grant>,
    /// The attempt in flight is made since a login is at hand; what else was planned.
    pub(super) along: Option<SystemTime>,
    /// The attempt in flight spends an answer, which cannot be given twice.
    pub(super) spends_answer: bool,
    /// How often the source was asked for another set on this session's word since an attempt succeeded.
    pub(super) source_blamed: u8,
    /// What it has came in the place of something refused, and is refused as well: only a person can go on.
    pub(super) renewal_is_no_help: bool,
    /// A failed source waits this long before it is asked again on behalf of those that wait for it.
    pub(super) not_before: Option<SystemTime>,
    pub(super) calls: CallLog,
    /// The set that is in the profile, as far as the sink has said.
    pub(super) published: Option<SessionCredentials>,
    pub(super) expiry_told: bool,
    /// Sets kept in the vault are not to be trusted until a call gave a new one.
    pub(super) distrusts_vault: bool,
}

impl Definition {
    /// What the engine needs to know of a session.
    pub fn of(session: &Session) -> Self {
        Self {
            session: session.id.clone(),
            source: session.provider.source().cloned(),
            kind: session.provider.kind(),
            duration: session.provider.duration(),
            profile: session.profile.clone(),
            region: session.region.clone(),
        }
    }

    /// A login is published nowhere.
    pub(super) fn check(&self) -> Result<(), Error> {
        match &self.profile {
            Some(profile) if self.kind.principal == Principal::Person => {
                let session = &self.session;
                let message =
                    format!("session `{session}` is a login, which profile `{profile}` cannot hold");
                Err(Error::new(ErrorKind::InvalidInput, message))
            }
            _ => Ok(()),
        }
    }
}

impl Held {
    pub(super) fn new(grant: Grant, issued_at: SystemTime, refresh_at: SystemTime) -> Self {
        let ends_at = grant.expiration();
        Self { grant, issued_at, ends_at, is_from_future: false, refresh_at, rejected: false }
    }

    /// True when this set must not be given up for another, which takes away time that was granted.
    pub(super) fn outlasts(&self, other: &Grant) -> bool {
        !self.rejected && !self.is_from_future && self.ends_at > other.expiration()
    }

    /// Takes in that the clock shows a time before this set was issued: from now, it lasts no longer than it did then.
    pub(super) fn set_back(&mut self, now: SystemTime) {
        let Ok(life) = self.ends_at.duration_since(self.issued_at) else { return };
        self.ends_at = self.ends_at.min(now + life);
        self.issued_at = now;
        self.is_from_future = true;
    }
}

impl Slot {
    pub(super) fn new(definition: Definition) -> Self {
        Self {
            definition,
            phase: Phase::Inactive,
            work: Work::Idle,
            held: None,
            answer: None,
            starts: 0,
            error: None,
            sink_error: None,
            failures: 0,
            signed_with: None,
            along: None,
            spends_answer: false,
            source_blamed: 0,
            renewal_is_no_help: false,
            not_before: None,
            calls: CallLog::default(),
            published: None,
            expiry_told: false,
            distrusts_vault: false,
        }
    }

    /// True while the session is meant to have credentials.
    pub(super) fn is_wanted(&self) -> bool {
        matches!(self.phase, Phase::Starting | Phase::Started)
    }

    /// True while an attempt, a question or a source decides what is next.
    pub(super) fn is_busy(&self) -> bool {
        matches!(self.work, Work::Challenged(_) | Work::InFlight(_) | Work::WaitsForSource)
    }

    pub(super) fn expiration(&self) -> Option<SystemTime> {
        self.held.as_ref().map(|held| held.ends_at)
    }

    /// True when the session has a set that may be given.
    pub(super) fn is_valid_at(&self, now: SystemTime) -> bool {
        self.held.as_ref().is_some_and(|held| !held.rejected && held.grant.is_valid_at(now))
    }

    /// True when this set is the one the session has.
    pub(super) fn holds(&self, set: &SessionCredentials) -> bool {
        self.credentials().is_some_and(|held| held.access_key_id() == set.access_key_id())
    }

    /// True when what the session has is not what is in its profile.
    pub(super) fn is_unpublished(&self) -> bool {
        let is_published = self.published.as_ref().is_some_and(|set| self.holds(set));
        self.definition.profile.is_some() && self.held.is_some() && !is_published
    }

    /// The credentials there are, whatever became of them.
    pub(super) fn credentials(&self) -> Option<&SessionCredentials> {
        self.held.as_ref()?.grant.credentials()
    }

    /// What there is, when it still serves for a request now.
    pub(super) fn as_source(&self, now: SystemTime) -> Option<Source> {
        let held = self.held.as_ref().filter(|held| !held.rejected)?;
        let lasts = held.grant.remaining_at(now) >= source_at_least(&held.grant);
        lasts.then(|| Source::new(held.grant.clone(), self.definition.kind.principal))
    }

    /// What a wanted session that has a set does until it is due: one that is obtained on demand only waits for the demand.
    pub(super) fn plan_refresh(&mut self, refresh_at: SystemTime) {
        self.work = match self.definition.kind.refresh {
            Refresh::OnDemand => Work::Idle,
            Refresh::Reuse | Refresh::Rotate => Work::Planned(refresh_at),
        };
    }

    /// The moment at which what it has is to be wiped, if it must not stay in memory past its end.
    pub(super) fn wipe_at(&self) -> Option<SystemTime> {
        self.held.as_ref().filter(|held| held.grant.assertion().is_some()).map(|held| held.ends_at)
    }

    pub(super) fn next_attempt(&self) -> Option<SystemTime> {
        match self.work {
            Work::Planned(at) => Some(at),
            _ => None,
        }
    }

    pub(super) fn status(&self, now: SystemTime) -> SessionStatus {
        let Definition { session, source: _, kind, duration: _, profile, region: _ } = &self.definition;
        let is_valid = self.is_valid_at(now);
        SessionStatus {
            session: session.clone(),
            kind: *kind,
            profile: profile.clone(),
            state: match self.phase {
                Phase::Inactive => SessionState::Inactive,
                Phase::Started if is_valid => SessionState::Active,
                Phase::Started => SessionState::Expired,
                Phase::Starting => SessionState::Pending,
                Phase::Stopping => SessionState::Stopping,
            },
            expiration: self.expiration(),
            is_refreshing: matches!(self.work, Work::InFlight(_)),
            next_attempt: self.next_attempt(),
            error: self.error.clone().or_else(|| self.sink_error.clone()),
            challenge: self.open_challenge().cloned(),
        }
    }

    pub(super) fn open_challenge(&self) -> Option<&Challenge> {
        match &self.work {
            Work::Challenged(challenge) => Some(challenge),
            _ => None,
        }
    }
}
