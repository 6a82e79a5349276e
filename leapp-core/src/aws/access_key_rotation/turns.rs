//! Who goes first, and what the others find afterwards.

use super::AccessKeyRotation;
use super::held::Held;
use super::report::RotatedKey;
use super::user::User;
use crate::aws::portal_login::digest_key;
use crate::{AccessKey, Error, ErrorKind, Lease};

/// The key that was to be rotated when this began to wait, and whose it was.
pub(super) struct Seen {
    pub(super) key: AccessKey,
    pub(super) user: Result<User, Error>,
}

impl AccessKeyRotation {
    /// Before anybody is waited for: whose key it was, nobody can tell once it is deleted.
    pub(super) async fn seen(&self) -> Result<Option<Seen>, Error> {
        let key = match self.pending().await? {
            Some(pending) => match self.look(&pending).await? {
                Held::Other(key) => key,
                Held::Broken | Held::New | Held::Old => pending.old,
            },
            None => match self.held().await? {
                Some(key) => key,
                None => return Ok(None),
            },
        };
        let user = self.user(&key).await;
        Ok(Some(Seen { key, user }))
    }

    /// Of the session, so that its items stay as they are; then of the key, which several sessions may hold.
    pub(super) async fn leases(&self) -> Result<(Lease, Option<Lease>), Error> {
        let session = [self.session.as_str()];
        let session = self.coordinator.lease(&digest_key("access-key-rotation", &session)?).await?;
        let id = match self.pending().await {
            Ok(Some(pending)) => Some(pending.old.access_key_id().clone()),
            _ => self.held().await.ok().flatten().map(|key| key.access_key_id().clone()),
        };
        let Some(id) = id else { return Ok((session, None)) };
        let key = digest_key("access-key-rotation-of-key", &[id.as_str()])?;
        Ok((session, Some(self.coordinator.lease(&key).await?)))
    }

    /// Somebody put another key in the vault while this waited: was it a rotation of the one that was there?
    pub(super) async fn by_another(&self, seen: Seen, held: &AccessKey) -> Result<RotatedKey, Error> {
        let (old, new) = (seen.key.access_key_id(), held.access_key_id());
        let user = self.user(held).await?;
        if seen.user.is_ok_and(|was| was.identity.is(&user.identity)) {
            let listed = self.iam.list_access_keys(&user.name, self.caller(held)).await?;
            if !listed.keys.iter().any(|key| key.access_key_id == *old) {
                return Ok(RotatedKey { old: old.clone(), new: new.clone(), is_by_another: true });
            }
        }
        let message = format!(
            "the vault holds access key {new} for session `{}` by now, which is not a rotation's of {old}",
            self.session
        );
        Err(Error::new(ErrorKind::Busy, message))
    }
}
