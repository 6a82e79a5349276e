//! The end of the old key. Its secret is gone with it, so all that it could have put right is looked at first.

use super::AccessKeyRotation;
use super::held::Held;
use super::journal::Pending;
use crate::aws::refusal;
use crate::{AccessKey, Error, ErrorKind, VaultItem};

/// What keeps the old key alive.
enum Obstacle {
    /// The vault does not hold the new one.
    Replaced,
    /// The new one is none, or none yet.
    Unfit(Error),
    Other(Error),
}

impl AccessKeyRotation {
    /// Deletes the old key, once the vault was seen to hold the new one and AWS to take it. One that is gone is as good.
    pub(super) async fn end_old(&self, pending: &Pending, new: &AccessKey) -> Result<(), Error> {
        let passes = |obstacle: &Obstacle| match obstacle {
            Obstacle::Replaced => false,
            Obstacle::Unfit(_) => true,
            Obstacle::Other(error) => error.is_retryable(),
        };
        match self.patiently(async || self.look_and_delete(pending, new).await, passes).await {
            Ok(()) => Ok(()),
            Err(Obstacle::Replaced) => Err(self.after_promotion(pending, new, self.replaced())),
            Err(Obstacle::Unfit(error)) => Err(self.put_back(pending, new, error).await),
            Err(Obstacle::Other(error)) => Err(self.after_promotion(pending, new, error)),
        }
    }

    /// Each attempt looks anew: between two of them is time for anything.
    async fn look_and_delete(&self, pending: &Pending, new: &AccessKey) -> Result<(), Obstacle> {
        let user = self.user_of_key(new).await.map_err(|error| match error.kind() {
            ErrorKind::AccessDenied => Obstacle::Unfit(error),
            _ => Obstacle::Other(error),
        })?;
        self.check_user(pending, new, &user).map_err(Obstacle::Unfit)?;
        self.check_session(new, &user).await.map_err(Obstacle::Other)?;
        // Where a session signs, an unknown key is the session's.
        let is_by_new = self.session_credentials.is_none();
        let obstacle = |error| match is_by_new && refusal::is_unknown_key(&error) {
            true => Obstacle::Unfit(error),
            false => Obstacle::Other(error),
        };
        let listed = self.iam.list_access_keys(&user.name, self.caller(new)).await.map_err(obstacle)?;
        let find =
            |wanted: &AccessKey| listed.keys.iter().find(|key| key.access_key_id == *wanted.access_key_id());
        let unfit = |what: &str| {
            let (id, arn) = (new.access_key_id(), &user.identity.arn);
            Err(Obstacle::Unfit(Error::new(
                ErrorKind::NotFound,
                format!("IAM {what} access key {id} of {arn}"),
            )))
        };
        match find(new) {
            Some(key) if key.is_active => {}
            Some(_) => return unfit("has put out of use"),
            None => return unfit("does not list"),
        }
        match self.look(pending).await {
            Ok(Held::New) => {}
            Ok(_) => return Err(Obstacle::Replaced),
            Err(error) => return Err(Obstacle::Other(error)),
        }
        if find(&pending.old).is_none() {
            return Ok(());
        }
        match self.iam.delete_access_key(&user.name, pending.old.access_key_id(), self.caller(new)).await {
            // IAM lists this user's keys by this name, so it is the key that is not found.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            outcome => outcome.map_err(obstacle),
        }
    }

    /// The new key is no use, so the old one takes its place again, if it still works.
    async fn put_back(&self, pending: &Pending, new: &AccessKey, error: Error) -> Error {
        let (session, old_id, new_id) = (&self.session, pending.old.access_key_id(), new.access_key_id());
        let works = self.is_accepted(&pending.old, pending).await;
        let outcome = match (works, self.look(pending).await) {
            (Ok(true), Ok(Held::New)) => {
                match self.keep(VaultItem::AccessKey, &pending.old.to_record()).await {
                    Ok(()) => "is back in the vault".to_owned(),
                    Err(error) => format!("could not be put back in the vault: {error}"),
                }
            }
            (Ok(true), Ok(Held::Old)) => "is in the vault".to_owned(),
            (Ok(true), Ok(_)) => "is not, as the vault holds another one by now".to_owned(),
            (Ok(true), Err(error)) => format!("could not be put back in the vault: {error}"),
            (Ok(false), _) => "is refused as well".to_owned(),
            (Err(_), _) => "is put back by the next attempt".to_owned(),
        };
        let message = format!(
            "AWS does not take access key {new_id} any more, which took the place of {old_id} for session \
             `{session}`; {old_id} {outcome}"
        );
        Error::new(ErrorKind::AccessDenied, message).with_source(error)
    }
}
