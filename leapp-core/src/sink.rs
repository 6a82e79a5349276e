//! Where programs look for credentials.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::{Error, ProfileName, Region, SessionCredentials, SessionId};

/// Puts temporary credentials where programs look, and takes them away: the shared credentials file, an endpoint, memory.
///
/// A sink takes [`SessionCredentials`] only; an [`AccessKey`](crate::AccessKey) has no way in.
///
/// # Contract
/// - **publish is read back**: after `apply`, another program reads exactly the set that was published.
/// - **publish replaces**: publishing a session's next set replaces the one before, in one step: no reader sees a mixture or a gap.
/// - **publish takes over**: a profile that another session of this library holds is replaced in one step, and is the new session's.
/// - **batch is all or nothing**: when one change of a batch cannot be applied, none is.
/// - **withdraw restores the target**: after the last withdrawal the target is, byte for byte, what it was.
/// - **withdraw is idempotent**: withdrawing what is not there succeeds.
/// - **withdraw spares the successor**: withdrawing a session from a profile that another session holds changes nothing.
/// - **foreign profile is left alone**: a profile this library did not write is [`NotOurs`](crate::ErrorKind::NotOurs), on publish and on withdraw.
/// - **failure changes nothing**: after an error the target is what it was.
/// - **secrets stay hidden**: neither `Debug`, nor an error, nor a log line holds a secret or a part of it.
#[async_trait]
pub trait CredentialSink: Debug + Send + Sync {
    /// Applies all the changes, in order, or none: one write for any number of sessions.
    ///
    /// A sink that blocks does so on a thread of its own, not on the runtime's.
    async fn apply(&self, changes: &[Change]) -> Result<(), Error>;
}

/// One thing for a sink to do.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Change {
    /// Makes a profile give a session's credentials.
    Publish {
        /// The session that holds the profile from now on.
        session: SessionId,
        /// The profile programs will name.
        profile: ProfileName,
        /// The Region to write beside the credentials, if any.
        region: Option<Region>,
        /// What programs will use.
        credentials: SessionCredentials,
    },
    /// Takes a session's credentials out of a profile.
    Withdraw {
        /// The session that gives the profile up.
        session: SessionId,
        /// The profile.
        profile: ProfileName,
    },
}

impl Change {
    /// The session the change is for.
    pub fn session(&self) -> &SessionId {
        match self {
            Self::Publish { session, .. } | Self::Withdraw { session, .. } => session,
        }
    }

    /// The profile the change is about.
    pub fn profile(&self) -> &ProfileName {
        match self {
            Self::Publish { profile, .. } | Self::Withdraw { profile, .. } => profile,
        }
    }
}
