//! Profiles whose writer is gone.

use std::time::SystemTime;

use leapp_core::{ProfileName, SessionId};

use super::{MARK, WRITER};
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
        let orphan = |profile: &&str| {
            let session = self.text(profile, MARK)?;
            let writer = self.text(profile, WRITER);
            if writer.as_deref().is_some_and(is_alive) {
                return None;
            }
            Some(Orphan {
                session: SessionId::parse(&session).ok()?,
                profile: ProfileName::parse(profile).ok()?,
                expiration: self
                    .text(profile, EXPIRATION)
                    .and_then(|text| humantime::parse_rfc3339(&text).ok()),
                writer,
            })
        };
        self.profiles().iter().filter_map(orphan).collect()
    }

    /// Withdraws a profile, unless somebody has written it meanwhile.
    pub(crate) fn withdraw_orphan(&mut self, orphan: &Orphan) {
        if self.text(orphan.profile.as_str(), WRITER) != orphan.writer {
            return;
        }
        for section in self.sections(orphan.profile.as_str()).into_iter().rev() {
            if self.mark(section.clone()) == Some(orphan.session.as_str().as_bytes()) {
                self.clear(section);
            }
        }
    }

    fn text(&self, profile: &str, key: &str) -> Option<String> {
        self.value(profile, key).map(|value| value.expose().to_owned())
    }
}
