//! Vaults for [`leapp_core`]: places that keep long-lived secrets.
//!
//! [`open`] finds the strongest keychain that works here; [`KeyringVault`] keeps secrets in one that the host names.
//! [`SealedFile`] keeps them in an encrypted file.

mod backend;
mod choice;
mod error;
mod items;
mod keyring;
mod keyring_items;
mod layout;
mod leapp_desktop;
mod platform;
mod probe;
mod process;
mod quirks;
mod record;
mod relocation;
mod sealed;
mod thread;
mod turns;

// The public interface is:
pub use crate::backend::Backend;
pub use crate::choice::{OpenOptions, Opened, open};
pub use crate::keyring::KeyringVault;
pub use crate::leapp_desktop::leapp_access_key;
pub use crate::probe::probe;
pub use crate::process::{Shield, shield_process};
pub use crate::relocation::{Relocated, relocate};
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub use crate::sealed::fuzzing;
pub use crate::sealed::{Passphrase, SealedFile, SealingCost};
