//! A person's login at an access portal: kept in the vault, renewed without a person while that is possible.

mod assigned_roles;
mod authorization_code;
mod callback;
mod device_code;
mod flow;
mod hop;
mod host;
mod keeping;
mod log_in;
mod oidc;
mod record;
mod renewal;
mod responder;
mod start_url;
mod token_cache;

use std::sync::Arc;

use async_trait::async_trait;
use sha2::{Digest, Sha256};

pub use self::assigned_roles::{AssignedRole, PortalAccount};
pub use self::flow::{LoginFlow, Surroundings};
pub use self::host::{LoginHost, LoginPage, LoginPrompt};
use self::keeping::Shared;
use self::oidc::Refused;
use self::renewal::AnyVault;
pub use self::responder::LoginResponder;
pub use self::start_url::StartUrl;
pub use self::token_cache::SsoTokenCache;
use super::Sso;
use crate::{
    Answer, Challenge, Error, ErrorKind, Grant, IssueRequest, Issued, LeaseKey, Principal, Question, Refresh,
    SessionId, SessionKind, SessionProvider,
};

/// The scope with which the portal gives out accounts, roles and credentials, and SSO-OIDC refresh tokens.
const SCOPE: &str = "sso:account:access";

/// A login at the access portal of IAM Identity Center: the source of any number of
/// [`GetRoleCredentials`](super::GetRoleCredentials) sessions. Clones are one login.
///
/// Roles can be had from it whether or not it is started itself, as from any source. As a session it takes the login that the vault holds under its name, renews it while it has a refresh token, and asks
/// [`Question::Login`] when only a person can go on; it never opens a browser itself. [`log_in`](Self::log_in) answers the
/// question, and so does a [`LoginResponder`]. With a [`Coordinator`](crate::Coordinator) one process logs in or renews, and the others find what it
/// obtained in the vault.
///
/// The login outlives its session: [`Leapp::remove`](crate::Leapp::remove) leaves it in the vault, and the person signed in.
/// [`log_out`](Self::log_out) first to end it.
///
/// See [CreateToken](https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html).
///
/// ```
/// use leapp_core::aws::{GetRoleCredentials, PortalLogin, Sso};
/// use leapp_core::{AccountId, Leapp, Session, SessionId};
///
/// # async fn program(leapp: Leapp, sso: Sso) -> Result<(), leapp_core::Error> {
/// let company = SessionId::parse("company")?;
/// let portal = PortalLogin::new(sso.clone(), company.clone(), "https://d-1234567890.awsapps.com/start")?;
/// let role = GetRoleCredentials::new(sso, company.clone(), AccountId::parse("111122223333")?, "ReadOnly")?;
/// leapp.add(Session::new(company, portal)).await?;
/// leapp.add(Session::new(SessionId::parse("dev")?, role)).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PortalLogin {
    sso: Sso,
    session: SessionId,
    start_url: String,
    client_name: String,
    lease_key: LeaseKey,
    token_cache: Option<SsoTokenCache>,
    shared: Arc<Shared>,
}

impl PortalLogin {
    /// A login under this session's name, at the portal with this start URL, which is used as it is given: a company's own
    /// address has to be followed to AWS's before, as by `StartUrl::parse(address)?.resolve().await?.as_str()`
    /// ([`StartUrl::resolve_with`] does it with a host's own HTTP client). SSO-OIDC refuses any other.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when the start URL is not an HTTPS address.
    pub fn new(sso: Sso, session: SessionId, start_url: &str) -> Result<Self, Error> {
        let start_url = StartUrl::parse(start_url)?.as_str().to_owned();
        // As the vault names the item that the lease guards: an edited definition is still its rival.
        let lease_key = digest_key("portal-login", &[session.as_str()])?;
        let shared = Arc::default();
        let client_name = "leapp".to_owned();
        Ok(Self { sso, session, start_url, client_name, lease_key, token_cache: None, shared })
    }

