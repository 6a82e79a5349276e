//! What the sink's suite publishes and withdraws.

use leapp_core::{Change, ProfileName, Region, SessionCredentials, SessionId};

use super::sink_harness::{ReadBack, SinkHarness};
use super::{Verdict, ensure, made_up};

/// What one session publishes under one profile.
pub(super) struct Entry {
    session: SessionId,
    pub(super) profile: ProfileName,
    region: Option<Region>,
    pub(super) credentials: SessionCredentials,
}

impl Entry {
    pub(super) fn new(region: Option<&str>) -> Self {
        Self {
            session: made_up::session(),
            profile: made_up::profile(),
            region: region.and_then(|region| Region::parse(region).ok()),
            credentials: made_up::credentials(),
        }
    }

    /// The same session's next set.
    pub(super) fn next(&self) -> Self {
        let Self { session, profile, region, .. } = self;
        let credentials = made_up::credentials();
        Self { session: session.clone(), profile: profile.clone(), region: region.clone(), credentials }
    }

    /// Another session's set under the same profile.
    pub(super) fn successor(&self) -> Self {
        Self { profile: self.profile.clone(), ..Self::new(None) }
    }

    pub(super) fn publish(&self) -> Change {
        let Self { session, profile, region, credentials } = self;
        let (session, profile) = (session.clone(), profile.clone());
        Change::Publish { session, profile, region: region.clone(), credentials: credentials.clone() }
    }

    pub(super) fn withdraw(&self) -> Change {
        Change::Withdraw { session: self.session.clone(), profile: self.profile.clone() }
    }

    pub(super) fn secrets(&self) -> [String; 2] {
        let Self { credentials, .. } = self;
        [credentials.secret_access_key(), credentials.session_token()]
            .map(|secret| secret.expose().to_owned())
    }

    /// What another program should read.
    pub(super) fn expected(&self, target: &dyn SinkHarness) -> ReadBack {
        let Self { region, credentials, .. } = self;
        let region = region.as_ref().filter(|_| target.carries_region()).map(ToString::to_string);
        ReadBack {
            access_key_id: credentials.access_key_id().to_string(),
            secret_access_key: credentials.secret_access_key().expose().to_owned(),
            session_token: credentials.session_token().expose().to_owned(),
            expiration: target.carries_expiration().then(|| credentials.expiration()),
            region,
        }
    }

    pub(super) async fn is_read(&self, target: &dyn SinkHarness) -> Verdict {
        let found = target.read(&self.profile).await;
        let Some(found) = found else { return Err("a published profile is not read from the target".into()) };
        found
            .differs_from(&self.expected(target))
            .map_or(Ok(()), |part| Err(format!("another {part} is read from the target than was published")))
    }

    pub(super) async fn is_gone(&self, target: &dyn SinkHarness) -> Verdict {
        ensure!(
            target.read(&self.profile).await.is_none(),
            "a withdrawn profile is still read from the target"
        );
        Ok(())
    }
}
