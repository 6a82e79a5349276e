//! The way forwards: a new key is made, known, kept, and the old one deleted.

use std::time::Duration;

use super::AccessKeyRotation;
use super::journal::Pending;
use super::report::RotatedKey;
use super::user::User;
use crate::aws::refusal;
use crate::aws::sts::Signer;
use crate::{AccessKey, AccessKeyId, Error, ErrorKind, VaultItem};

/// What is new at IAM is known to all of AWS within seconds; after this long something else is wrong.
const LONGEST: Duration = Duration::from_secs(60);
/// Between two looks at first, and at most.
const WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(5));

impl AccessKeyRotation {
    /// A rotation from its beginning.
    pub(super) async fn begin(&self, held: AccessKey) -> Result<RotatedKey, Error> {
        let user = self.user(&held).await?;
        self.check_room(&user, &held).await?;
        let pending = Pending::new(&user, &held, self.clock.now());
        // Before the call: whoever finds a key that nobody knows finds here whose it is.
        self.write(&pending).await?;
        match self.iam.create_access_key(&user.name, self.caller(&held)).await {
            Ok(new) => self.keep_beside(pending, &user, held, new).await,
            Err(error) if has_made_nothing(&error) => {
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

    /// The vault takes the new key beside the old one: from here on no crash loses its secret.
    async fn keep_beside(
        &self,
        pending: Pending,
        user: &User,
        held: AccessKey,
        new: AccessKey,
    ) -> Result<RotatedKey, Error> {
        let id = new.access_key_id().clone();
        let pending = Pending { new: Some(new.clone()), ..pending };
        if let Err(error) = self.write(&pending).await {
            let deleted = self.iam.delete_access_key(&user.name, &id, self.caller(&held)).await;
            if deleted.is_ok() {
                let _ = self.clear().await;
            }
            return Err(error);
        }
        self.finish(pending, Some(held), new).await
    }

    /// All that is left to do once the vault has the new key, wherever an earlier attempt has ended.
    pub(super) async fn finish(
        &self,
        pending: Pending,
        held: Option<AccessKey>,
        new: AccessKey,
    ) -> Result<RotatedKey, Error> {
        let user = self.verify(&new, &pending.user_arn).await?;
        if held.as_ref().is_none_or(|held| held.access_key_id() != new.access_key_id()) {
            self.promote(held, &pending.old, &new).await?;
        }
        self.vault.delete(&self.place(VaultItem::SessionCredentials)).await?;
        self.clock.sleep(self.grace).await;
        self.delete_for_good(&user, &pending.old, &new).await?;
        self.clear().await?;
        let (old, new) = (pending.old, new.access_key_id().clone());
        tracing::info!(session = %self.session, %old, %new, "the access key was rotated");
        Ok(RotatedKey { old, new, is_by_another: false })
    }

    /// Waits until STS knows the new key, as the same user's.
    async fn verify(&self, new: &AccessKey, user_arn: &str) -> Result<User, Error> {
        let user =
            self.patiently(async || self.user(new).await, |error| error.kind() == ErrorKind::AccessDenied);
        let user = user.await?;
        if user.arn != user_arn {
            let (id, arn) = (new.access_key_id(), &user.arn);
            let message = format!("the new access key {id} is that of {arn}, not of {user_arn}");
            return Err(Error::new(ErrorKind::Service, message));
        }
        Ok(user)
    }

    /// The vault takes the new key in the old one's place, and has to give it back.
    async fn promote(
        &self,
        held: Option<AccessKey>,
        old: &AccessKeyId,
        new: &AccessKey,
    ) -> Result<(), Error> {
        let place = self.place(VaultItem::AccessKey);
        // It has been a while since the vault was looked at.
        let is_someone_elses = |key: AccessKey| ![old, new.access_key_id()].contains(&key.access_key_id());
        if self.held().await?.is_some_and(is_someone_elses) {
            let message = format!("{place} was replaced in the vault while it was rotated");
            return Err(Error::new(ErrorKind::Busy, message));
        }
        let put = self.vault.put(&place, &new.to_record()).await;
        let kept = self.vault.get(&place).await;
        let has = |key: &AccessKey| {
            let record = kept.as_ref().ok().and_then(Option::as_ref);
            record.is_some_and(|record| record.expose() == key.to_record().expose())
        };
        if has(new) {
            return Ok(());
        }
        if let Some(held) = held.filter(|held| !has(held)) {
            // It holds neither, or does not say. If it takes the old one no more either, the new one is still beside it.
            let _ = self.vault.put(&place, &held.to_record()).await;
        }
        let lost = || {
            Error::new(
                ErrorKind::Unavailable,
                format!("the vault did not give back what it took for {place}"),
            )
        };
        Err(put.err().or_else(|| kept.err()).unwrap_or_else(lost))
    }

    /// Deletes the old key, which proves that IAM knows the new one. One that is gone already is as good.
    async fn delete_for_good(&self, user: &User, old: &AccessKeyId, new: &AccessKey) -> Result<(), Error> {
        let delete = async || match self.iam.delete_access_key(&user.name, old, self.caller(new)).await {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
        self.patiently(delete, refusal::is_unknown_key).await
    }

    /// Tries for a while what passes by itself.
    pub(super) async fn patiently<T>(
        &self,
        attempt: impl AsyncFn() -> Result<T, Error>,
        passes: impl Fn(&Error) -> bool,
    ) -> Result<T, Error> {
        let (mut wait, until) = (WAITS.0, self.clock.elapsed() + LONGEST);
        loop {
            match attempt().await {
                Err(error)
                    if (error.is_retryable() || passes(&error)) && self.clock.elapsed() + wait <= until =>
                {
                    self.clock.sleep(wait).await;
                    wait = (wait * 2).min(WAITS.1);
                }
                outcome => return outcome,
            }
        }
    }

    /// For the recovery: is the new key known, at the first look?
    pub(super) async fn is_accepted(&self, new: &AccessKey) -> Result<bool, Error> {
        match self.identity(Signer::AccessKey(new)).await {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == ErrorKind::AccessDenied => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// True when IAM said no, or was not reached; else the new key may be there, and only its answer is lost.
fn has_made_nothing(error: &Error) -> bool {
    error.kind() != ErrorKind::Service
}
