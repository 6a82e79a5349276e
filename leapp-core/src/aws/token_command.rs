//! A web identity token that a program prints.

use async_trait::async_trait;

use super::{TokenSource, WebIdentityToken};
use crate::{Command, Error, ErrorKind};

/// Runs the program at each attempt, and takes what it prints as the token.
#[async_trait]
impl TokenSource for Command {
    /// # Errors
    /// As [`Command::run`]; [`ErrorKind::Unavailable`] when it prints nothing, [`ErrorKind::InvalidInput`] when it prints what is
    /// no token.
    async fn token(&self) -> Result<WebIdentityToken, Error> {
        let printed = self.run([]).await?;
        let refuse = |kind, what: &str| Error::new(kind, format!("{self:?} printed {what}"));
        if printed.expose().trim().is_empty() {
            return Err(refuse(ErrorKind::Unavailable, "nothing where a web identity token is read"));
        }
        WebIdentityToken::parse(&printed)
            .map_err(|source| refuse(ErrorKind::InvalidInput, "no web identity token").with_source(source))
    }
}
