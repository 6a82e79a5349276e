//! An SDK client's own way to the credentials it signs with.

use std::sync::{Arc, OnceLock};

use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_sts::config::interceptors::BeforeSerializationInterceptorContextMut;
use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::timeout::TimeoutConfig;
use aws_sdk_sts::config::{
    BehaviorVersion, Builder, ConfigBag, Intercept, Layer, Region, ResolveCachedIdentity, RuntimeComponents,
    SharedIdentityCache,
};
use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::{AuthScheme, AuthSchemeId, SharedAuthScheme};
use aws_smithy_runtime_api::client::identity::Identity;

use crate::Failure;

/// The components of one STS client, and the call that its orchestrator makes on them before it signs a
/// request.
#[derive(Debug)]
pub struct ClientPath {
    components: RuntimeComponents,
    scheme: SharedAuthScheme,
    bag: ConfigBag,
}

impl ClientPath {
    /// The path of a client with this provider, this cache and the machine's clock.
    ///
    /// # Errors
    /// When the client builds no components, or none for SigV4.
    pub async fn open(
        provider: impl ProvideCredentials + 'static,
        cache: SharedIdentityCache,
    ) -> Result<Self, Failure> {
        Self::of(aws_sdk_sts::Config::builder().credentials_provider(provider).identity_cache(cache)).await
    }

    /// As [`open`](Self::open), by another clock.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_with_clock(
        provider: impl ProvideCredentials + 'static,
        cache: SharedIdentityCache,
        clock: impl TimeSource + 'static,
    ) -> Result<Self, Failure> {
        let config = aws_sdk_sts::Config::builder().credentials_provider(provider).identity_cache(cache);
        Self::of(config.time_source(clock)).await
    }

    async fn of(config: Builder) -> Result<Self, Failure> {
        let seen = Arc::new(OnceLock::new());
        let config = config
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::from_static("eu-west-1"))
            .interceptor(Capture(seen.clone()));
        let client = aws_sdk_sts::Client::from_conf(config.build());
        let outcome = client.get_caller_identity().send().await;
        let Some(components) = seen.get().cloned() else {
            return Err(format!("an STS client has no components: {outcome:?}").into());
        };
        let scheme =
            components.auth_scheme(AuthSchemeId::new("sigv4")).ok_or("an STS client has no SigV4")?;
        Ok(Self { components, scheme, bag: bag() })
    }

    /// What the orchestrator does for each request: the scheme's resolver, behind the client's cache.
    ///
    /// # Errors
    /// What the provider or the cache fails with.
    pub async fn identity(&self) -> Result<Identity, Failure> {
        let resolver =
            self.scheme.identity_resolver(&self.components).ok_or("an STS client has no provider")?;
        let cache = self.components.identity_cache();
        cache.resolve_cached_identity(resolver, &self.components, &self.bag).await
    }
}

/// Takes a client's components and ends the operation: nothing is sent.
#[derive(Debug)]
struct Capture(Arc<OnceLock<RuntimeComponents>>);

impl Intercept for Capture {
    fn name(&self) -> &'static str {
        "capture"
    }

    fn modify_before_serialization(
        &self,
        _: &mut BeforeSerializationInterceptorContextMut<'_>,
        components: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let _ = self.0.set(components.clone());
        Err("the components are all that is wanted".into())
    }
}

/// What the lazy cache reads on each call: the retry and time-out settings, as a client has them by default.
fn bag() -> ConfigBag {
    let mut layer = Layer::new("bench");
    layer.store_put(RetryConfig::standard());
    layer.store_put(TimeoutConfig::disabled());
    ConfigBag::of_layers(vec![layer])
}
