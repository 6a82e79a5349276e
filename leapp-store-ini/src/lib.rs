//! Credential sinks over the files that all AWS tools share, which keep every byte they did not write.
//!
//! [`CredentialsFile`] writes credentials. [`ConfigFile`] writes where programs get them: a [`CredentialProcess`].
//! [`Document`] is a file's text, read as AWS tools read it, and [`FileBytes`] what it is printed to. [`FileSystem`] tells where
//! the sinks can promise less.
//!
//! A sink works by itself, as the examples at [`CredentialsFile`] do, or behind an engine, which publishes every set that it obtains. A
//! host that also adopts profiles or looks for orphans keeps a clone:
//!
//! ```
//! use leapp_core::{Leapp, MemoryVault, ProfileName, SessionId};
//! use leapp_store_ini::CredentialsFile;
//!
//! # async fn example(home: &std::path::Path, session: SessionId, profile: ProfileName) -> Result<(), leapp_core::Error> {
//! let file = CredentialsFile::open(CredentialsFile::default_path(home, None))?;
//! file.withdraw_orphans(&file.orphans().await?).await?;
//! let leapp = Leapp::builder(MemoryVault::new()).with_sink(file.clone()).build()?;
//! file.adopt(&session, &profile).await?;
//! leapp.start(&session).await?;
//! # Ok(())
//! # }
//! ```

mod config_file;
mod credential_process;
mod document;
mod edit;
mod fault;
mod file_bytes;
mod file_event;
mod file_system;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
mod illegal_line;
mod line;
mod location;
mod lock;
mod place;
mod platform;
mod protocol;
mod scheme;
mod sections;
mod shared_file;
mod sink;
mod writer;

// The public interface is:
pub use crate::config_file::ConfigFile;
pub use crate::credential_process::CredentialProcess;
pub use crate::document::Document;
pub use crate::edit::Orphan;
pub use crate::file_bytes::FileBytes;
pub use crate::file_event::FileEvent;
pub use crate::file_system::FileSystem;
pub use crate::illegal_line::{IllegalLine, IllegalReason};
pub use crate::location::home_folder;
pub use crate::sink::CredentialsFile;
