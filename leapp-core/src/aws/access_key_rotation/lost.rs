//! A key that was asked for and whose answer never came: is it there, and is it ours to delete?

use std::time::SystemTime;

use super::AccessKeyRotation;
use super::held::Held;
use super::journal::Pending;
use super::recovery::SHOWS_WITHIN;
use super::user::User;
use crate::aws::iam::{CALL, ListedKey, ListedKeys};
use crate::aws::refusal;
use crate::{AccessKeyId, Error, ErrorKind};

/// What is beside the old key.
enum Beside {
    Lost(AccessKeyId),
    /// Nothing, when IAM was asked by its own clock.
    Nothing(Option<SystemTime>),
    /// A key of somebody's. As there is room for two, it is all there is.
    Somebodys,
}

impl AccessKeyRotation {
    /// Deletes the key whose secret nobody got to know, if there is one.
    pub(super) async fn delete_lost(&self, pending: &Pending) -> Result<Option<AccessKeyId>, Error> {
        let is_held = matches!(self.mended(pending).await?, Held::Old);
        let user = match self.user(&pending.old).await {
            // Nobody is left to ask by whom.
            Err(error) if !is_held && refusal::is_unknown_key(&error) => {
                return self.clear().await.map(|()| None);
            }
            user => user?,
        };
        self.check_user(pending, &pending.old, &user)?;
        let mut beside = self.beside_old(pending, &user, is_held).await?;
        if let Beside::Nothing(at) = beside {
            // The call's own time first: IAM may have been at it to the end.
            let longest = CALL + SHOWS_WITHIN;
            let left = match (pending.begun_at, at) {
                (Some(begun_at), Some(at)) => (begun_at + longest).duration_since(at).unwrap_or_default(),
                _ => longest,
            };
            if !left.is_zero() {
                self.clock.sleep(left.min(longest)).await;
                beside = self.beside_old(pending, &user, is_held).await?;
            }
        }
        let lost = match beside {
            Beside::Lost(id) => Some(id),
            Beside::Nothing(_) | Beside::Somebodys => None,
        };
        if let Some(lost) = &lost {
            let deleted = self.iam.delete_access_key(&user.name, lost, self.caller(&pending.old)).await;
            if !super::is_not_found(&deleted) {
                deleted?;
            }
        }
        self.clear().await?;
        Ok(lost)
    }

    /// Where it cannot be told whose a key is, this fails: it is not to be deleted, and not to be forgotten.
    async fn beside_old(&self, pending: &Pending, user: &User, is_held: bool) -> Result<Beside, Error> {
        let caller = || self.caller(&pending.old);
        let ListedKeys { keys, at } = self.iam.list_access_keys(&user.name, caller()).await?;
        let old_id = pending.old.access_key_id();
        let (old, others): (Vec<_>, Vec<_>) = keys.into_iter().partition(|key| key.access_key_id == *old_id);
        let [ListedKey { access_key_id: id, create_date, .. }] = &others[..] else {
            return match others.first() {
                Some(one) => Err(undecided(pending, &one.access_key_id)),
                None => Ok(Beside::Nothing(at)),
            };
        };
        let may_be_lost = pending.may_have_made(*create_date);
        if may_be_lost == Some(false) {
            return Ok(Beside::Somebodys);
        }
        // Nobody can have used a key whose secret nobody knows.
        if self.iam.access_key_last_used(&user.name, id, caller()).await?.is_some() {
            return Ok(Beside::Somebodys);
        }
        match is_held && !old.is_empty() && may_be_lost == Some(true) {
            true => Ok(Beside::Lost(id.clone())),
            false => Err(undecided(pending, id)),
        }
    }
}

fn undecided(pending: &Pending, id: &AccessKeyId) -> Error {
    let (old, arn) = (pending.old.access_key_id(), &pending.user.arn);
    let message = format!(
        "access key {id} of {arn} may be the one that was to replace {old} and whose secret nobody knows, or somebody's: \
         delete the one that is not needed"
    );
    Error::new(ErrorKind::InUse, message)
}
