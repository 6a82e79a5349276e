//! When a login of others is taken for this one's, and when they are told of it.

use std::sync::atomic::Ordering;
use std::time::SystemTime;

use super::entry::PURPOSE;
use super::{SsoTokenCache, Stored};
use crate::aws::PortalLogin;
use crate::{Error, Vault};

impl PortalLogin {
    /// Shares the login with the AWS CLI and the SDKs, as the cache says.
    #[must_use]
    pub fn with_token_cache(self, token_cache: SsoTokenCache) -> Self {
        Self { token_cache: Some(token_cache), ..self }
    }

    /// What is stored, or what others have put into the cache meanwhile; then that is stored. For whoever has the lease.
    pub(in crate::aws::portal_login) async fn adopted(
        &self,
        vault: &dyn Vault,
        stored: Stored,
        now: SystemTime,
    ) -> Result<Stored, Error> {
        let Some(cache) = &self.token_cache else { return Ok(stored) };
        let Some(mut theirs) = self.theirs(cache, now).await else { return Ok(stored) };
        let expiration = |stored: &Stored| stored.token.as_ref().map(|token| token.login.expiration());
        let is_renewable = stored.renewable(now).is_some();
        let is_better = if cache.writes {
            // Times are whole seconds there: one that ends in the same second may be the newer one.
            let is_later = expiration(&theirs) >= expiration(&stored);
            let is_in_need = stored.fresh(now, None).is_none_or(|login| self.is_refused(login));
            let is_good = theirs.renewable(now).is_some() || !is_renewable;
            is_good && (is_later || (is_in_need && !is_renewable))
        } else {
            theirs.fresh(now, None).is_some()
                && !is_renewable
                && stored.fresh(now, None).is_none_or(|login| self.is_refused(login))
        };
        if is_same(&theirs, &stored) {
            return Ok(stored);
        }
        if !is_better {
            // What could not be written before.
            if cache.writes && expiration(&theirs) < expiration(&stored) {
                self.tell_others(&stored).await;
            }
            return Ok(stored);
        }
        if cache.writes {
            theirs.registration = theirs.registration.or(stored.registration);
        } else {
            // Renewing with what is theirs would end their login.
            theirs.registration = stored.registration;
            theirs.token.iter_mut().for_each(|token| token.refresh_token = None);
        }
        self.store(vault, &theirs).await?;
        Ok(theirs)
    }

    /// True when there is something in the cache to log in with, or to renew.
    pub(in crate::aws::portal_login) async fn others_have_one(&self, now: SystemTime) -> bool {
        let Some(cache) = &self.token_cache else { return false };
        let theirs = self.theirs(cache, now).await;
        theirs.is_some_and(|theirs| {
            theirs.fresh(now, None).is_some() || (cache.writes && theirs.renewable(now).is_some())
        })
    }

    /// False once, where there is a cache to be written.
    pub(in crate::aws::portal_login) fn has_looked_after_others(&self) -> bool {
        let is_told = self.token_cache.as_ref().is_some_and(|cache| cache.writes);
        !is_told || self.shared.has_looked.swap(true, Ordering::AcqRel)
    }

    /// What others have renewed in the moment before, with the refresh token that was refused here.
    pub(in crate::aws::portal_login) async fn renewed_by_others(
        &self,
        refused: &Stored,
        now: SystemTime,
    ) -> Option<Stored> {
        let cache = self.token_cache.as_ref().filter(|cache| cache.writes)?;
        let theirs = self.theirs(cache, now).await?;
        let spent = refused.token.as_ref().and_then(|token| token.refresh_token.as_ref());
        let next = theirs.token.as_ref().and_then(|token| token.refresh_token.as_ref());
        let is_another = next.is_some_and(|next| spent.is_none_or(|spent| spent.expose() != next.expose()));
        (is_another && theirs.fresh(now, None).is_some()).then_some(theirs)
    }

    /// Lets the others know. A cache that cannot be written takes nothing away from a login that is stored.
    pub(in crate::aws::portal_login) async fn tell_others(&self, stored: &Stored) {
        let Some(cache) = self.token_cache.as_ref().filter(|cache| cache.writes) else { return };
        if let Err(error) = cache.write(stored.clone()).await {
            tracing::warn!(session = %self.session, %error, "the token cache does not have the login");
        }
    }

    /// Takes a login that is over out of the cache, so that nobody finds it again.
    pub(in crate::aws::portal_login) async fn forget_in_cache(&self, stored: &Stored) {
        let Some(cache) = self.token_cache.as_ref().filter(|cache| cache.writes) else { return };
        let Some(token) = &stored.token else { return };
        if let Err(error) = cache.remove(token.login.clone(), token.obtained_at).await {
            tracing::warn!(session = %self.session, %error, "the token cache has a login that is over");
        }
    }

    /// A refresh token that was taken from the cache is used only as long as the others hear of it.
    pub(in crate::aws::portal_login) fn without_theirs(&self, mut stored: Stored) -> Stored {
        let is_theirs = stored.registration.as_ref().is_some_and(|known| known.purpose == PURPOSE);
        let is_told = self.token_cache.as_ref().is_some_and(|cache| cache.writes);
        if is_theirs && !is_told {
            stored.token.iter_mut().for_each(|token| token.refresh_token = None);
        }
        stored
    }

    /// What the cache has of this portal, unless the portal has refused it.
    async fn theirs(&self, cache: &SsoTokenCache, now: SystemTime) -> Option<Stored> {
        match cache.read(now).await {
            Ok(theirs) => theirs.filter(|theirs| {
                let is_here =
                    theirs.start_url == self.start_url && theirs.region == self.sso.region().as_str();
                is_here && theirs.token.as_ref().is_some_and(|token| !self.is_refused(&token.login))
            }),
            Err(error) => {
                tracing::warn!(session = %self.session, %error, "the token cache is not used");
                None
            }
        }
    }
}

fn is_same(theirs: &Stored, ours: &Stored) -> bool {
    match (&theirs.token, &ours.token) {
        (Some(theirs), Some(ours)) => theirs.login.is_same(&ours.login),
        _ => false,
    }
}
