//! Where IAM is, and how it is called.

mod answers;
mod call;

use std::fmt;

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::SdkConfig;

pub(super) use self::answers::{ListedKey, ListedKeys};
pub(super) use self::call::{CALL, Caller};
use super::{EndpointSettings, Partition, Service};
use crate::{Error, ErrorKind, Region};

/// AWS Identity and Access Management, of which each partition has one.
///
/// Clones share the HTTP client and its connections. See
/// [IAM endpoints](https://docs.aws.amazon.com/general/latest/gr/iam-service.html).
#[derive(Clone)]
pub struct Iam {
    http: SharedHttpClient,
    partition: Partition,
    endpoint_url: Option<String>,
    is_fips: bool,
    is_dual_stack: bool,
}

impl Iam {
    /// The one of the partition that a Region is in, over the SDK's own HTTPS client.
    #[cfg(feature = "default-https-client")]
    pub fn new(region: &Region) -> Self {
        Self::over(super::https::client(), region)
    }

    /// As a host's own SDK configuration says: its HTTP client, Region, endpoint, FIPS and dual-stack settings.
    ///
    /// Its credentials, retries and time-outs are not used.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it names no Region or has no HTTP client.
    pub fn from_sdk_config(config: &SdkConfig) -> Result<Self, Error> {
        let missing = |what: &str| {
            Error::new(ErrorKind::InvalidInput, format!("the SDK configuration for IAM has no {what}"))
        };
        let region = config.region().ok_or_else(|| missing("Region"))?;
        let http = config.http_client().ok_or_else(|| missing("HTTP client"))?;
        Ok(Self {
            endpoint_url: config.endpoint_url().map(str::to_owned),
            is_fips: config.use_fips() == Some(true),
            is_dual_stack: config.use_dual_stack() == Some(true),
            ..Self::over(http, &Region::parse(region.as_ref())?)
        })
    }

    /// The endpoint whose cryptography is validated for FIPS 140. Only `aws` and `aws-us-gov` have one; elsewhere every
    /// call is [`ErrorKind::Unsupported`].
    #[must_use]
    pub fn with_fips(self) -> Self {
        Self { is_fips: true, ..self }
    }

    /// The endpoint that answers over IPv6 as well. The closed partitions have none; there every call is
    /// [`ErrorKind::Unsupported`].
    #[must_use]
    pub fn with_dual_stack(self) -> Self {
        Self { is_dual_stack: true, ..self }
    }

    /// Another endpoint than the partition's: a proxy, a fake.
    #[must_use]
    pub fn with_endpoint_url(self, endpoint_url: impl Into<String>) -> Self {
        Self { endpoint_url: Some(endpoint_url.into()), ..self }
    }

    /// What the environment and a profile say of IAM's endpoint.
    #[must_use]
    pub fn with_endpoint_settings(mut self, settings: &EndpointSettings) -> Self {
        if settings.uses_fips() == Some(true) {
            self = self.with_fips();
        }
        if settings.uses_dual_stack() == Some(true) {
            self = self.with_dual_stack();
        }
        match settings.endpoint_url(Service::Iam) {
            Some(url) => self.with_endpoint_url(url),
            None => self,
        }
    }

    fn over(http: SharedHttpClient, region: &Region) -> Self {
        let partition = Partition::of_region(region);
        Self { http, partition, endpoint_url: None, is_fips: false, is_dual_stack: false }
    }

    pub(super) fn partition(&self) -> Partition {
        self.partition
    }

    fn endpoint(&self) -> Result<String, Error> {
        match &self.endpoint_url {
            Some(url) => Ok(url.trim_end_matches('/').to_owned()),
            None => Ok(format!("https://{}", self.partition.iam_host(self.is_fips, self.is_dual_stack)?)),
        }
    }
}

impl fmt::Debug for Iam {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { http: _, partition, endpoint_url, is_fips, is_dual_stack } = self;
        f.debug_struct("Iam")
            .field("partition", partition)
            .field("endpoint_url", endpoint_url)
            .field("is_fips", is_fips)
            .field("is_dual_stack", is_dual_stack)
            .finish_non_exhaustive()
    }
}
