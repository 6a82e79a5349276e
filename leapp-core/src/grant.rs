//! What an attempt obtains: credentials, or the login behind other sessions' credentials.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::{Error, SamlAssertion, Secret, SessionCredentials, credentials};

/// Something of worth until a moment that the service named.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Grant {
    /// What a SAML identity provider says of a person who logged in there. Good for minutes, in which other sessions obtain
    /// credentials with it; it is published nowhere and kept in memory only, until its end.
    Assertion {
        /// The response.
        assertion: SamlAssertion,
        /// When it ends, by what it says itself and by what AWS takes.
        expiration: SystemTime,
    },
    /// Temporary credentials: they sign requests and may be published.
    Credentials(SessionCredentials),
    /// A person's login. It signs nothing and is published nowhere; it is what other sessions obtain credentials with.
    Login(Login),
}

/// A person's login at an IAM Identity Center portal: its access token, and when that ends.
///
/// Clones share one allocation.
///
/// See [CreateToken](https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html).
#[derive(Clone)]
pub struct Login(Arc<Inner>);

struct Inner {
    access_token: Secret,
    expiration: SystemTime,
}

impl Grant {
    /// The moment from which the service refuses it.
    pub fn expiration(&self) -> SystemTime {
        match self {
            Self::Assertion { expiration, .. } => *expiration,
            Self::Credentials(set) => set.expiration(),
            Self::Login(login) => login.expiration(),
        }
    }

    /// True before the expiration.
    pub fn is_valid_at(&self, now: SystemTime) -> bool {
        now < self.expiration()
    }

    /// The time until the expiration; zero when it is past.
    pub fn remaining_at(&self, now: SystemTime) -> Duration {
        self.expiration().duration_since(now).unwrap_or_default()
    }

    /// The assertion, if it is one.
    pub fn assertion(&self) -> Option<&SamlAssertion> {
        match self {
            Self::Assertion { assertion, .. } => Some(assertion),
            Self::Credentials(_) | Self::Login(_) => None,
        }
    }

    /// The credentials, if it is a set.
    pub fn credentials(&self) -> Option<&SessionCredentials> {
        match self {
            Self::Credentials(set) => Some(set),
            Self::Assertion { .. } | Self::Login(_) => None,
        }
    }

    /// The login, if it is one at a portal.
    pub fn login(&self) -> Option<&Login> {
        match self {
            Self::Login(login) => Some(login),
            Self::Assertion { .. } | Self::Credentials(_) => None,
        }
    }

    /// True when both are what one answer of the service gave.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Credentials(this), Self::Credentials(that)) => {
                this.access_key_id() == that.access_key_id()
            }
            (Self::Login(this), Self::Login(that)) => this.is_same(that),
            (Self::Assertion { assertion: this, .. }, Self::Assertion { assertion: that, .. }) => {
                this.expose() == that.expose()
            }
            _ => false,
        }
    }
}

impl Login {
    /// An access token, and when the service will refuse it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) when the token is empty or holds a control character.
    pub fn new(access_token: Secret, expiration: SystemTime) -> Result<Self, Error> {
        credentials::one_line("access token", &access_token)?;
        Ok(Self(Arc::new(Inner { access_token, expiration })))
    }

    /// The access token.
    pub fn access_token(&self) -> &Secret {
        &self.0.access_token
    }

    /// The moment from which the service refuses it.
    pub fn expiration(&self) -> SystemTime {
        self.0.expiration
    }

    /// True when both hold one and the same access token.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.access_token().expose() == other.access_token().expose()
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { access_token, expiration } = &*self.0;
        f.debug_struct("Login").field("access_token", access_token).field("expiration", expiration).finish()
    }
}

impl From<Login> for Grant {
    fn from(login: Login) -> Self {
        Self::Login(login)
    }
}

impl From<SessionCredentials> for Grant {
    fn from(set: SessionCredentials) -> Self {
        Self::Credentials(set)
    }
}
