//! What an earlier rotation has left, brought to an end.

use std::time::Duration;

use super::AccessKeyRotation;
use super::held::Held;
use super::journal::Pending;
use super::report::Resumed;
use crate::aws::refusal;
use crate::{AccessKey, AccessKeyId, Error, ErrorKind};

/// A key that IAM has made may show in its list a little later.
pub(super) const SHOWS_WITHIN: Duration = Duration::from_secs(20);

impl AccessKeyRotation {
    /// Forwards where the new key's secret is known, backwards where it is not.
    pub(super) async fn settle(&self, pending: &Pending) -> Result<Resumed, Error> {
        let Some(new) = &pending.new else {
            let deleted = self.delete_lost(pending).await?;
            return Ok(Resumed::RolledBack { deleted });
        };
        match self.mended(pending).await? {
            // Somebody has put another key there since. It is theirs to keep; the new one is nobody's any more.
            Held::Other(held) => self.drop_successor(pending, new, &held).await,
            held => self.finish(pending, new, held).await,
        }
    }

    /// Deletes the new key, by its own signature: whose key the vault holds by now is not known.
    async fn drop_successor(
        &self,
        pending: &Pending,
        new: &AccessKey,
        held: &AccessKey,
    ) -> Result<Resumed, Error> {
        let (old_id, id) = (pending.old.access_key_id(), new.access_key_id());
        let passes = |error: &Error| error.is_retryable() || refusal::is_unknown_key(error);
        let user = match self.patiently(async || self.user_of_key(new).await, passes).await {
            // After all this time it is not new any more, but gone.
            Err(error) if refusal::is_unknown_key(&error) => return self.rolled_back(None).await,
            user => user?,
        };
        self.check_user(pending, new, &user)?;
        self.check_session(new, &user).await?;
        let list = async || self.iam.list_access_keys(&user.name, self.caller(new)).await;
        let listed = self.patiently(list, passes).await?;
        let is_alive = |key: &&crate::aws::iam::ListedKey| key.access_key_id == *old_id && key.is_active;
        if !listed.keys.iter().any(|key| is_alive(&key)) {
            let (arn, held) = (&user.identity.arn, held.access_key_id());
            let message = format!(
                "access key {id} of {arn} is not deleted, as {old_id}, which it was to replace, is gone or inactive and \
                 it may be the user's last; the vault holds {held} by now: say with `delete_key` that {id} may go"
            );
            return Err(Error::new(ErrorKind::InUse, message));
        }
        let delete = async || self.iam.delete_access_key(&user.name, id, self.caller(new)).await;
        match self.patiently(delete, passes).await {
            Err(error) if error.kind() == ErrorKind::NotFound => self.rolled_back(None).await,
            deleted => {
                deleted?;
                self.rolled_back(Some(id.clone())).await
            }
        }
    }

    async fn rolled_back(&self, deleted: Option<AccessKeyId>) -> Result<Resumed, Error> {
        self.clear().await?;
        Ok(Resumed::RolledBack { deleted })
    }
}
