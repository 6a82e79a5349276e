//! Vaults for [`leapp_core`]: places that keep long-lived secrets.
//!
//! [`KeyringVault`] keeps them in a keychain of the operating system, [`SealedFile`] in an encrypted file.

mod error;
mod keyring;
mod platform;
mod probe;
mod process;
mod quirks;
mod relocation;
mod sealed;
mod thread;

// The public interface is:
pub use crate::keyring::KeyringVault;
pub use crate::probe::probe;
pub use crate::process::{Shield, shield_process};
pub use crate::relocation::{Relocated, relocate};
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub use crate::sealed::fuzzing;
pub use crate::sealed::{Passphrase, SealedFile, SealingCost};
