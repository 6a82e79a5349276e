//! The way forwards: a new key is made, known, kept, and the old one deleted.

use std::time::Duration;

use super::AccessKeyRotation;
use super::held::Held;
use super::journal::Pending;
use super::report::{Resumed, RotatedKey};
use super::user::User;
use crate::aws::refusal;
use crate::{AccessKey, Error, ErrorKind, VaultItem};

/// A write to the vault that takes longer asked a person for something. AWS's time is asked for again then, as what it is to
/// tell is which keys are younger than the call.
const MOMENT: Duration = Duration::from_secs(5);

impl AccessKeyRotation {
    /// A rotation from its beginning.
    pub(super) async fn begin(&self, held: AccessKey, user: User) -> Result<RotatedKey, Error> {
        let begun_at = self.check_room(&user, &held).await?;
        let mut pending = Pending { begun_at, user: user.identity.clone(), old: held.clone(), new: None };
        // Before the call: whoever finds a key that nobody knows finds here whose it is.
        let asked_at = self.clock.elapsed();
        self.write(&pending).await?;
        if self.clock.elapsed() > asked_at + MOMENT {
            pending.begun_at = self.check_room(&user, &held).await?;
            self.write(&pending).await?;
        }
        match self.made(&user, &held).await {
            Ok(new) => self.keep_beside(pending, &user, new).await,
            Err(error) if refusal::is_by_name(&error) => {
                // A call that somebody on the way repeats is refused by what its first copy has made.
                if error.kind() == ErrorKind::InUse {
                    match self.check_room(&user, &held).await {
                        Err(full) if full.kind() == ErrorKind::InUse => return Err(full),
                        Err(_) => return Err(error),
                        Ok(_) => {}
                    }
                }
                // If this fails, the next rotation finds that there is nothing to it.
                let _ = self.clear().await;
                Err(error)
            }
            Err(error) => {
                // It may have been made all the same. What cannot be cleaned up now is cleaned up next time.
                let _ = self.delete_lost(&pending).await;
                Err(error)
            }
        }
    }

    /// A key that is another one than the old one.
    async fn made(&self, user: &User, held: &AccessKey) -> Result<AccessKey, Error> {
        let new = self.iam.create_access_key(&user.name, self.caller(held)).await?;
        if new.access_key_id() == held.access_key_id() {
            let (session, id) = (&self.session, held.access_key_id());
            let message =
                format!("CreateAccessKey for session `{session}` was answered with the old key {id}");
            return Err(Error::new(ErrorKind::Service, message));
        }
        Ok(new)
    }

    /// The vault takes the new key beside the old one: from here on no crash loses its secret.
    async fn keep_beside(&self, pending: Pending, user: &User, new: AccessKey) -> Result<RotatedKey, Error> {
        let id = new.access_key_id().clone();
        let pending = Pending { new: Some(new.clone()), ..pending };
        if let Err(error) = self.write(&pending).await {
            let deleted = self.iam.delete_access_key(&user.name, &id, self.caller(&pending.old)).await;
            if deleted.is_ok() {
                let _ = self.clear().await;
            }
            return Err(error);
        }
        match self.finish(&pending, &new, Held::Old).await? {
            Resumed::Finished(rotated) => Ok(rotated),
            _ => {
                let message = format!(
                    "IAM lists no access key {id} of {}, which it made moments ago: {} stays in the vault",
                    pending.user.arn,
                    pending.old.access_key_id()
                );
                Err(Error::new(ErrorKind::NotFound, message))
            }
        }
    }

    /// All that is left to do once the vault has both keys, wherever an earlier attempt has ended.
    pub(super) async fn finish(
        &self,
        pending: &Pending,
        new: &AccessKey,
        held: Held,
    ) -> Result<Resumed, Error> {
        if matches!(held, Held::Old) {
            let before = |error| self.before_promotion(pending, new, error);
            if !self.is_fit(pending, new).await.map_err(before)? {
                self.clear().await?;
                return Ok(Resumed::RolledBack { deleted: None });
            }
            self.promote(pending, new).await.map_err(before)?;
        }
        let after = |error| self.after_promotion(pending, new, error);
        self.vault.delete(&self.place(VaultItem::SessionCredentials)).await.map_err(after)?;
        self.clock.sleep(self.grace).await;
        self.end_old(pending, new).await?;
        self.clear().await.map_err(|error| self.after_deletion(pending, new, error))?;
        let (old, new) = (pending.old.access_key_id().clone(), new.access_key_id().clone());
        tracing::info!(session = %self.session, %old, %new, "the access key was rotated");
        Ok(Resumed::Finished(RotatedKey { old, new, is_by_another: false }))
    }

    /// The vault takes the new key in the old one's place, and has to give it back.
    async fn promote(&self, pending: &Pending, new: &AccessKey) -> Result<(), Error> {
        // It has been a while since the vault was looked at.
        if !matches!(self.look(pending).await?, Held::Old) {
            return Err(self.replaced());
        }
        let Err(error) = self.keep(VaultItem::AccessKey, &new.to_record()).await else { return Ok(()) };
        match self.look(pending).await {
            Ok(Held::New) => Ok(()),
            Ok(Held::Old) => Err(error),
            Ok(Held::Other(_)) => Err(self.replaced()),
            Ok(Held::Broken) | Err(_) => {
                // If it takes the old one no more either, both are still beside it.
                let _ = self.vault.put(&self.place(VaultItem::AccessKey), &pending.old.to_record()).await;
                Err(error)
            }
        }
    }

    pub(super) fn replaced(&self) -> Error {
        let place = self.place(VaultItem::AccessKey);
        Error::new(ErrorKind::Busy, format!("{place} was replaced in the vault while it was rotated"))
    }
}
