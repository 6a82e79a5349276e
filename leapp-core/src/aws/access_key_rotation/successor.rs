//! Is the new key fit to take the old one's place?

use std::time::Duration;

use super::AccessKeyRotation;
use super::journal::Pending;
use super::recovery::SHOWS_WITHIN;
use super::user::User;
use crate::aws::iam::ListedKeys;
use crate::aws::refusal;
use crate::{AccessKey, Error, ErrorKind};

/// STS answers from many machines, and so do the services that a session's next call goes to. One yes is one machine's, and a
/// session whose next call another one refuses has to be started again: so the others have this long to hear of the key, as
/// long as it usually takes, before it is asked for again.
const AGAIN_AFTER: Duration = Duration::from_secs(10);

impl AccessKeyRotation {
    /// STS knows the new key, twice, as the same user's, and IAM lists it as active. False when it was deleted.
    pub(super) async fn is_fit(&self, pending: &Pending, new: &AccessKey) -> Result<bool, Error> {
        let accepted = match self.verify(pending, new).await {
            Ok(_) => {
                self.clock.sleep(AGAIN_AFTER).await;
                self.verify(pending, new).await
            }
            refused => refused,
        };
        if accepted.as_ref().is_err_and(|error| error.kind() != ErrorKind::AccessDenied) {
            return accepted.map(|_| true);
        }
        let mut status = self.listed_as(pending, new, accepted.as_ref().ok()).await?;
        if status.is_none() {
            self.clock.sleep(SHOWS_WITHIN).await;
            status = self.listed_as(pending, new, accepted.as_ref().ok()).await?;
        }
        let Some(is_active) = status else { return Ok(false) };
        accepted?;
        if !is_active {
            let message = format!("access key {} of {} is inactive", new.access_key_id(), pending.user.arn);
            return Err(Error::new(ErrorKind::AccessDenied, message));
        }
        Ok(true)
    }

    /// Waits until STS knows a key, as the same user's.
    pub(super) async fn verify(&self, pending: &Pending, key: &AccessKey) -> Result<User, Error> {
        let passes = |error: &Error| error.is_retryable() || error.kind() == ErrorKind::AccessDenied;
        let user = self.patiently(async || self.user(key).await, passes).await?;
        self.check_user(pending, key, &user)?;
        Ok(user)
    }

    pub(super) fn check_user(&self, pending: &Pending, key: &AccessKey, user: &User) -> Result<(), Error> {
        if user.identity.is(&pending.user) {
            return Ok(());
        }
        let (id, arn, expected) = (key.access_key_id(), &user.identity.arn, &pending.user.arn);
        let message = format!("the access key {id} is that of {arn}, not of {expected}");
        Err(Error::new(ErrorKind::Service, message))
    }

    /// Whether the new key is active; none where IAM does not list it.
    async fn listed_as(
        &self,
        pending: &Pending,
        new: &AccessKey,
        user: Option<&User>,
    ) -> Result<Option<bool>, Error> {
        let listed = self.list_by_either(pending, new, user).await?;
        let found = listed.keys.iter().find(|key| key.access_key_id == *new.access_key_id());
        Ok(found.map(|key| key.is_active))
    }

    /// By the old key, which IAM knows for sure; by the new one where somebody has deleted the old one.
    async fn list_by_either(
        &self,
        pending: &Pending,
        new: &AccessKey,
        user: Option<&User>,
    ) -> Result<ListedKeys, Error> {
        let by = async |key: &AccessKey| {
            let user = match user {
                Some(user) => user.clone(),
                None => self.user(key).await?,
            };
            self.check_user(pending, key, &user)?;
            self.iam.list_access_keys(&user.name, self.caller(key)).await
        };
        match self.patiently(async || by(&pending.old).await, Error::is_retryable).await {
            Err(error) if refusal::is_unknown_key(&error) => {
                let passes = |error: &Error| error.is_retryable() || refusal::is_unknown_key(error);
                self.patiently(async || by(new).await, passes).await
            }
            listed => listed,
        }
    }
}
