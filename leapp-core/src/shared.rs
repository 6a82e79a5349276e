//! Backends behind an `Arc`, so that a host can keep hold of what it hands over.

use std::sync::Arc;

use async_trait::async_trait;

use crate::{Answer, Challenge, Change, CredentialSink, Error, Responder, Secret, Vault, VaultKey};

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
