//! What an earlier rotation has left, brought to an end.

use std::time::Duration;

use super::AccessKeyRotation;
use super::journal::Pending;
use super::report::Resumed;
use super::user::User;
use crate::aws::iam::Caller;
use crate::aws::refusal;
use crate::aws::sts::Signer;
use crate::{AccessKey, AccessKeyId, Error, ErrorKind};

/// A key whose answer was lost may show in IAM's list a little later.
const SHOWS_WITHIN: Duration = Duration::from_secs(20);

impl AccessKeyRotation {
    /// Forwards where the new key's secret is known, backwards where it is not.
    pub(super) async fn settle(&self, pending: Pending) -> Result<Resumed, Error> {
        let Some(new) = pending.new.clone() else {
            let deleted = self.delete_lost(&pending).await?;
            return Ok(Resumed::RolledBack { deleted });
        };
        let held = self.held().await?;
        let is_ours = |held: &AccessKey| {
            *held.access_key_id() == pending.old || held.access_key_id() == new.access_key_id()
        };
        if held.as_ref().is_some_and(|held| !is_ours(held)) {
            // Somebody has put another key there since. It is theirs to keep; the new one is nobody's any more.
            return self.drop_successor(&pending, &new).await;
        }
        if self.was_deleted(held.as_ref(), &pending, &new).await? {
            self.clear().await?;
            return Ok(Resumed::RolledBack { deleted: None });
        }
        self.finish(pending, held, new).await.map(Resumed::Finished)
    }

    /// Deletes the key that was asked for and whose secret nobody got to know, if there is one.
    pub(super) async fn delete_lost(&self, pending: &Pending) -> Result<Option<AccessKeyId>, Error> {
        let held = self.known(self.held().await?)?;
        let user = self.user(&held).await?;
        if user.arn != pending.user_arn || *held.access_key_id() != pending.old {
            // Somebody has put another key there since, and nothing can be told of the others.
            return self.clear().await.map(|()| None);
        }
        let lost = match self.find_lost(&user, &held, pending).await? {
            Some(lost) => Some(lost),
            None => {
                let since = self.clock.now().duration_since(pending.begun_at).unwrap_or_default();
                match SHOWS_WITHIN.checked_sub(since).filter(|left| !left.is_zero()) {
                    Some(left) => {
                        self.clock.sleep(left).await;
                        self.find_lost(&user, &held, pending).await?
                    }
                    None => None,
                }
            }
        };
        if let Some(lost) = &lost {
            let deleted = self.iam.delete_access_key(&user.name, lost, self.caller(&held)).await;
            if !super::is_not_found(&deleted) {
                deleted?;
            }
        }
        self.clear().await?;
        Ok(lost)
    }

    /// Where it cannot be told that a key was never used, this fails: it is not to be deleted, and not to be forgotten.
    async fn find_lost(
        &self,
        user: &User,
        held: &AccessKey,
        pending: &Pending,
    ) -> Result<Option<AccessKeyId>, Error> {
        for key in self.iam.list_access_keys(&user.name, self.caller(held)).await? {
            let id = key.access_key_id;
            if pending.may_have_made(&id, key.create_date)
                && self.iam.access_key_last_used(&id, self.caller(held)).await?.is_none()
            {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// Whether somebody has deleted the new key, and the vault still holds the old one.
    async fn was_deleted(
        &self,
        held: Option<&AccessKey>,
        pending: &Pending,
        new: &AccessKey,
    ) -> Result<bool, Error> {
        let Some(held) = held.filter(|held| *held.access_key_id() == pending.old) else { return Ok(false) };
        let user = self.user(held).await?;
        let keys = self.iam.list_access_keys(&user.name, self.caller(held)).await?;
        let is_listed = keys.iter().any(|key| key.access_key_id == *new.access_key_id());
        Ok(!is_listed && !self.is_accepted(new).await?)
    }

    /// Deletes the new key, by its own signature: whose key the vault holds by now is not known.
    async fn drop_successor(&self, pending: &Pending, new: &AccessKey) -> Result<Resumed, Error> {
        let name = pending.user_arn.rsplit('/').next().unwrap_or_default();
        let signer = self.session_credentials.as_ref().map_or(Signer::AccessKey(new), Signer::Session);
        let id = new.access_key_id();
        let delete = async || {
            let caller = Caller { session: &self.session, signer, now: self.clock.now() };
            self.iam.delete_access_key(name, id, caller).await
        };
        let deleted = match self.patiently(delete, refusal::is_unknown_key).await {
            Ok(()) => Some(id.clone()),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            // After all this time it is not new any more, but gone.
            Err(error) if refusal::is_unknown_key(&error) && self.session_credentials.is_none() => None,
            Err(error) => return Err(error),
        };
        self.clear().await?;
        Ok(Resumed::RolledBack { deleted })
    }
}
