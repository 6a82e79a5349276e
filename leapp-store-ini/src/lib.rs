//! A credential sink over the AWS shared credentials file that keeps every byte it did not write.
//!
//! [`CredentialsFile`] is the sink. [`Document`] is the file's text, read as AWS tools read it.

mod document;
mod edit;
mod fault;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
mod line;
mod lock;
mod place;
mod platform;
mod protocol;
mod sink;

// The public interface is:
pub use crate::document::Document;
pub use crate::sink::CredentialsFile;
