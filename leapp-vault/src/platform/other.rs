//! Systems without the kernel's keyring.

use std::sync::Arc;

use keyring_core::CredentialStore;
use leapp_core::{Error, ErrorKind};

use crate::quirks::Quirks;

pub(crate) const KEYUTILS: Quirks = Quirks::NONE;

pub(crate) fn open_keyutils() -> Result<Arc<CredentialStore>, Error> {
    Err(Error::new(ErrorKind::Unsupported, "the kernel's keyring is Linux's; this is another system"))
}
