//! `GetRoleCredentials`: a person's login into credentials of an assigned role (Leapp's "IAM Single Sign-On").

use std::time::{Duration, UNIX_EPOCH};

use async_trait::async_trait;
use aws_sdk_sso::types::RoleCredentials;

use super::answers::taken;
use super::refusal;
use super::sso::Sso;
use super::sts::unlogged;
use crate::{
    AccessKeyId, AccountId, Error, ErrorKind, IssueRequest, Issued, Pace, Principal, Refresh,
    SessionCredentials, SessionId, SessionKind, SessionProvider,
};

const ACTION: &str = "GetRoleCredentials";

/// Temporary credentials of a role that a person has in an account, for as long as the permission set says.
///
/// The source is a [`PortalLogin`](super::PortalLogin) session. Calls of one login come at most ten a second, of however
/// many sessions, and of all processes that share a [`Coordinator`](crate::Coordinator). Never kept in the vault.
///
/// The portal does not name the role session, so the issue metadata have no ARN.
///
/// See [GetRoleCredentials](https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html).
#[derive(Clone, Debug)]
pub struct GetRoleCredentials {
    sso: Sso,
    source: SessionId,
    account_id: AccountId,
    role_name: String,
    pace: Pace,
}

impl GetRoleCredentials {
    /// The credentials of a role, which is a permission set's name, in an account.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when the role's name has not 1 to 64 characters of letters, digits and `+=,.@-_`.
    pub fn new(sso: Sso, source: SessionId, account_id: AccountId, role_name: &str) -> Result<Self, Error> {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || "+=,.@-_".contains(c);
        if !(1..=64).contains(&role_name.len()) || !role_name.chars().all(is_allowed) {
            let shown: String = role_name.chars().take(80).collect();
            let message =
                format!("role name {shown:?} has not 1 to 64 characters of letters, digits and `+=,.@-_`");
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        let (role_name, pace) = (role_name.to_owned(), sso.pace(&source)?);
        Ok(Self { sso, source, account_id, role_name, pace })
    }
}

#[async_trait]
impl SessionProvider for GetRoleCredentials {
    fn source(&self) -> Option<&SessionId> {
        Some(&self.source)
    }

    fn kind(&self) -> SessionKind {
        SessionKind::new("IAM Single Sign-On", Principal::Role, Refresh::Rotate)
    }

    fn pace(&self) -> Option<&Pace> {
        Some(&self.pace)
    }

    async fn issue(&self, request: &IssueRequest<'_>) -> Result<Issued, Error> {
        let session = request.session;
        let Some(login) = request.source.and_then(|source| source.grant.login()) else {
            let message =
                format!("session `{session}` needs a login, which its source `{}` is not", self.source);
            return Err(Error::new(ErrorKind::InvalidInput, message));
        };
        let portal = self.sso.portal(request.now);
        let call = portal
            .get_role_credentials()
            .account_id(self.account_id.as_str())
            .role_name(&self.role_name)
            .access_token(login.access_token().expose());
        let answer =
            unlogged(call.send()).await.map_err(|failure| refusal::error(ACTION, session, &failure))?;
        credentials(session, answer.role_credentials).map(Issued::Credentials)
    }
}

/// Reads the credentials of an answer.
fn credentials(session: &SessionId, answer: Option<RoleCredentials>) -> Result<SessionCredentials, Error> {
    let broken = |what: &str| {
        Error::new(ErrorKind::Service, format!("{ACTION} for session `{session}` was answered {what}"))
    };
    let Some(answer) = answer else { return Err(broken("without credentials")) };
    let RoleCredentials { access_key_id, secret_access_key, session_token, expiration, .. } = answer;
    let [secret, token] = [secret_access_key, session_token].map(|text| taken(text.unwrap_or_default()));
    let milliseconds = u64::try_from(expiration).ok().filter(|milliseconds| *milliseconds > 0);
    let expiration =
        milliseconds.and_then(|milliseconds| UNIX_EPOCH.checked_add(Duration::from_millis(milliseconds)));
    let expiration = expiration.ok_or_else(|| broken("with an impossible expiration"))?;
    AccessKeyId::parse(access_key_id.unwrap_or_default().trim())
        .and_then(|id| SessionCredentials::new(id, secret, token, expiration))
        .map_err(|source| broken("with credentials that cannot be").with_source(source))
}
