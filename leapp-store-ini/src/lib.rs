//! Credential sinks over the files that all AWS tools share, which keep every byte they did not write.
//!
//! [`CredentialsFile`] writes credentials. [`ConfigFile`] writes where programs get them: a [`CredentialProcess`].
//! [`Document`] is a file's text, read as AWS tools read it, and [`FileBytes`] what it is printed to. [`FileSystem`] tells where
//! the sinks can promise less.

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
pub use crate::location::home_folder;
pub use crate::sink::CredentialsFile;
