//! Temporary AWS credentials for programs: obtained, kept fresh, and put where programs look.
//!
//! ```
//! use leapp_core::{
//!     AccessKeyId, Error, IssueRequest, Issued, Leapp, MemorySink, MemoryVault, Principal, ProfileName, Refresh, Secret,
//!     Session, SessionCredentials, SessionId, SessionKind, SessionProvider,
//! };
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! /// A session kind of one's own: here, one that makes credentials up.
//! #[derive(Debug)]
//! struct MadeUp;
//!
//! #[async_trait::async_trait]
//! impl SessionProvider for MadeUp {
//!     fn kind(&self) -> SessionKind {
//!         SessionKind::new("made up", Principal::User, Refresh::Rotate)
//!     }
//!
//!     async fn issue(&self, request: &IssueRequest<'_>) -> Result<Issued, Error> {
//!         let id = AccessKeyId::parse("ASIAIOSFODNN7EXAMPLE")?;
//!         let expiration = request.now + Duration::from_secs(3600);
//!         SessionCredentials::new(id, Secret::new("secret"), Secret::new("token"), expiration).map(Issued::Credentials)
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Error> {
//! let sink = Arc::new(MemorySink::new());
//! let leapp = Leapp::builder(MemoryVault::new()).with_sink(sink.clone()).build()?;
//! let (id, profile) = (SessionId::parse("demo")?, ProfileName::parse("demo")?);
//! leapp.add(Session::new(id.clone(), MadeUp).with_profile(profile.clone())).await?;
//!
//! leapp.start(&id).await?;
//! assert!(sink.read(&profile).is_some());
//! assert_eq!(leapp.credentials(&id)?.current().await?.access_key_id().as_str(), "ASIAIOSFODNN7EXAMPLE");
//!
//! leapp.shutdown().await?;
//! assert!(sink.read(&profile).is_none());
//! # Ok(())
//! # }
//! ```
//!
//! # The parts
//!
//! - [`Leapp`] is what an application holds: add, start, stop, answer, watch. It runs on tokio (feature `driver`).
//! - [`aws`] has the session kinds that call AWS (feature `aws`, on by default).
//! - [`engine`] decides what is done when. It does no I/O, so it runs anywhere, simulations included.
//! - [`Vault`], [`CredentialSink`], [`SessionProvider`], [`Responder`] and [`Clock`] are the contracts between them; whoever
//!   writes a backend implements one, and runs its conformance suite from `leapp-testkit`.
//!
//! # What it does not do
//!
//! It reads no environment variable and no configuration file, opens no browser and asks nobody anything: a host does, and
//! hands in what it found. It keeps no secret but in the vault it is given.
//!
//! # Features
//!
//! - `aws` (default): session kinds over STS, and `ProvideCredentials` for AWS SDK clients. Implies `driver`.
//! - `default-https-client` (default): the SDK's own HTTPS client. Leave it out when the host brings an `SdkConfig`.
//! - `command`: `CommandResponder`, MFA codes and SAML responses that a program prints.
//! - `driver`: [`Leapp`], on tokio.
//! - `totp`: `TotpResponder` and `VaultTotpResponder`, MFA codes from a seed.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "aws")]
pub mod aws;
mod challenge;
mod clock;
#[cfg(feature = "command")]
mod command;
mod coordinator;
mod credentials;
#[cfg(feature = "driver")]
mod driver;
pub mod engine;
mod error;
mod event;
mod export;
#[cfg(feature = "driver")]
mod file_coordinator;
#[cfg(all(feature = "aws", any(test, fuzzing)))]
#[doc(hidden)]
pub mod fuzzing;
mod grant;
mod issue_metadata;
#[cfg(feature = "driver")]
mod leapp;
#[cfg(feature = "driver")]
mod live;
#[cfg(feature = "driver")]
mod local_coordinator;
mod memory;
mod names;
mod provider;
mod record;
mod saml_assertion;
mod secret;
mod session;
mod shared;
mod sink;
#[cfg(feature = "driver")]
mod system_clock;
mod time_step;
#[cfg(feature = "totp")]
mod totp;
#[cfg(feature = "driver")]
mod turns;
mod vault;

// The public interface is:
pub use crate::challenge::{Answer, Challenge, Question, Responder, TokenCode};
pub use crate::clock::Clock;
#[cfg(feature = "command")]
pub use crate::command::{Command, CommandResponder};
pub use crate::coordinator::{Coordinator, Lease, LeaseKey};
pub use crate::credentials::{AccessKey, SessionCredentials};
#[cfg(feature = "driver")]
pub use crate::driver::Started;
pub use crate::error::{Error, ErrorKind};
pub use crate::event::Event;
pub use crate::export::ExportFormat;
#[cfg(feature = "driver")]
pub use crate::file_coordinator::FileCoordinator;
pub use crate::grant::{Grant, Login};
pub use crate::issue_metadata::IssueMetadata;
#[cfg(feature = "driver")]
pub use crate::leapp::{Events, Leapp, LeappBuilder};
#[cfg(feature = "driver")]
pub use crate::live::LiveCredentials;
#[cfg(feature = "driver")]
pub use crate::local_coordinator::LocalCoordinator;
pub use crate::memory::{MemorySink, MemoryVault, Published};
pub use crate::names::{
    AccessKeyId, AccountId, ExternalId, FederatedUserName, PolicyArn, ProfileName, Region, RoleArn,
    RoleSessionName, SamlProviderArn, SerialNumber, SessionId, SourceIdentity,
};
pub use crate::provider::{
    CacheKey, IssueRequest, Issued, Pace, Principal, Refresh, SessionKind, SessionProvider, Source,
};
pub use crate::saml_assertion::SamlAssertion;
pub use crate::secret::Secret;
pub use crate::session::{Session, SessionState, SessionStatus};
pub use crate::sink::{Change, CredentialSink};
#[cfg(feature = "driver")]
pub use crate::system_clock::SystemClock;
#[cfg(feature = "totp")]
pub use crate::totp::{TotpResponder, VaultTotpResponder};
pub use crate::vault::{Vault, VaultItem, VaultKey};
