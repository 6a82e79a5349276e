//! Temporary AWS credentials for programs.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod challenge;
mod clock;
mod credentials;
mod error;
mod event;
mod memory;
mod names;
mod provider;
mod record;
mod secret;
mod session;
mod sink;
#[cfg(feature = "driver")]
mod system_clock;
mod vault;

// The public interface is:
pub use crate::challenge::{Answer, Challenge, Question, Responder, TokenCode};
pub use crate::clock::Clock;
pub use crate::credentials::{AccessKey, SessionCredentials};
pub use crate::error::{Error, ErrorKind};
pub use crate::event::Event;
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
pub use crate::vault::{Vault, VaultItem, VaultKey};
