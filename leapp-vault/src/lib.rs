//! Vaults for [`leapp_core`]: places that keep long-lived secrets.
//!
//! [`open`] finds the strongest keychain that works here; [`KeyringVault`] keeps secrets in one that the host names.

mod backend;
mod choice;
mod error;
mod items;
mod keyring;
mod keyring_items;
mod layout;

mod platform;
mod quirks;
mod record;
mod thread;
mod turns;

// The public interface is:
pub use crate::backend::Backend;
pub use crate::choice::{OpenOptions, Opened, open};
pub use crate::keyring::KeyringVault;
