//! A person's login at a SAML identity provider, shared by the roles that it offers.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use super::SamlResponse;
use super::saml::sign_in::partition_of;
use super::saml::{LoginPage, MOST_KEPT};
use crate::{
    Answer, Challenge, Error, ErrorKind, IssueRequest, Issued, Principal, Refresh, Region, SamlAssertion,
    SessionId, SessionKind, SessionProvider,
};

/// A response that looks ended already, by a clock that may be wrong, is given to STS all the same: it decides.
const LEAST: Duration = Duration::from_secs(60);

/// A login at a SAML identity provider: the source of any number of
/// [`AssumeRoleWithSaml`](super::AssumeRoleWithSaml) sessions.
///
/// A person logs in once for all roles that are started within some five minutes, for as long as AWS takes the response. When
/// one of the roles needs another login later, the other started ones obtain their next set with it too.
///
/// The login is a [`Question::SamlAssertion`](crate::Question::SamlAssertion). What answers it stays in memory until its end, and
/// is never kept in the vault.
///
/// See [AssumeRoleWithSAML](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html).
///
/// ```
/// # #[cfg(feature = "default-https-client")] {
/// use leapp_core::aws::{AssumeRoleWithSaml, IdentityProviderLogin, Sts};
/// use leapp_core::{Region, RoleArn, Session, SessionId};
///
/// let region = Region::parse("eu-west-1")?;
/// let corp = SessionId::parse("corp")?;
/// let login = IdentityProviderLogin::new(region.clone(), "https://idp.example.com/aws");
/// let mut sessions = vec![Session::new(corp.clone(), login)];
/// for name in ["Dev", "Ops"] {
///     let role = RoleArn::parse(&format!("arn:aws:iam::111122223333:role/{name}"))?;
///     let provider = AssumeRoleWithSaml::from_login(Sts::new(region.clone()), corp.clone()).with_role(role);
///     sessions.push(Session::new(SessionId::parse(name)?, provider));
/// }
/// # assert_eq!(sessions.len(), 3);
/// # }
/// # Ok::<(), leapp_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct IdentityProviderLogin {
    region: Region,
    page: LoginPage,
}

impl IdentityProviderLogin {
    /// A login at this page of the identity provider, for roles that are assumed in this Region.
    pub fn new(region: Region, login_url: impl Into<String>) -> Self {
        Self { region, page: LoginPage::new(login_url.into()) }
    }

    /// Adds a page of AWS to which the identity provider posts, beside the global one and the Region's: another Region's,
    /// or with encrypted assertions the one that ends in `/acs/` and the SAML provider's id.
    #[must_use]
    pub fn with_sign_in_url(self, sign_in_url: impl Into<String>) -> Self {
        Self { page: self.page.with_sign_in_url(sign_in_url.into()), ..self }
    }
}

#[async_trait]
impl SessionProvider for IdentityProviderLogin {
    fn kind(&self) -> SessionKind {
        SessionKind::new("SAML identity provider", Principal::Person, Refresh::OnDemand)
    }

    async fn issue(&self, request: &IssueRequest<'_>) -> Result<Issued, Error> {
        if let Some(Answer::SamlAssertion(assertion)) = request.answer {
            return vouched(request.session, assertion, request.now);
        }
        let question = self.page.question(partition_of(&self.region), &self.region);
        Ok(Issued::Challenge(Challenge::new(request.session.clone(), question)))
    }
}

fn vouched(session: &SessionId, assertion: &SamlAssertion, now: SystemTime) -> Result<Issued, Error> {
    let about = |error: Error| {
        let message = format!("the login for session `{session}` came to nothing");
        Error::new(error.kind(), message).with_source(error)
    };
    let end = match SamlResponse::parse(assertion) {
        Ok(response) => {
            response.check_at(now).map_err(about)?;
            response.not_on_or_after()
        }
        // Only AWS can read it: when it ends, and what it offers.
        Err(error) if error.kind() == ErrorKind::Unsupported => now + MOST_KEPT,
        Err(error) => return Err(about(error)),
    };
    let expiration = end.clamp(now + LEAST, now + MOST_KEPT);
    Ok(Issued::Assertion { assertion: assertion.clone(), expiration })
}
