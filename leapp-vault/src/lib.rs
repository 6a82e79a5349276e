//! Vaults for [`leapp_core`]: places that keep long-lived secrets.
//!
//! [`open`] finds the strongest keychain that works here; [`KeyringVault`] keeps secrets in one that the host names.
//! [`SealedFile`] keeps them in an encrypted file, for machines without a keychain.
//!
//! [`probe()`] says whether a vault works before anything is entrusted to it, [`relocate`] moves secrets from one to another,
//! [`leapp_access_key`] reads the keys that the desktop application Leapp keeps, and [`shield_process`] closes the program's
//! memory to other programs of the same person. How a vault fails is the same for all of them:
//! [`ErrorKind::Locked`](leapp_core::ErrorKind::Locked), [`AccessDenied`](leapp_core::ErrorKind::AccessDenied),
//! [`Unavailable`](leapp_core::ErrorKind::Unavailable), [`Corrupt`](leapp_core::ErrorKind::Corrupt) and
//! [`TooLarge`](leapp_core::ErrorKind::TooLarge), each with words for what to do, and never an empty answer in their place.

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
