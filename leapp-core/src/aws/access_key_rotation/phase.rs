//! Where a rotation stood when something went wrong, with both keys' names.

use super::AccessKeyRotation;
use super::journal::Pending;
use crate::{AccessKey, Error};

impl AccessKeyRotation {
    pub(super) fn before_promotion(&self, pending: &Pending, new: &AccessKey, error: Error) -> Error {
        let (session, old, new) = (&self.session, pending.old.access_key_id(), new.access_key_id());
        let message = format!("access key {old} of session `{session}` is not replaced yet by {new}");
        Error::new(error.kind(), message).with_source(error)
    }

    pub(super) fn after_promotion(&self, pending: &Pending, new: &AccessKey, error: Error) -> Error {
        let (session, old, new) = (&self.session, pending.old.access_key_id(), new.access_key_id());
        let message = format!(
            "access key {new} took the place of {old} for session `{session}`; {old} is not deleted yet"
        );
        Error::new(error.kind(), message).with_source(error)
    }

    pub(super) fn after_deletion(&self, pending: &Pending, new: &AccessKey, error: Error) -> Error {
        let (session, old, new) = (&self.session, pending.old.access_key_id(), new.access_key_id());
        let message = format!(
            "access key {new} took the place of {old} for session `{session}`; the vault keeps a note of it"
        );
        Error::new(error.kind(), message).with_source(error)
    }
}
