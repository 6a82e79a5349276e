//! Logging in and out, under the lease: of all who want to, one does, and the others find what it obtained.

use std::time::SystemTime;

use super::keeping::Held;
use super::oidc::{self, Refused};
use super::record::{Registration, Stored, Token};
use super::renewal::AnyVault;
use super::{LoginFlow, LoginHost, LoginPage, PortalLogin, authorization_code, device_code};
use crate::aws::refusal;
use crate::aws::sts::unlogged;
use crate::{Error, ErrorKind, Login, Secret};

impl PortalLogin {
    /// Has a person log in, and puts the login into the vault; takes the one that is there, while it lasts or can be renewed.
    ///
    /// Dropping the future ends the login and leaves nothing behind but the client's registration.
    ///
    /// # Errors
    /// [`ErrorKind::AccessDenied`] when the person declined; [`ErrorKind::Expired`] when nobody confirmed in time;
    /// [`ErrorKind::Busy`] when the port to listen on is taken; [`ErrorKind::Unreachable`], [`ErrorKind::Throttled`] and
    /// [`ErrorKind::PortalDown`] when the login could not begin; and what the vault or the prompt says.
    pub async fn log_in(&self, host: &LoginHost) -> Result<Login, Error> {
        let (login, _lease) = self.current(host, None).await?;
        if let Some(login) = login {
            return Ok(login);
        }
        let stored = self.stored(&*host.vault).await?;
        let outcome = match self.ask(host, &stored).await {
            // The registration was kept for months, and may have been given up meanwhile.
            Err(refused) if refused.is_of_client() && stored.registration.is_some() => {
                let stored = Stored { registration: None, ..stored.clone() };
                self.store(&*host.vault, &stored).await?;
                self.ask(host, &stored).await
            }
            outcome => outcome,
        };
        // To a client that it does not know any more, the page of a browser's login says nothing: it tells the person.
        let may_be_unknown =
            |refused: &Refused| refused.error.kind() == ErrorKind::Expired && stored.registration.is_some();
        if outcome.as_ref().is_err_and(may_be_unknown) {
            self.store(&*host.vault, &Stored { registration: None, ..stored.clone() }).await?;
        }
        let (registration, token) = outcome.map_err(|refused| refused.error)?;
        let login = token.login.clone();
        let stored = Stored { registration: Some(registration), token: Some(token), ..stored };
        self.store(&*host.vault, &stored).await?;
        self.tell_others(&stored).await;
        Ok(login)
    }

    /// The login there is, or its renewal; none when only a person can go on. And the lease, for whoever does.
    pub(super) async fn current(
        &self,
        host: &LoginHost,
        rejected: Option<&Login>,
    ) -> Result<(Option<Login>, Held), Error> {
        let lease = self.lease(Some(&*host.coordinator)).await?;
        let now = host.clock.now();
        self.note_refused(rejected);
        let stored = self.stored_last(&*host.vault, now).await?;
        if let Some(login) = stored.fresh(now, rejected) {
            return Ok((Some(login.clone()), lease));
        }
        self.renew(AnyVault::Shared(&host.vault), lease, stored, now, rejected).await
    }

    /// Ends the login at the portal, with all of its tokens, and takes it out of the vault. What others obtained with it stays
    /// valid until it expires.
    ///
    /// A login that stands in a [token cache](PortalLogin::with_token_cache) ends for whoever else uses that cache, too, whoever
    /// made it. A login that the portal does not know any more is out as well. One whose access token has ended is renewed first, since
    /// the portal knows it by its access token, and its refresh token would go on being good.
    ///
    /// # Errors
    /// What the vault says, and then nothing has happened; what the portal says, and then the login is out of the vault, but
    /// its token is good until it expires.
    pub async fn log_out(&self, host: &LoginHost) -> Result<(), Error> {
        let lease = self.lease(Some(&*host.coordinator)).await?;
        let now = host.clock.now();
        let stored = self.stored_here(&*host.vault).await?;
        let has_ended = |token: &Token| token.login.expiration() <= now;
        let is_renewed_first =
            stored.renewable(now).is_some() && stored.token.as_ref().is_some_and(has_ended);
        let (stored, _lease, failure) = if is_renewed_first {
            let (outcome, lease) = self.refresh(Some(host.vault.clone()), lease, stored.clone(), now).await?;
            match outcome {
                Ok(renewed) => (renewed, lease, None),
                Err(refused) => (stored, lease, Some(refused).filter(|refused| !refused.is_final())),
            }
        } else {
            (stored, lease, None)
        };
        let Some(token) = stored.token.clone() else { return Ok(()) };
        self.store(&*host.vault, &Stored { token: None, ..stored.clone() }).await?;
        self.note_refused(Some(&token.login));
        self.forget_in_cache(&stored).await;
        if let Some(refused) = failure {
            return Err(refused.error);
        }
        if self.end(&token.login, now).await? || is_renewed_first {
            return Ok(());
        }
        // By a clock that is behind it looked good still; its refresh token is.
        match self.refreshed(stored, now).await {
            Ok(Stored { token: Some(token), .. }) => self.end(&token.login, now).await.map(drop),
            Err(refused) if !refused.is_final() => Err(refused.error),
            _ => Ok(()),
        }
    }

    /// Ends it at the portal; false when the portal does not know it any more.
    async fn end(&self, login: &Login, now: SystemTime) -> Result<bool, Error> {
        let portal = self.sso.portal(now);
        let call = portal.logout().access_token(login.access_token().expose());
        match unlogged(call.send()).await.map_err(|failure| refusal::error("Logout", &self.session, &failure))
        {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == ErrorKind::Expired => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn ask(&self, host: &LoginHost, stored: &Stored) -> Result<(Registration, Token), Refused> {
        let registration = self.registration(host, stored).await?;
        let token = match host.flow {
            LoginFlow::AuthorizationCode { port } => {
                authorization_code::obtain(self, host, &registration, port).await?
            }
            LoginFlow::DeviceCode => device_code::obtain(self, host, &registration).await?,
        };
        Ok((registration, token))
    }

    /// The registration that is kept, or a new one, which is kept before it is used.
    async fn registration(&self, host: &LoginHost, stored: &Stored) -> Result<Registration, Refused> {
        let now = host.clock.now();
        let is_good = |kept: &&Registration| kept.purpose == oidc::purpose(host.flow) && kept.lasts(now);
        if let Some(kept) = stored.registration.as_ref().filter(is_good) {
            return Ok(kept.clone());
        }
        let Self { sso, session, client_name, start_url, .. } = self;
        let registration = oidc::register(sso, session, client_name, start_url, host.flow, now).await?;
        let stored = Stored { registration: Some(registration.clone()), ..stored.clone() };
        self.store(&*host.vault, &stored).await?;
        Ok(registration)
    }

    pub(super) fn page(&self, host: &LoginHost, url: Secret, user_code: Option<String>) -> LoginPage {
        LoginPage {
            session: self.session.clone(),
            start_url: self.start_url.clone(),
            region: self.sso.region().clone(),
            user_code,
            expiration: host.clock.now(),
            url,
        }
    }

    pub(super) fn declined(&self) -> Error {
        let message = format!("the login for session `{}` was declined", self.session);
        Error::new(ErrorKind::AccessDenied, message)
    }

    pub(super) fn not_in_time(&self) -> Error {
        let message = format!("nobody confirmed the login for session `{}` in time", self.session);
        Error::new(ErrorKind::Expired, message)
    }
}
