//! The token of an OIDC provider, and where it comes from.

use std::fmt;
use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

use crate::{Error, ErrorKind, Secret};

const LEAST_BYTES: usize = 4;
/// AWS takes no more: `WebIdentityToken` of AssumeRoleWithWebIdentity.
const MOST_BYTES: usize = 20_000;

/// An OIDC ID token, or an OAuth 2.0 access token, that vouches for a workload or a person.
///
/// Redacted in `Debug`: until it expires, it is as good as the role's credentials. It is held in memory while a request is
/// made, and never in a vault. As a [`TokenSource`] it is the same at each attempt, so it serves until it expires.
///
/// See
/// [AssumeRoleWithWebIdentity](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html).
#[derive(Clone)]
pub struct WebIdentityToken(Secret);

/// Gives the web identity token of an attempt: from a file, from a service on the host, from the application.
///
/// ```
/// use leapp_core::aws::{TokenSource, WebIdentityToken};
/// use leapp_core::{Error, Secret};
///
/// /// Asks the CI system for a token of its own, each time.
/// #[derive(Debug)]
/// struct OfThisJob;
///
/// #[async_trait::async_trait]
/// impl TokenSource for OfThisJob {
///     async fn token(&self) -> Result<WebIdentityToken, Error> {
///         // In earnest, a request to the CI system.
///         WebIdentityToken::parse(&Secret::new("eyJhbGciOiJSUzI1NiJ9.e30.c2ln"))
///     }
/// }
/// # let _ = OfThisJob;
/// ```
#[async_trait]
pub trait TokenSource: Debug + Send + Sync {
    /// The token to use now. It is asked for at each attempt, and not kept.
    ///
    /// An error whose kind [is retryable](Error::is_retryable) lets a started session try again later.
    async fn token(&self) -> Result<WebIdentityToken, Error>;
}

impl WebIdentityToken {
    /// Reads a token: 4 to 20,000 visible ASCII characters. Space around it is dropped: files end with a line feed.
    ///
    /// Whose it is and whether it is valid, the service says.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it has another size or holds another character. The message does not repeat it.
    pub fn parse(text: &Secret) -> Result<Self, Error> {
        let token = text.expose().trim();
        if !(LEAST_BYTES..=MOST_BYTES).contains(&token.len()) {
            let message =
                format!("a web identity token of {} bytes, where 4 to 20000 are allowed", token.len());
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            let message = "the web identity token holds a space or another character that no token has";
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        Ok(Self(Secret::new(token)))
    }

    /// The token's text.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

#[async_trait]
impl TokenSource for WebIdentityToken {
    async fn token(&self) -> Result<Self, Error> {
        Ok(self.clone())
    }
}

#[async_trait]
impl<T: TokenSource + ?Sized> TokenSource for Arc<T> {
    async fn token(&self) -> Result<WebIdentityToken, Error> {
        (**self).token().await
    }
}

impl Debug for WebIdentityToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebIdentityToken(redacted)")
    }
}
