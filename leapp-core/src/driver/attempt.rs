//! One attempt: the set kept in the vault if it serves, else one call, whose set is kept before anybody uses it.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::kept;
use crate::engine::{Attempt, Outcome};
use crate::{
    CacheKey, Clock, Error, ErrorKind, IssueRequest, Issued, SessionCredentials, SessionId, SessionProvider,
    Vault, VaultItem, VaultKey,
};

/// A provider that answers neither yes nor no must not keep its session waiting for ever.
const LONGEST: Duration = Duration::from_secs(5 * 60);

/// What one attempt works with; its own, so that it goes on when whoever asked for it is gone.
#[derive(Debug)]
pub(super) struct Errand {
    pub(super) attempt: Attempt,
    pub(super) provider: Arc<dyn SessionProvider>,
    pub(super) vault: Arc<dyn Vault>,
    pub(super) clock: Arc<dyn Clock>,
}

/// How an attempt ended, and why its set could not be kept, if so.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) outcome: Outcome,
    pub(super) not_kept: Option<Error>,
}

impl Errand {
    pub(super) async fn run(self) -> Report {
        let session = self.attempt.id.session();
        tokio::select! {
            result = self.obtain(session) => result.unwrap_or_else(|error| Outcome::Failed(error).into()),
            // On the machine's time, not the application's clock: calls take as long as they take.
            () = tokio::time::sleep(LONGEST) => {
                let message = format!("no answer from the provider of session `{session}` in {} s", LONGEST.as_secs());
                Outcome::Failed(Error::new(ErrorKind::Unavailable, message)).into()
            }
        }
    }

    async fn obtain(&self, session: &SessionId) -> Result<Report, Error> {
        let request = IssueRequest::new(session, self.clock.now(), &*self.vault)
            .with_source(self.attempt.source.as_ref())
            .with_answer(self.attempt.answer.as_ref());
        let key = self.provider.cache_key(&request).await?;
        if let (Some(key), Some(after)) = (&key, self.attempt.reuse_after)
            && let Some(set) = self.kept(session, key, after).await?
        {
            return Ok(Outcome::Reused(set).into());
        }
        Ok(match self.provider.issue(&request).await? {
            Issued::Challenge(challenge) => Outcome::Challenge(challenge).into(),
            Issued::Credentials(set) => {
                let not_kept = match &key {
                    Some(key) => self.vault.put(&place(session), &kept::write(key, &set)).await.err(),
                    None => None,
                };
                Report { outcome: Outcome::Issued(set), not_kept }
            }
        })
    }

    /// The set kept for exactly this request, when it lasts long enough. One kept for another request is dropped.
    async fn kept(
        &self,
        session: &SessionId,
        key: &CacheKey,
        after: SystemTime,
    ) -> Result<Option<SessionCredentials>, Error> {
        let Some(record) = self.vault.get(&place(session)).await? else { return Ok(None) };
        match kept::read(&record, key) {
            Ok(Some(set)) => Ok(Some(set).filter(|set| set.expiration() > after)),
            Ok(None) => self.vault.delete(&place(session)).await.map(|()| None),
            // What cannot be read is replaced by the next set.
            Err(error) => {
                tracing::warn!(%session, %error, "the set kept in the vault is not used");
                Ok(None)
            }
        }
    }
}

impl From<Outcome> for Report {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, not_kept: None }
    }
}

/// Where a session's reusable set is kept.
pub(super) fn place(session: &SessionId) -> VaultKey {
    VaultKey::new(session.clone(), VaultItem::SessionCredentials)
}
