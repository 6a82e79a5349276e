//! Systems whose keychains are not known here.

use std::error::Error as StdError;
use std::sync::Arc;

use keyring_core::Entry;
use leapp_core::ErrorKind;

use crate::backend::Backend;
use crate::items::{Failure, Items};

pub(crate) const BACKENDS: &[Backend] = &[];

pub(crate) fn open(_: Backend, _: Arc<str>) -> Option<Result<Box<dyn Items>, Failure>> {
    None
}

pub(crate) fn explain(_: &(dyn StdError + Send + Sync + 'static)) -> Option<(ErrorKind, &'static str)> {
    None
}

/// Whether a failure is one of two that met at an item, and would not come again.
pub(crate) fn is_of_a_moment(_: &(dyn StdError + Send + Sync + 'static)) -> bool {
    false
}

pub(crate) fn open_leapp(_: Arc<str>) -> Result<Box<dyn Items>, Failure> {
    Err(Failure::new(ErrorKind::Unsupported, "no keychain of this system is known"))
}

/// Whether an entry reaches what is stored under its name. Here every one does.
pub(crate) fn check(_: &Entry) -> keyring_core::Result<()> {
    Ok(())
}
