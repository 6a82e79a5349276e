//! Temporary AWS credentials for programs.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "aws")]
pub mod aws;
mod challenge;
mod clock;
mod credentials;
#[cfg(feature = "driver")]
mod driver;
pub mod engine;
mod error;
mod event;
#[cfg(feature = "driver")]
mod leapp;
#[cfg(feature = "driver")]
mod live;
mod memory;
mod names;
mod provider;
mod record;
mod secret;
mod session;
mod sink;
#[cfg(feature = "driver")]
mod system_clock;
#[cfg(feature = "totp")]
mod totp;
mod vault;

// The public interface is:
pub use crate::challenge::{Answer, Challenge, Question, Responder, TokenCode};
pub use crate::clock::Clock;
pub use crate::credentials::{AccessKey, SessionCredentials};
#[cfg(feature = "driver")]
pub use crate::driver::Started;
pub use crate::error::{Error, ErrorKind};
pub use crate::event::Event;
#[cfg(feature = "driver")]
pub use crate::leapp::{Events, Leapp, LeappBuilder};
#[cfg(feature = "driver")]
pub use crate::live::LiveCredentials;
pub use crate::memory::{MemorySink, MemoryVault, Published};
pub use crate::names::{
    AccessKeyId, AccountId, ExternalId, PolicyArn, ProfileName, Region, RoleArn, RoleSessionName,
    SerialNumber, SessionId, SourceIdentity,
};
pub use crate::provider::{
    CacheKey, IssueRequest, Issued, Principal, Refresh, SessionKind, SessionProvider, SourceCredentials,
};
pub use crate::secret::Secret;
pub use crate::session::{Session, SessionState, SessionStatus};
pub use crate::sink::{Change, CredentialSink};
#[cfg(feature = "driver")]
pub use crate::system_clock::SystemClock;
#[cfg(feature = "totp")]
pub use crate::totp::TotpResponder;
pub use crate::vault::{Vault, VaultItem, VaultKey};
