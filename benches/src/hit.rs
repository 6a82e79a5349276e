//! Every way to a credentials hit that is measured.

use std::sync::Arc;

use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sdk_sts::config::IdentityCache;
use aws_smithy_runtime_api::client::identity::Identity;
use leapp_core::{Clock, Leapp, LiveCredentials, MemoryVault, Session, SessionId, SystemClock};

use crate::{ClientPath, Failure, Issuer};

/// The access key id of every answer while nothing is rotated.
pub const FIRST_ID: &str = "ASIA0000000000000001";

/// One started session, and the ways to a set that is in place; every one has been gone once.
#[derive(Debug)]
#[non_exhaustive]
pub struct Hits {
    /// Ours, directly: a `ProvideCredentials` and our own `current`.
    pub live: LiveCredentials,
    /// Ours, as a client takes it without a cache of its own.
    pub ours: ClientPath,
    /// Ours, behind the SDK's lazy cache.
    pub ours_cached: ClientPath,
    /// Credentials that never change, behind the SDK's lazy cache: all of the cost is the cache's.
    pub fixed_cached: ClientPath,
    /// Credentials that never change, without a cache: what is left is the client's own.
    pub fixed: ClientPath,
}

impl Hits {
    /// Starts a session in the current runtime, by the machine's clock, and fills the caches.
    ///
    /// # Errors
    /// What a start, a client or a first answer fails with.
    pub async fn open() -> Result<Self, Failure> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let (_, live) = start(clock.clone(), Issuer::new(clock.clone())).await?;
        let fixed = SharedCredentialsProvider::new(Issuer::new(clock).provide_credentials().await?);
        let hits = Self {
            ours: ClientPath::open(live.clone(), IdentityCache::no_cache()).await?,
            ours_cached: ClientPath::open(live.clone(), IdentityCache::lazy().build()).await?,
            fixed_cached: ClientPath::open(fixed.clone(), IdentityCache::lazy().build()).await?,
            fixed: ClientPath::open(fixed, IdentityCache::no_cache()).await?,
            live,
        };
        hits.live.provide_credentials().await?;
        for path in [&hits.ours, &hits.ours_cached, &hits.fixed_cached, &hits.fixed] {
            path.identity().await?;
        }
        Ok(hits)
    }
}

/// Starts a session of an issuer's, without a sink, in the current runtime.
///
/// # Errors
/// What the engine fails with.
pub async fn start(clock: Arc<dyn Clock>, issuer: Issuer) -> Result<(Leapp, LiveCredentials), Failure> {
    let leapp = Leapp::builder(MemoryVault::new()).with_clock(clock).build()?;
    let session = SessionId::parse("bench")?;
    leapp.add(Session::new(session.clone(), issuer)).await?;
    leapp.start(&session).await?;
    let live = leapp.credentials(&session)?;
    Ok((leapp, live))
}

/// The access key id that a client would sign with; empty when the identity holds no credentials.
pub fn id_of(identity: &Identity) -> &str {
    identity.data::<Credentials>().map_or("", Credentials::access_key_id)
}
