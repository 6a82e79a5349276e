//! Where STS is, and how it is called.

use std::fmt;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_sts::Client;
use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::timeout::TimeoutConfig;
use aws_sdk_sts::config::{Builder, IdentityCache};
use aws_smithy_async::time::StaticTimeSource;
use aws_types::SdkConfig;
use tracing::Dispatch;
use tracing::instrument::WithSubscriber;

use super::{EndpointSettings, Partition, Service};
use crate::{AccessKey, Error, ErrorKind, Region, SessionCredentials};

/// Time to reach the service.
const CONNECT: Duration = Duration::from_secs(5);
/// Time for the whole call: STS answers within a second, and a busy one says so.
const CALL: Duration = Duration::from_secs(20);
/// What the SDK calls the Region of the global endpoint.
const GLOBAL: &str = "aws-global";

/// The AWS Security Token Service of one Region or endpoint.
///
/// Clones share the HTTP client and its connections. See
/// [STS Regions and endpoints](https://docs.aws.amazon.com/general/latest/gr/sts.html).
#[derive(Clone)]
pub struct Sts {
    base: Builder,
    region: Region,
    endpoint_url: Option<String>,
    is_fips: bool,
    is_dual_stack: bool,
    is_global: bool,
}

/// What signs a request.
#[derive(Clone, Copy, Debug)]
pub(super) enum Signer<'a> {
    AccessKey(&'a AccessKey),
    /// The request proves by something else whose it is: the SDK signs no such call, whatever credentials there are.
    Nobody,
    Session(&'a SessionCredentials),
}

impl Sts {
    /// The regional endpoint, over the SDK's own HTTPS client.
    #[cfg(feature = "default-https-client")]
    pub fn new(region: Region) -> Self {
        let base = Builder::new()
            .region(aws_types::region::Region::new(region.to_string()))
            .http_client(super::https::client());
        Self::over(base, region, None)
    }

    /// As a host's own SDK configuration says: its HTTP client, Region, endpoint, FIPS and dual-stack settings.
    ///
    /// Its credentials, retries and time-outs are not used: the engine signs, retries and times out by its own rules.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it names no Region or has no HTTP client.
    pub fn from_sdk_config(config: &SdkConfig) -> Result<Self, Error> {
        let Some(region) = config.region() else {
            return Err(Error::new(ErrorKind::InvalidInput, "the SDK configuration for STS names no Region"));
        };
        if config.http_client().is_none() {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                "the SDK configuration for STS has no HTTP client",
            ));
        }
        let region = Region::parse(region.as_ref())?;
        let builder = Builder::from(config);
        let sts = Self::over(builder, region, config.endpoint_url().map(str::to_owned));
        let (is_fips, is_dual_stack) =
            (config.use_fips() == Some(true), config.use_dual_stack() == Some(true));
        Ok(Self { is_fips, is_dual_stack, ..sts })
    }

    /// The endpoint whose cryptography is validated for FIPS 140.
    #[must_use]
    pub fn with_fips(self) -> Self {
        Self { base: self.base.use_fips(true), is_fips: true, ..self }
    }

    /// The endpoint that answers over IPv6 as well.
    #[must_use]
    pub fn with_dual_stack(self) -> Self {
        Self { base: self.base.use_dual_stack(true), is_dual_stack: true, ..self }
    }

    /// The global endpoint, `sts.amazonaws.com`, in place of the Region's.
    ///
    /// It is farther away for most, and the session tokens that it issues are not accepted in Regions that an account has
    /// to enable: [Managing STS](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html).
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] when the Region is in another partition than `aws`: no other has one.
    pub fn with_global_endpoint(self) -> Result<Self, Error> {
        let partition = Partition::of_region(&self.region);
        if partition.as_str() != "aws" {
            let message = format!("partition {partition} has no global endpoint of STS");
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        let base = self.base.region(aws_types::region::Region::from_static(GLOBAL));
        Ok(Self { base, is_global: true, ..self })
    }

    /// What the environment and a profile say of STS's endpoint.
    ///
    /// # Errors
    /// As [`with_global_endpoint`](Self::with_global_endpoint).
    pub fn with_endpoint_settings(mut self, settings: &EndpointSettings) -> Result<Self, Error> {
        if settings.uses_fips() == Some(true) {
            self = self.with_fips();
        }
        if settings.uses_dual_stack() == Some(true) {
            self = self.with_dual_stack();
        }
        if settings.uses_global_sts() == Some(true) && Partition::of_region(&self.region).as_str() == "aws" {
            self = self.with_global_endpoint()?;
        }
        Ok(match settings.endpoint_url(Service::Sts) {
            Some(url) => self.with_endpoint_url(url),
            None => self,
        })
    }

    /// Another endpoint than the Region's: a VPC endpoint, a proxy, a fake.
    #[must_use]
    pub fn with_endpoint_url(self, endpoint_url: impl Into<String>) -> Self {
        let endpoint_url = endpoint_url.into();
        Self { base: self.base.endpoint_url(&endpoint_url), endpoint_url: Some(endpoint_url), ..self }
    }

    /// True when it is not the Region's own that is called.
    pub(super) fn has_own_endpoint(&self) -> bool {
        self.endpoint_url.is_some()
    }

    fn over(base: Builder, region: Region, endpoint_url: Option<String>) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .operation_attempt_timeout(CALL)
            .operation_timeout(CALL);
        let base = base
            .behavior_version(aws_sdk_sts::config::BehaviorVersion::v2026_01_12())
            // One attempt is one call: a retry inside it would be unseen by the engine's own limits.
            .retry_config(RetryConfig::disabled())
            .identity_cache(IdentityCache::no_cache())
            .timeout_config(timeouts.build());
        Self { base, region, endpoint_url, is_fips: false, is_dual_stack: false, is_global: false }
    }

    /// A client for one attempt, which signs with these credentials and at this time.
    pub(super) fn client(&self, signer: Signer<'_>, now: SystemTime) -> Client {
        let credentials = signer.credentials();
        let mut config = self.base.clone().time_source(StaticTimeSource::new(now));
        config.set_credentials_provider(credentials.map(SharedCredentialsProvider::new));
        Client::from_conf(config.build())
    }

    pub(super) fn region(&self) -> &Region {
        &self.region
    }

    /// What tells this STS from another one, for a cache key.
    pub(super) fn place(&self) -> [&str; 3] {
        let region = if self.is_global { GLOBAL } else { self.region.as_str() };
        let variant = match (self.is_fips, self.is_dual_stack) {
            (true, true) => "fips, dual-stack",
            (true, false) => "fips",
            (false, true) => "dual-stack",
            (false, false) => "",
        };
        [region, self.endpoint_url.as_deref().unwrap_or_default(), variant]
    }
}

impl Signer<'_> {
    /// In the SDK's type.
    pub(super) fn credentials(self) -> Option<Credentials> {
        match self {
            Self::AccessKey(key) => {
                let (id, secret) = (key.access_key_id().as_str(), key.secret_access_key().expose());
                Some(Credentials::new(id, secret, None, None, "leapp"))
            }
            Self::Nobody => None,
            Self::Session(set) => Some(super::convert::credentials(set)),
        }
    }
}

impl fmt::Debug for Sts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { base: _, region, endpoint_url, is_fips, is_dual_stack, is_global } = self;
        f.debug_struct("Sts")
            .field("region", region)
            .field("endpoint_url", endpoint_url)
            .field("is_fips", is_fips)
            .field("is_dual_stack", is_dual_stack)
            .field("is_global", is_global)
            .finish_non_exhaustive()
    }
}

/// Sends a call without a word in the log: at TRACE the SDK prints whole answers, secret key and session token included,
/// and a host that turns everything on to look for a fault must not find credentials in its log.
pub(super) async fn unlogged<F: Future>(call: F) -> F::Output {
    call.with_subscriber(Dispatch::none()).await
}
