//! One attempt: the set kept in the vault if it serves, else one call, whose set is kept before anybody uses it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use super::kept;
use crate::engine::{Attempt, Outcome};
use crate::{
    CacheKey, Clock, Coordinator, Error, ErrorKind, Grant, IssueRequest, Issued, SessionCredentials,
    SessionId, SessionProvider, Vault, VaultItem, VaultKey,
};

/// A provider that answers neither yes nor no must not keep its session waiting for ever.
const LONGEST: Duration = Duration::from_secs(5 * 60);
/// A coordinator that cannot say whose turn it is must not keep anybody from calling.
const LONGEST_FOR_A_TURN: Duration = Duration::from_secs(10);
/// So many turns late is no turn any more.
const TURNS_LATE: u32 = 5;
/// Where every turn is missed, the machine is so slow that nobody calls too often.
const MOST_TURNS: usize = 5;
/// A vault that does not take a set must not keep it from being used.
const LONGEST_OF_VAULT: Duration = Duration::from_secs(30);

/// What one attempt works with; its own, so that it goes on when whoever asked for it is gone.
#[derive(Debug)]
pub(super) struct Errand {
    pub(super) attempt: Attempt,
    pub(super) provider: Arc<dyn SessionProvider>,
    pub(super) vault: Arc<dyn Vault>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) coordinator: Arc<dyn Coordinator>,
    /// The session has been removed since.
    pub(super) is_forgotten: Arc<AtomicBool>,
}

/// How an attempt ended, and why its set could not be kept, if so.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) outcome: Outcome,
    pub(super) not_kept: Option<Error>,
}

/// What came of an attempt, before it is kept.
enum Obtained {
    New(SessionCredentials, Option<CacheKey>),
    Other(Outcome),
}

impl Errand {
    pub(super) async fn run(self) -> Report {
        let session = self.attempt.id.session();
        self.wait_for_turn(session).await;
        // On the machine's time, not the application's clock: calls take as long as they take.
        match tokio::time::timeout(LONGEST, self.obtain(session)).await {
            Ok(Ok(Obtained::New(set, key))) => {
                let not_kept = self.keep(session, &set, key.as_ref()).await.err();
                Report { outcome: Outcome::Issued(set.into()), not_kept }
            }
            Ok(Ok(Obtained::Other(outcome))) => outcome.into(),
            Ok(Err(error)) => Outcome::Failed(error).into(),
            Err(_) => {
                let message =
                    format!("no answer from the provider of session `{session}` in {} s", LONGEST.as_secs());
                Outcome::Failed(Error::new(ErrorKind::Unavailable, message)).into()
            }
        }
    }

    /// Waits until the calls that share the service's patience with this one leave room for it.
    ///
    /// Whoever comes much too late, since the machine stood still, takes another turn: all who are late would come at once.
    async fn wait_for_turn(&self, session: &SessionId) {
        let Some(pace) = self.provider.pace() else { return };
        for _ in 0..MOST_TURNS {
            let asked_at = self.clock.elapsed();
            let turn = self.coordinator.take_turn(&pace.key, self.clock.now(), pace.spacing);
            let wait = match tokio::time::timeout(LONGEST_FOR_A_TURN, turn).await {
                Ok(Ok(wait)) => wait,
                Ok(Err(error)) => {
                    return tracing::warn!(%session, %error, "the call does not wait for its turn");
                }
                Err(_) => {
                    return tracing::warn!(%session, "no turn is given, and the call does not wait for one");
                }
            };
            let turn_at = asked_at + wait;
            let left = turn_at.saturating_sub(self.clock.elapsed());
            if left > Duration::ZERO {
                self.clock.sleep(left).await;
            }
            if self.clock.elapsed().saturating_sub(turn_at) <= pace.spacing * TURNS_LATE {
                return;
            }
        }
    }

    async fn obtain(&self, session: &SessionId) -> Result<Obtained, Error> {
        let request = IssueRequest::new(session, self.clock.now(), &*self.vault)
            .with_shared_vault(Some(&self.vault))
            .with_source(self.attempt.source.as_ref())
            .with_answer(self.attempt.answer.as_ref())
            .with_rejected(self.attempt.rejected.as_ref())
            .with_renewal_no_help(self.attempt.renewal_is_no_help)
            .with_coordinator(Some(&*self.coordinator));
        let key = self.provider.cache_key(&request).await?;
        if let (Some(key), Some(after)) = (&key, self.attempt.reuse_after)
            && let Some(set) = self.kept(session, key, after).await?
        {
            return Ok(Obtained::Other(Outcome::Reused(set.into())));
        }
        Ok(match self.provider.issue(&request).await? {
            Issued::Challenge(challenge) => Obtained::Other(Outcome::Challenge(challenge)),
            Issued::Credentials(set) => Obtained::New(set, key),
            Issued::Assertion { assertion, expiration } => {
                Obtained::Other(Outcome::Issued(Grant::Assertion { assertion, expiration }))
            }
            Issued::Login(login) => Obtained::Other(Outcome::Issued(login.into())),
            Issued::Reused(grant) => Obtained::Other(Outcome::Reused(grant)),
        })
    }

    async fn keep(
        &self,
        session: &SessionId,
        set: &SessionCredentials,
        key: Option<&CacheKey>,
    ) -> Result<(), Error> {
        let Some(key) = key else { return Ok(()) };
        let (place, record) = (place(session), kept::write(key, set));
        in_time("take", &place, self.vault.put(&place, &record)).await?;
        // The removal may have come before the set, and then it has deleted nothing.
        if self.is_forgotten.load(Ordering::Acquire) {
            in_time("delete", &place, self.vault.delete(&place)).await?;
        }
        Ok(())
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

/// What a vault does, or an error when it takes too long.
pub(super) async fn in_time(
    action: &str,
    place: &VaultKey,
    doing: impl Future<Output = Result<(), Error>>,
) -> Result<(), Error> {
    tokio::time::timeout(LONGEST_OF_VAULT, doing).await.unwrap_or_else(|_| {
        let message = format!("the vault did not {action} {place} in {} s", LONGEST_OF_VAULT.as_secs());
        Err(Error::new(ErrorKind::Unavailable, message))
    })
}

/// Where a session's reusable set is kept.
pub(super) fn place(session: &SessionId) -> VaultKey {
    VaultKey::new(session.clone(), VaultItem::SessionCredentials)
}
