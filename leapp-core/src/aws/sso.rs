//! Where IAM Identity Center is, and how its portal and its token service are called.

use std::fmt;
use std::time::{Duration, SystemTime};

use aws_sdk_ssooidc::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use aws_smithy_async::time::StaticTimeSource;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;

use super::portal_login::digest_key;
use super::{EndpointSettings, Service};
use crate::{Error, ErrorKind, Pace, Region, SessionId};

/// Time to reach the service.
const CONNECT: Duration = Duration::from_secs(5);
/// Time for the whole call.
const CALL: Duration = Duration::from_secs(20);

/// Half of the 20 calls a second that
/// [IAM Identity Center allows](https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html): the other half is for
/// what else a person has open.
const SPACING: Duration = Duration::from_millis(100);

/// IAM Identity Center in one Region: its access portal, and the service that signs clients in (SSO-OIDC).
///
/// Clones share the HTTP client and its connections. The Region is the instance's, which may be another than that of
/// the accounts behind it. See [endpoints](https://docs.aws.amazon.com/general/latest/gr/sso.html).
///
/// ```
/// use leapp_core::Region;
/// use leapp_core::aws::Sso;
///
/// # #[cfg(feature = "default-https-client")]
/// let sso = Sso::new(Region::parse("eu-west-1")?);
/// # Ok::<(), leapp_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Sso {
    portal: aws_sdk_sso::config::Builder,
    oidc: aws_sdk_ssooidc::config::Builder,
    region: Region,
    portal_endpoint_url: Option<String>,
    oidc_endpoint_url: Option<String>,
    is_fips: bool,
    is_dual_stack: bool,
}

impl Sso {
    /// The Region's endpoints, over the SDK's own HTTPS client.
    #[cfg(feature = "default-https-client")]
    pub fn new(region: Region) -> Self {
        let config = SdkConfig::builder()
            .region(aws_types::region::Region::new(region.to_string()))
            .http_client(super::https::client())
            .build();
        Self::over(&config, region)
    }

    /// As a host's own SDK configuration says: its HTTP client, Region, endpoint, FIPS and dual-stack settings.
    ///
    /// Its credentials, retries and time-outs are not used: nothing is signed, and the engine retries and times out by
    /// its own rules.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it names no Region or has no HTTP client.
    pub fn from_sdk_config(config: &SdkConfig) -> Result<Self, Error> {
        let missing = |what: &str| {
            let message = format!("the SDK configuration for IAM Identity Center {what}");
            Error::new(ErrorKind::InvalidInput, message)
        };
        let region = config.region().ok_or_else(|| missing("names no Region"))?;
        config.http_client().ok_or_else(|| missing("has no HTTP client"))?;
        Ok(Self::over(config, Region::parse(region.as_ref())?))
    }

    /// Another endpoint of the portal than the Region's: a proxy, a fake.
    #[must_use]
    pub fn with_portal_endpoint_url(self, endpoint_url: impl Into<String>) -> Self {
        let endpoint_url = endpoint_url.into();
        let portal = self.portal.endpoint_url(&endpoint_url);
        Self { portal, portal_endpoint_url: Some(endpoint_url), ..self }
    }

    /// Another endpoint of SSO-OIDC than the Region's. The page on which a person logs in is there too.
    #[must_use]
    pub fn with_oidc_endpoint_url(self, endpoint_url: impl Into<String>) -> Self {
        let endpoint_url = endpoint_url.into();
        let oidc = self.oidc.endpoint_url(&endpoint_url);
        Self { oidc, oidc_endpoint_url: Some(endpoint_url), ..self }
    }

    /// The endpoints whose cryptography is validated for FIPS 140.
    #[must_use]
    pub fn with_fips(self) -> Self {
        Self { portal: self.portal.use_fips(true), oidc: self.oidc.use_fips(true), is_fips: true, ..self }
    }

    /// The endpoints that answer over IPv6 as well.
    #[must_use]
    pub fn with_dual_stack(self) -> Self {
        let (portal, oidc) = (self.portal.use_dual_stack(true), self.oidc.use_dual_stack(true));
        Self { portal, oidc, is_dual_stack: true, ..self }
    }

