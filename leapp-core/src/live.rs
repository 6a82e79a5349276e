//! The hot path: what a program holds to sign its requests.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use arc_swap::ArcSwapOption;

use crate::{Error, Leapp, SessionCredentials, SessionId};

/// What a session gives right now, for as many tasks as like, on one shared cell.
///
/// A hit takes no lock and makes no call: while what there is has not expired, it is given, whatever a refresh is doing.
/// Under feature `aws` this is a `ProvideCredentials` for AWS SDK clients. Turn off the client's own identity cache
/// (`IdentityCache::no_cache()`), which would go on using a set after the session was stopped or rotated.
///
/// Clones share the cell. It keeps the engine running.
#[derive(Clone)]
pub struct LiveCredentials {
    session: SessionId,
    cell: Arc<Cell>,
    leapp: Leapp,
    #[cfg(feature = "aws")]
    pub(crate) converted: crate::aws::Converted,
}

/// What one session gives; `None` while it gives nothing.
pub(crate) type Cell = ArcSwapOption<SessionCredentials>;

/// Every session's cell.
#[derive(Debug, Default)]
pub(crate) struct Cells(RwLock<BTreeMap<SessionId, Arc<Cell>>>);

impl LiveCredentials {
    pub(crate) fn new(session: SessionId, cell: Arc<Cell>, leapp: Leapp) -> Self {
        Self {
            session,
            cell,
            leapp,
            #[cfg(feature = "aws")]
            converted: crate::aws::Converted::default(),
        }
    }

    /// The session these are the credentials of.
    pub fn session(&self) -> &SessionId {
        &self.session
    }

    /// Valid credentials. When there are none, joins the attempt that is under way.
    ///
    /// # Errors
    /// [`ErrorKind::NotActive`](crate::ErrorKind::NotActive) when the session is not started;
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) when it is a login;
    /// [`ErrorKind::Expired`](crate::ErrorKind::Expired) when somebody must answer a challenge first;
    /// [`ErrorKind::Busy`](crate::ErrorKind::Busy) when the sink is slow to take a set for its start; otherwise what the
    /// attempt failed with.
    pub async fn current(&self) -> Result<SessionCredentials, Error> {
        match self.hit() {
            Some(set) => Ok(set),
            None => self.leapp.fresh(&self.session).await,
        }
    }

    /// Tells the engine that the service rejected a set (`ExpiredToken`, `InvalidClientTokenId`), so that it is replaced
    /// now and not given again.
    ///
    /// # Errors
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) after a shutdown.
    pub async fn reject(&self, set: &SessionCredentials) -> Result<(), Error> {
        self.leapp.reject(&self.session, set.access_key_id()).await
    }

    /// The set in place, if it is valid.
    pub(crate) fn hit(&self) -> Option<SessionCredentials> {
        let set = self.cell.load();
        set.as_ref()
            .filter(|set| set.is_valid_at(self.leapp.clock().now()))
            .map(|set| SessionCredentials::clone(set))
    }
}

impl fmt::Debug for LiveCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveCredentials").field("session", &self.session).finish_non_exhaustive()
    }
}

impl Cells {
    /// A session's cell, if the session has been added.
    pub(crate) fn find(&self, session: &SessionId) -> Option<Arc<Cell>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(session).cloned()
    }

    pub(crate) fn add(&self, session: SessionId) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).entry(session).or_default();
    }

    pub(crate) fn remove(&self, session: &SessionId) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(session);
    }

    /// Puts into a cell what its session gives now.
    pub(crate) fn show(&self, session: &SessionId, set: Option<&SessionCredentials>) {
        if let Some(cell) = self.find(session) {
            cell.store(set.map(|set| Arc::new(set.clone())));
        }
    }
}
