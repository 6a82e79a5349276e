//! A login renewed by its refresh token, which is good for once: who obtains the next one must not lose it.

use std::sync::Arc;
use std::time::SystemTime;

use super::PortalLogin;
use super::keeping::Held;
use super::oidc::{self, Refused};
use super::record::{Stored, Token};
use crate::{Error, ErrorKind, Login, Vault};

/// The vault of whoever calls: lent for an attempt, or shared with what outlives the caller.
#[derive(Clone, Copy, Debug)]
pub(super) enum AnyVault<'a> {
    Lent(&'a dyn Vault),
    Shared(&'a Arc<dyn Vault>),
}

impl<'a> AnyVault<'a> {
    fn get(self) -> &'a dyn Vault {
        match self {
            Self::Lent(vault) => vault,
            Self::Shared(vault) => &**vault,
        }
    }

    fn shared(self) -> Option<Arc<dyn Vault>> {
        match self {
            Self::Lent(_) => None,
            Self::Shared(vault) => Some(vault.clone()),
        }
    }
}

impl PortalLogin {
    /// Trades the refresh token for a new login, which is stored before anybody uses it. None when a person must log in.
    pub(super) async fn renew(
        &self,
        vault: AnyVault<'_>,
        lease: Held,
        stored: Stored,
        now: SystemTime,
        rejected: Option<&Login>,
    ) -> Result<(Option<Login>, Held), Error> {
        if stored.renewable(now).is_none() {
            self.drop_rejected(vault.get(), stored, rejected).await?;
            return Ok((None, lease));
        }
        let (outcome, lease) = self.refresh(vault.shared(), lease, stored.clone(), now).await?;
        match outcome {
            Ok(renewed) => {
                // The task could not, or the vault would not.
                if !self.is_stored() {
                    self.store(vault.get(), &renewed).await?;
                }
                Ok((renewed.token.map(|token| token.login), lease))
            }
            Err(refused) if refused.is_final() => {
                tracing::debug!(session = %self.session, error = %refused.error, "a person must log in");
                if let Some(theirs) = self.renewed_by_others(&stored, now).await {
                    self.store(vault.get(), &theirs).await?;
                    return Ok((theirs.token.map(|token| token.login), lease));
                }
                let before = stored.clone();
                let left = without_renewal(stored, &refused, now, rejected);
                self.store(vault.get(), &left).await?;
                if left.token.is_none() {
                    self.forget_in_cache(&before).await;
                }
                Ok((None, lease))
            }
            Err(refused) => Err(refused.error),
        }
    }

    /// The call in a task of its own, with the lease: a caller that goes away meanwhile does not lose the only refresh token
    /// that still works. What it brings is stored if the vault is the task's too, and else kept in memory for whoever has
    /// the lease next.
    pub(super) async fn refresh(
        &self,
        vault: Option<Arc<dyn Vault>>,
        lease: Held,
        stored: Stored,
        now: SystemTime,
    ) -> Result<(Result<Stored, Refused>, Held), Error> {
        let portal = self.clone();
        let call = tokio::spawn(async move {
            let outcome = portal.refreshed(stored, now).await;
            if let Ok(renewed) = &outcome {
                portal.keep_unstored(renewed);
                if let Some(vault) = vault
                    && let Err(error) = portal.store(&*vault, renewed).await
                {
                    tracing::warn!(session = %portal.session, %error, "a renewed login is not stored yet");
                }
                portal.tell_others(renewed).await;
            }
            (outcome, lease)
        });
        call.await.map_err(|source| {
            let message = format!("the renewal of the login of session `{}` was cut short", self.session);
            Error::new(ErrorKind::Unavailable, message).with_source(source)
        })
    }

    pub(super) async fn refreshed(&self, stored: Stored, now: SystemTime) -> Result<Stored, Refused> {
        let Some((registration, refresh_token)) = stored.renewable(now) else { return Ok(stored) };
        let token = oidc::refresh(&self.sso, &self.session, registration, refresh_token, now).await?;
        let refresh_token = token.refresh_token.or_else(|| Some(refresh_token.clone()));
        let token = Some(Token { refresh_token, ..token });
        Ok(Stored { token, ..stored })
    }

    /// What the service no longer accepts must not be taken for a login by whoever logs in next.
    pub(super) async fn drop_rejected(
        &self,
        vault: &dyn Vault,
        stored: Stored,
        rejected: Option<&Login>,
    ) -> Result<(), Error> {
        let is_rejected = |token: &Token| rejected.is_some_and(|rejected| rejected.is_same(&token.login));
        if stored.token.as_ref().is_some_and(is_rejected) {
            self.store(vault, &Stored { token: None, ..stored }).await?;
        }
        Ok(())
    }
}

/// The refresh token is of no use any more, nor is what it was to replace, if that has ended.
fn without_renewal(stored: Stored, refused: &Refused, now: SystemTime, rejected: Option<&Login>) -> Stored {
    let is_good = |token: &Token| {
        let is_rejected = rejected.is_some_and(|rejected| rejected.is_same(&token.login));
        now < token.login.expiration() && !is_rejected
    };
    let token = stored.token.filter(is_good).map(|token| Token { refresh_token: None, ..token });
    let registration = stored.registration.filter(|_| !refused.is_of_client());
    Stored { registration, token, ..stored }
}
