//! The console, for whoever has a session: the address that signs a browser in.

mod request;
mod sign_in;

use std::fmt;

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::SdkConfig;
use zeroize::Zeroizing;

pub use self::sign_in::ConsoleSignIn;
use super::{EndpointSettings, Partition, Service};
use crate::{Error, ErrorKind, Leapp, Principal, Region, Secret, SessionCredentials, SessionId};

const PATH: &str = "/federation";

/// AWS's sign-in federation endpoint in one Region: makes the address with which a browser enters the console.
///
/// The credentials travel in the body of a POST, never in an address, and the address that comes of it holds a token that
/// is good for 15 minutes and for one thing.
///
/// See [Custom identity broker access](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html).
///
/// ```no_run
/// # async fn example(leapp: leapp_core::Leapp, prod: leapp_core::SessionId) -> Result<(), leapp_core::Error> {
/// use leapp_core::Region;
/// use leapp_core::aws::{Console, ConsoleSignIn};
/// use std::time::Duration;
///
/// # #[cfg(feature = "default-https-client")] {
/// let console = Console::new(Region::parse("eu-west-1")?);
/// let twelve_hours = ConsoleSignIn::new().with_session_duration(Duration::from_secs(12 * 3600))?;
/// let url = console.sign_in_url(&leapp, &prod, &twelve_hours).await?;
/// open_in_a_browser(url.expose());
/// # }
/// # Ok(())
/// # }
/// # fn open_in_a_browser(_: &str) {}
/// ```
#[derive(Clone)]
pub struct Console {
    http: SharedHttpClient,
    region: Region,
    endpoint_url: Option<String>,
}

impl Console {
    /// The Region's sign-in host, over the SDK's own HTTPS client.
    #[cfg(feature = "default-https-client")]
    pub fn new(region: Region) -> Self {
        Self { http: super::https::client(), region, endpoint_url: None }
    }

    /// With the HTTP client and the Region of a host's own SDK configuration.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it names no Region or has no HTTP client.
    pub fn from_sdk_config(config: &SdkConfig) -> Result<Self, Error> {
        let missing = |what: &str| {
            Error::new(ErrorKind::InvalidInput, format!("the SDK configuration for sign-in has no {what}"))
        };
        let region = config.region().ok_or_else(|| missing("Region"))?;
        let http = config.http_client().ok_or_else(|| missing("HTTP client"))?;
        Ok(Self { http, region: Region::parse(region.as_ref())?, endpoint_url: None })
    }

    /// Another address than the Region's sign-in host: a proxy, a fake.
    #[must_use]
    pub fn with_endpoint_url(self, endpoint_url: impl Into<String>) -> Self {
        Self { endpoint_url: Some(endpoint_url.into()), ..self }
    }

    /// What the environment and a profile say of sign-in's endpoint. It has none for FIPS or dual-stack.
    #[must_use]
    pub fn with_endpoint_settings(self, settings: &EndpointSettings) -> Self {
        match settings.endpoint_url(Service::Signin) {
            Some(url) => self.with_endpoint_url(url),
            None => self,
        }
    }

    /// The address that signs a browser in as a started session. Whoever has it, has the console: it is a secret.
    ///
    /// # Errors
    /// As [`sign_in_url_of`](Self::sign_in_url_of), and what the session's credentials fail with.
    pub async fn sign_in_url(
        &self,
        leapp: &Leapp,
        session: &SessionId,
        sign_in: &ConsoleSignIn,
    ) -> Result<Secret, Error> {
        let principal = leapp.status(session).await?.kind.principal;
        let set = leapp.credentials(session)?.current().await?;
        self.sign_in_url_of(&set, principal, sign_in).await
    }

    /// The address that signs a browser in with these credentials, whose they are being known.
    ///
    /// # Errors
    /// Before any call:
    /// - [`ErrorKind::Unsupported`] for an IAM user's session: the console takes a role's, or a federation token; also in a
    ///   partition whose sign-in host AWS does not publish;
    /// - [`ErrorKind::InvalidInput`] when a duration is asked for with a federation token, or with a role that was assumed
    ///   with temporary credentials: both have their own.
    ///
    /// From the call: [`ErrorKind::AccessDenied`] when sign-in does not accept the credentials;
    /// [`ErrorKind::Throttled`], [`ErrorKind::Unreachable`] and [`ErrorKind::Service`].
    pub async fn sign_in_url_of(
        &self,
        set: &SessionCredentials,
        principal: Principal,
        sign_in: &ConsoleSignIn,
    ) -> Result<Secret, Error> {
        sign_in.check(set, principal)?;
        let endpoint = self.endpoint()?;
        let token = request::signin_token(&self.http, &endpoint, set, sign_in.session_duration()).await?;
        let destination = match sign_in.destination() {
            Some(url) => url.to_owned(),
            None => self.partition().console_url(&self.region)?,
        };
        Ok(login_url(&endpoint, &token, &destination, sign_in.issuer()))
    }

    fn endpoint(&self) -> Result<String, Error> {
        match &self.endpoint_url {
            Some(url) => Ok(url.trim_end_matches('/').to_owned()),
            None => Ok(format!("https://{}", self.partition().sign_in_host(&self.region)?)),
        }
    }

    fn partition(&self) -> Partition {
        Partition::of_region(&self.region)
    }
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { http: _, region, endpoint_url } = self;
        f.debug_struct("Console")
            .field("region", region)
            .field("endpoint_url", endpoint_url)
            .finish_non_exhaustive()
    }
}

fn login_url(endpoint: &str, token: &Secret, destination: &str, issuer: Option<&str>) -> Secret {
    let values = [destination.len(), token.expose().len(), issuer.map_or(0, str::len)];
    // Encoded, a byte takes three at most; at full size at once, no half-grown copy is left behind.
    let size = endpoint.len() + 3 * values.iter().sum::<usize>() + 64;
    let mut url = Zeroizing::new(String::with_capacity(size));
    url.push_str(endpoint);
    url.push_str(PATH);
    url.push_str("?Action=login");
    if let Some(issuer) = issuer {
        request::push(&mut url, "&Issuer=", issuer);
    }
    request::push(&mut url, "&Destination=", destination);
    request::push(&mut url, "&SigninToken=", token.expose());
    Secret::from(url)
}
