//! A key that goes because somebody said so.

use super::AccessKeyRotation;
use super::held::Held;
use super::journal::Pending;
use crate::aws::refusal;
use crate::{AccessKey, AccessKeyId, Error, ErrorKind};

impl AccessKeyRotation {
    pub(super) async fn delete_as_told(&self, id: &AccessKeyId) -> Result<(), Error> {
        let pending = match self.pending().await {
            // This is how it is got rid of.
            Err(error) if error.kind() == ErrorKind::Unsupported => {
                let held = self.known(self.held().await?)?;
                let deleted = self.delete(id, &held).await;
                return self.forget_after(deleted).await;
            }
            pending => pending?,
        };
        let Some(pending) = pending else {
            let held = self.known(self.held().await?)?;
            return self.delete(id, &held).await;
        };
        match self.mended(&pending).await? {
            Held::New => match &pending.new {
                Some(new) if pending.old.access_key_id() == id => {
                    self.end_old(&pending, new).await?;
                    self.clear().await
                }
                Some(new) => self.delete(id, new).await,
                None => Err(self.replaced()),
            },
            Held::Other(held) => self.delete_beside(id, &pending, &held).await,
            Held::Broken | Held::Old => {
                let deleted = self.delete(id, &pending.old).await;
                if pending.has_made(id) { self.forget_after(deleted).await } else { deleted }
            }
        }
    }

    /// The vault's key may be another user's by now. Then a key of the rotation's is its own witness.
    async fn delete_beside(
        &self,
        id: &AccessKeyId,
        pending: &Pending,
        held: &AccessKey,
    ) -> Result<(), Error> {
        let is_same_user = self.user_of_key(held).await?.identity.is(&pending.user);
        let (Some(key), false) = (pending.key(id).filter(|_| held.access_key_id() != id), is_same_user)
        else {
            let deleted = self.delete(id, held).await;
            let is_over = pending.has_made(id) || pending.key(id).is_some() && pending.new.is_none();
            return if is_over { self.forget_after(deleted).await } else { deleted };
        };
        let deleted = match self.user(key).await {
            Err(error) if refusal::is_unknown_key(&error) => {
                let message = format!("AWS does not know access key {id}");
                Err(Error::new(ErrorKind::NotFound, message).with_source(error))
            }
            user => self.iam.delete_access_key(&user?.name, id, self.caller(key)).await,
        };
        // Where the new one is left, the secret that is kept of it is too.
        if pending.has_made(id) || pending.new.is_none() { self.forget_after(deleted).await } else { deleted }
    }

    async fn delete(&self, id: &AccessKeyId, held: &AccessKey) -> Result<(), Error> {
        if held.access_key_id() == id {
            let message = format!("access key {id} is the one that the vault holds for `{}`", self.session);
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        let user = self.user(held).await?;
        self.iam.delete_access_key(&user.name, id, self.caller(held)).await
    }

    /// Of a key that is gone there is nothing to take up again.
    async fn forget_after(&self, deleted: Result<(), Error>) -> Result<(), Error> {
        if deleted.is_ok() || super::is_not_found(&deleted) {
            self.clear().await?;
        }
        deleted
    }
}
