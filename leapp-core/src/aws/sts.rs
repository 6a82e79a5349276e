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

use crate::{AccessKey, Error, ErrorKind, Region, SessionCredentials};

/// Time to reach the service.
const CONNECT: Duration = Duration::from_secs(5);
/// Time for the whole call: STS answers within a second, and a busy one says so.
const CALL: Duration = Duration::from_secs(20);

/// The AWS Security Token Service of one Region or endpoint.
///
/// Clones share the HTTP client and its connections. See
/// [STS Regions and endpoints](https://docs.aws.amazon.com/general/latest/gr/sts.html).
#[derive(Clone)]
pub struct Sts {
    base: Builder,
    region: Region,
    endpoint_url: Option<String>,
    variant: &'static str,
}

/// What signs a request.
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
        let variant = match (config.use_fips(), config.use_dual_stack()) {
            (Some(true), Some(true)) => "fips, dual-stack",
            (Some(true), _) => "fips",
            (_, Some(true)) => "dual-stack",
            _ => "",
        };
        Ok(Self { variant, ..Self::over(builder, region, config.endpoint_url().map(str::to_owned)) })
    }

    /// Another endpoint than the Region's: a VPC endpoint, a proxy, a fake.
    #[must_use]
    pub fn with_endpoint_url(self, endpoint_url: impl Into<String>) -> Self {
        let endpoint_url = endpoint_url.into();
        Self { base: self.base.endpoint_url(&endpoint_url), endpoint_url: Some(endpoint_url), ..self }
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
        Self { base, region, endpoint_url, variant: "" }
    }

    /// A client for one attempt, which signs with these credentials and at this time.
    pub(super) fn client(&self, signer: Signer<'_>, now: SystemTime) -> Client {
        let credentials = match signer {
            Signer::AccessKey(key) => {
                let (id, secret) = (key.access_key_id().as_str(), key.secret_access_key().expose());
                Some(Credentials::new(id, secret, None, None, "leapp"))
            }
            Signer::Nobody => None,
            Signer::Session(set) => Some(super::convert::credentials(set)),
        };
        let mut config = self.base.clone().time_source(StaticTimeSource::new(now));
        config.set_credentials_provider(credentials.map(SharedCredentialsProvider::new));
        Client::from_conf(config.build())
    }

    pub(super) fn region(&self) -> &Region {
        &self.region
    }

    /// What tells this STS from another one, for a cache key.
    pub(super) fn place(&self) -> [&str; 3] {
        [self.region.as_str(), self.endpoint_url.as_deref().unwrap_or_default(), self.variant]
    }
}

impl fmt::Debug for Sts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { base: _, region, endpoint_url, variant: _ } = self;
        f.debug_struct("Sts")
            .field("region", region)
            .field("endpoint_url", endpoint_url)
            .finish_non_exhaustive()
    }
}

/// Sends a call without a word in the log: at TRACE the SDK prints whole answers, secret key and session token included,
/// and a host that turns everything on to look for a fault must not find credentials in its log.
pub(super) async fn unlogged<F: Future>(call: F) -> F::Output {
    call.with_subscriber(Dispatch::none()).await
}