    /// Names the client that asks to be let in; the person reads it on the portal's page.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it is empty, longer than 256 bytes or holds a control character.
    pub fn with_client_name(self, client_name: &str) -> Result<Self, Error> {
        if !(1..=256).contains(&client_name.len()) || client_name.chars().any(char::is_control) {
            let message = format!("client name {client_name:?} has not 1 to 256 bytes of one line");
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        Ok(Self { client_name: client_name.to_owned(), ..self })
    }

    /// The session under whose name the vault holds the login.
    pub fn session(&self) -> &SessionId {
        &self.session
    }

    /// The portal's start URL.
    pub fn start_url(&self) -> &str {
        &self.start_url
    }

    fn question(&self, session: &SessionId) -> Challenge {
        let (start_url, region) = (self.start_url.clone(), self.sso.region().clone());
        Challenge::new(session.clone(), Question::Login { start_url, region })
    }
}

#[async_trait]
impl SessionProvider for PortalLogin {
    fn kind(&self) -> SessionKind {
        SessionKind::new("IAM Single Sign-On portal", Principal::Person, Refresh::Reuse)
    }

    async fn issue(&self, request: &IssueRequest<'_>) -> Result<Issued, Error> {
        let IssueRequest { session, now, vault, .. } = *request;
        let rejected = request.rejected.and_then(Grant::login);
        self.note_refused(rejected);
        let stored = self.stored(vault).await?;
        let is_stored = self.is_stored();
        // Once, whoever shares the login is looked after: a process before this one may have been killed.
        let has_looked = self.has_looked_after_others();
        if let Some(login) = stored.fresh(now, rejected).filter(|_| is_stored && has_looked) {
            return Ok(Issued::Reused(login.clone().into()));
        }
        if matches!(request.answer, Some(Answer::LoggedIn)) {
            let message = format!(
                "the vault holds no login for session `{session}`, though somebody is said to have logged in"
            );
            return Err(Error::new(ErrorKind::NotFound, message));
        }
        let has_nothing = stored.renewable(now).is_none() && rejected.is_none() && is_stored;
        if has_nothing && !self.others_have_one(now).await {
            return Ok(Issued::Challenge(self.question(session)));
        }
        let lease = self.lease(request.coordinator).await?;
        // Whoever held the lease before may have renewed it.
        let stored = self.stored_last(vault, now).await?;
        if let Some(login) = stored.fresh(now, rejected) {
            return Ok(Issued::Reused(login.clone().into()));
        }
        if request.renewal_is_no_help {
            self.drop_rejected(vault, stored, rejected).await?;
            return Ok(Issued::Challenge(self.question(session)));
        }
        let vault = request.shared_vault.map_or(AnyVault::Lent(vault), AnyVault::Shared);
        let (renewed, _lease) = self.renew(vault, lease, stored, now, rejected).await?;
        Ok(match renewed {
            Some(login) => Issued::Login(login),
            None => Issued::Challenge(self.question(session)),
        })
    }
}

/// A login while its page is shown: a prompt that takes its time, or waits for its browser to be closed, keeps nobody waiting.
async fn beside<T>(
    showing: impl Future<Output = Result<(), Error>>,
    login: impl Future<Output = Result<T, Refused>>,
) -> Result<T, Refused> {
    let mut login = std::pin::pin!(login);
    tokio::select! {
        biased;
        shown = showing => shown?,
        outcome = &mut login => return outcome,
    }
    login.await
}

/// A key that says what it is for, and no more of whom than a digest does.
pub(super) fn digest_key(purpose: &str, inputs: &[&str]) -> Result<LeaseKey, Error> {
    let mut digest = Sha256::new();
    for input in inputs {
        digest.update(input.len().to_le_bytes());
        digest.update(input);
    }
    LeaseKey::parse(&format!("{purpose}-{}", &data_encoding::HEXLOWER.encode(&digest.finalize())[..32]))
}
