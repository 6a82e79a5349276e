//! Backends behind an `Arc`, so that a host can keep hold of what it hands over.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use crate::{
    Answer, CacheKey, Challenge, Change, Coordinator, CredentialSink, Error, IssueRequest, Issued, Lease,
    LeaseKey, Pace, Responder, Secret, SessionId, SessionKind, SessionProvider, Vault, VaultKey,
};

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<T: Vault + ?Sized> Vault for Arc<T> {
    async fn put(&self, key: &VaultKey, secret: &Secret) -> Result<(), Error> {
        (**self).put(key, secret).await
    }

    async fn get(&self, key: &VaultKey) -> Result<Option<Secret>, Error> {
        (**self).get(key).await
    }

    async fn delete(&self, key: &VaultKey) -> Result<(), Error> {
        (**self).delete(key).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<T: CredentialSink + ?Sized> CredentialSink for Arc<T> {
    async fn apply(&self, changes: &[Change]) -> Result<(), Error> {
        (**self).apply(changes).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<T: Responder + ?Sized> Responder for Arc<T> {
    async fn respond(&self, challenge: &Challenge) -> Result<Option<Answer>, Error> {
        (**self).respond(challenge).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<T: SessionProvider + ?Sized> SessionProvider for Arc<T> {
    fn source(&self) -> Option<&SessionId> {
        (**self).source()
    }

    fn kind(&self) -> SessionKind {
        (**self).kind()
    }

    fn duration(&self) -> Option<Duration> {
        (**self).duration()
    }

    fn pace(&self) -> Option<&Pace> {
        (**self).pace()
    }

    async fn cache_key(&self, request: &IssueRequest<'_>) -> Result<Option<CacheKey>, Error> {
        (**self).cache_key(request).await
    }

    async fn issue(&self, request: &IssueRequest<'_>) -> Result<Issued, Error> {
        (**self).issue(request).await
    }

    fn forget(&self) {
        (**self).forget();
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<T: Coordinator + ?Sized> Coordinator for Arc<T> {
    async fn lease(&self, key: &LeaseKey) -> Result<Lease, Error> {
        (**self).lease(key).await
    }

    async fn take_turn(&self, key: &LeaseKey, now: SystemTime, spacing: Duration) -> Result<Duration, Error> {
        (**self).take_turn(key, now, spacing).await
    }
}