    /// What the environment and a profile say of the endpoints of IAM Identity Center.
    #[must_use]
    pub fn with_endpoint_settings(mut self, settings: &EndpointSettings) -> Self {
        if settings.uses_fips() == Some(true) {
            self = self.with_fips();
        }
        if settings.uses_dual_stack() == Some(true) {
            self = self.with_dual_stack();
        }
        if let Some(url) = settings.endpoint_url(Service::Sso) {
            self = self.with_portal_endpoint_url(url);
        }
        match settings.endpoint_url(Service::SsoOidc) {
            Some(url) => self.with_oidc_endpoint_url(url),
            None => self,
        }
    }

    /// The Region of the instance.
    pub fn region(&self) -> &Region {
        &self.region
    }

    fn over(config: &SdkConfig, region: Region) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .operation_attempt_timeout(CALL)
            .operation_timeout(CALL)
            .build();
        let endpoint_url = config.endpoint_url().map(str::to_owned);
        Self {
            portal: aws_sdk_sso::config::Builder::from(config)
                .behavior_version(aws_sdk_sso::config::BehaviorVersion::v2026_01_12())
                // One attempt is one call: a retry inside it would be unseen by the engine's own limits.
                .retry_config(RetryConfig::disabled())
                .timeout_config(timeouts.clone()),
            oidc: aws_sdk_ssooidc::config::Builder::from(config)
                .behavior_version(aws_sdk_ssooidc::config::BehaviorVersion::v2026_01_12())
                .retry_config(RetryConfig::disabled())
                .timeout_config(timeouts),
            region,
            portal_endpoint_url: endpoint_url.clone(),
            oidc_endpoint_url: endpoint_url,
            is_fips: config.use_fips() == Some(true),
            is_dual_stack: config.use_dual_stack() == Some(true),
        }
    }

    /// The portal, for one attempt.
    pub(super) fn portal(&self, now: SystemTime) -> aws_sdk_sso::Client {
        let config = self.portal.clone().time_source(StaticTimeSource::new(now));
        aws_sdk_sso::Client::from_conf(config.build())
    }

    /// SSO-OIDC, for one attempt.
    pub(super) fn oidc(&self, now: SystemTime) -> aws_sdk_ssooidc::Client {
        let config = self.oidc.clone().time_source(StaticTimeSource::new(now));
        aws_sdk_ssooidc::Client::from_conf(config.build())
    }

    /// The pace of the portal's calls with one login, whatever they are for.
    pub(super) fn pace(&self, login: &SessionId) -> Result<Pace, Error> {
        let [region, endpoint_url, _] = self.place();
        let key = digest_key("portal-calls", &[login.as_str(), region, endpoint_url])?;
        Ok(Pace::new(key, SPACING))
    }

    /// Where a person's browser asks for an authorization code.
    pub(super) async fn authorize_url(&self) -> Result<String, Error> {
        let failed = |source| {
            let message = format!("no endpoint of SSO-OIDC is known in Region `{}`", self.region);
            Error::new(ErrorKind::InvalidInput, message).with_source(source)
        };
        let params = Params::builder()
            .region(self.region.as_str())
            .use_fips(self.is_fips)
            .use_dual_stack(self.is_dual_stack)
            .set_endpoint(self.oidc_endpoint_url.clone())
            .build()
            .map_err(|error| failed(error.into()))?;
        let endpoint = DefaultResolver::new().resolve_endpoint(&params).await.map_err(failed)?;
        Ok(format!("{}/authorize", endpoint.url().trim_end_matches('/')))
    }

    /// What tells this one from another.
    pub(super) fn place(&self) -> [&str; 3] {
        [
            self.region.as_str(),
            self.portal_endpoint_url.as_deref().unwrap_or_default(),
            self.oidc_endpoint_url.as_deref().unwrap_or_default(),
        ]
    }
}

impl fmt::Debug for Sso {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sso")
            .field("region", &self.region)
            .field("portal_endpoint_url", &self.portal_endpoint_url)
            .field("oidc_endpoint_url", &self.oidc_endpoint_url)
            .finish_non_exhaustive()
    }
}
