//! Credentials: temporary ones, which travel, and access keys, which stay in the vault.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::{AccessKeyId, Error, ErrorKind, IssueMetadata, Secret};

/// Temporary credentials: access key id, secret access key, session token and expiration.
///
/// Temporary by construction: there is no way to build one without a session token and an expiration, so a long-lived
/// key cannot stand where this type is asked for. The expiration is the service's word. Clones share one allocation.
///
/// See [Temporary security credentials](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp.html).
///
/// ```
/// use leapp_core::{AccessKeyId, Secret, SessionCredentials};
/// use std::time::{Duration, SystemTime};
///
/// let expiration = SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000);
/// let set = SessionCredentials::new(
///     AccessKeyId::parse("ASIAIOSFODNN7EXAMPLE")?,
///     Secret::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
///     Secret::new("a session token"),
///     expiration,
/// )?;
/// assert!(set.is_valid_at(expiration - Duration::from_secs(1)));
/// assert!(!set.is_valid_at(expiration));
/// # Ok::<(), leapp_core::Error>(())
/// ```
#[derive(Clone)]
pub struct SessionCredentials(Arc<Inner>);

struct Inner {
    access_key_id: AccessKeyId,
    secret_access_key: Secret,
    session_token: Secret,
    expiration: SystemTime,
    metadata: IssueMetadata,
}

impl SessionCredentials {
    /// Puts one set together, as one answer of the service gave it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when the secret access key or the session token is empty or holds a control character.
    pub fn new(
        access_key_id: AccessKeyId,
        secret_access_key: Secret,
        session_token: Secret,
        expiration: SystemTime,
    ) -> Result<Self, Error> {
        one_line("secret access key", &secret_access_key)?;
        one_line("session token", &session_token)?;
        let metadata = IssueMetadata::default();
        Ok(Self(Arc::new(Inner { access_key_id, secret_access_key, session_token, expiration, metadata })))
    }

    /// Adds what the service said besides.
    #[must_use]
    pub fn with_metadata(self, metadata: IssueMetadata) -> Self {
        let Inner { access_key_id, secret_access_key, session_token, expiration, metadata: _ } = &*self.0;
        Self(Arc::new(Inner {
            access_key_id: access_key_id.clone(),
            secret_access_key: secret_access_key.clone(),
            session_token: session_token.clone(),
            expiration: *expiration,
            metadata,
        }))
    }

    /// The access key id. Not a secret.
    pub fn access_key_id(&self) -> &AccessKeyId {
        &self.0.access_key_id
    }

    /// The secret access key.
    pub fn secret_access_key(&self) -> &Secret {
        &self.0.secret_access_key
    }

    /// The session token, of any size.
    pub fn session_token(&self) -> &Secret {
        &self.0.session_token
    }

    /// The moment from which AWS refuses this set.
    pub fn expiration(&self) -> SystemTime {
        self.0.expiration
    }

    /// What the service said besides; a set that was kept in the vault meanwhile has nothing of it.
    pub fn metadata(&self) -> &IssueMetadata {
        &self.0.metadata
    }

    /// True when both came from one [`new`](Self::new).
    #[cfg(feature = "aws")]
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// True before the expiration.
    pub fn is_valid_at(&self, now: SystemTime) -> bool {
        now < self.0.expiration
    }

    /// The time until the expiration; zero when it is past.
    pub fn remaining_at(&self, now: SystemTime) -> Duration {
        self.0.expiration.duration_since(now).unwrap_or_default()
    }
}

impl fmt::Debug for SessionCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { access_key_id, secret_access_key, session_token, expiration, metadata: _ } = &*self.0;
        f.debug_struct("SessionCredentials")
            .field("access_key_id", access_key_id)
            .field("secret_access_key", secret_access_key)
            .field("session_token", session_token)
            .field("expiration", expiration)
            .finish_non_exhaustive()
    }
}

/// The long-lived access key of an IAM user. It lives in a [`Vault`](crate::Vault) and signs requests; it goes nowhere else.
///
/// See [Managing access keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html).
#[derive(Clone, Debug)]
pub struct AccessKey {
    access_key_id: AccessKeyId,
    secret_access_key: Secret,
}

impl AccessKey {
    /// Puts the two halves together.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when the secret access key is empty or holds a control character, or when the id
    /// begins with `ASIA`: those belong to temporary credentials.
    pub fn new(access_key_id: AccessKeyId, secret_access_key: Secret) -> Result<Self, Error> {
        if access_key_id.as_str().starts_with("ASIA") {
            let message =
                format!("access key id {access_key_id} belongs to temporary credentials, not to an IAM user");
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        one_line("secret access key", &secret_access_key)?;
        Ok(Self { access_key_id, secret_access_key })
    }

    /// The access key id. Not a secret.
    pub fn access_key_id(&self) -> &AccessKeyId {
        &self.access_key_id
    }

    /// The secret access key.
    pub fn secret_access_key(&self) -> &Secret {
        &self.secret_access_key
    }
}

/// One line is what every place that holds a secret can hold: a file's value, an HTTP header, a vault's record.
pub(crate) fn one_line(what: &str, secret: &Secret) -> Result<(), Error> {
    let text = secret.expose();
    if text.is_empty() {
        return Err(Error::new(ErrorKind::InvalidInput, format!("the {what} is empty")));
    }
    if text.chars().any(char::is_control) {
        return Err(Error::new(ErrorKind::InvalidInput, format!("the {what} holds a control character")));
    }
    Ok(())
}
