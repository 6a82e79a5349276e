//! Credentials for AWS SDK clients.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, future};

use crate::{Error, ErrorKind, LiveCredentials, SessionCredentials};

/// The latest set in the SDK's own type. Converting copies three texts; a hit must not.
pub(crate) type Converted = Arc<ArcSwapOption<(SessionCredentials, Credentials)>>;

impl ProvideCredentials for LiveCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        match self.hit() {
            Some(set) => future::ProvideCredentials::ready(Ok(self.converted(&set))),
            None => future::ProvideCredentials::new(self.provide()),
        }
    }
}

impl LiveCredentials {
    async fn provide(&self) -> provider::Result {
        self.current().await.map(|set| self.converted(&set)).map_err(refuse)
    }

    fn converted(&self, set: &SessionCredentials) -> Credentials {
        match self.converted.load().as_deref() {
            Some((of, converted)) if of.is_same(set) => converted.clone(),
            _ => {
                let converted = credentials(set);
                self.converted.store(Some(Arc::new((set.clone(), converted.clone()))));
                converted
            }
        }
    }
}

/// A set in the SDK's type.
pub(super) fn credentials(set: &SessionCredentials) -> Credentials {
    let (id, secret) = (set.access_key_id().as_str(), set.secret_access_key().expose());
    Credentials::new(
        id,
        secret,
        Some(set.session_token().expose().to_owned()),
        Some(set.expiration()),
        "leapp",
    )
}

/// A session that is not started lets a provider chain go on to its next provider; any other error ends it.
fn refuse(error: Error) -> CredentialsError {
    match error.kind() {
        ErrorKind::NotActive | ErrorKind::NotFound => CredentialsError::not_loaded(error),
        ErrorKind::InvalidInput => CredentialsError::invalid_configuration(error),
        _ => CredentialsError::provider_error(error),
    }
}
