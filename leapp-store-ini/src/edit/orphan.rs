//! Profiles whose writer is gone.

use std::collections::HashSet;
use std::time::SystemTime;

use leapp_core::{ProfileName, SessionId};

use super::{MARK, WRITER, kept};
use crate::Document;
use crate::scheme::EXPIRATION;

/// A profile that this library wrote, by a process that does not run any more: it was killed, or ended without withdrawing.
///
/// What becomes of it is the host's to say: start the session again, which takes the profile over, or
/// [withdraw](crate::CredentialsFile::withdraw_orphans) it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orphan {
    session: SessionId,
    profile: ProfileName,
    expiration: Option<SystemTime>,
    pub(crate) writer: Option<String>,
}

impl Orphan {
    /// The session that the profile was written for.
    pub fn session(&self) -> &SessionId {
        &self.session
    }

    /// The profile.
    pub fn profile(&self) -> &ProfileName {
        &self.profile
    }

    /// When its credentials expire; `None` when it has none, as in the config file.
    pub fn expiration(&self) -> Option<SystemTime> {
        self.expiration
    }

    /// True when its credentials are of no use any more.
    pub fn is_expired(&self, now: SystemTime) -> bool {
        self.expiration.is_some_and(|expiration| expiration <= now)
    }
}

impl Document {
    /// The profiles of ours whose writer is not there, in the order of the file. Marks that are no session's id are somebody else's.
    pub(crate) fn orphans(&self, is_alive: &dyn Fn(&str) -> bool) -> Vec<Orphan> {
        let orphans = self.sections.with_header().filter_map(|section| self.orphan(section));
        orphans.filter(|orphan| !orphan.is_of(is_alive)).collect()
    }

    /// Withdraws profiles, but those that somebody has written meanwhile, or whose writer is there after all.
    pub(crate) fn withdraw_orphans(&mut self, orphans: &[Orphan], is_alive: &dyn Fn(&str) -> bool) {
        let dead = orphans.iter().filter(|orphan| !orphan.is_of(is_alive));
        let dead: HashSet<_> = dead.map(Orphan::identity).collect();
        let is_dead =
            |section: &usize| self.orphan(*section).is_some_and(|found| dead.contains(&found.identity()));
        let sections = self.sections.with_header().filter(is_dead).collect();
        self.clear(sections);
    }

    fn orphan(&self, section: usize) -> Option<Orphan> {
        let lines = self.sections.lines(section);
        let text = |key: &str| {
            let line = lines.iter().rev().find(|line| line.has_key(key))?;
            str::from_utf8(kept::unquoted(line.value()?)).ok().map(str::to_owned)
        };
        Some(Orphan {
            session: SessionId::parse(&text(MARK)?).ok()?,
            profile: ProfileName::parse(str::from_utf8(self.profile(section)?).ok()?).ok()?,
            expiration: text(EXPIRATION).and_then(|text| humantime::parse_rfc3339(&text).ok()),
            writer: text(WRITER),
        })
    }
}

impl Orphan {
    /// What stays the same as long as nobody writes the profile anew.
    fn identity(&self) -> (&str, &str, Option<&str>) {
        (self.session.as_str(), self.profile.as_str(), self.writer.as_deref())
    }

    fn is_of(&self, is_alive: &dyn Fn(&str) -> bool) -> bool {
        self.writer.as_deref().is_some_and(is_alive)
    }
}
