//! What the vault keeps of a rotation that is under way: enough to end it, whoever does.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::AccessKeyRotation;
use super::user::User;
use crate::record::{corrupt, fields, join};
use crate::{AccessKey, AccessKeyId, Error, ErrorKind, Secret, VaultItem, VaultKey};

const HEADER: &str = "leapp access key rotation 1";
/// What the service's clock and this machine's may differ by, and the time of a call.
const TOLERANCE: Duration = Duration::from_secs(6 * 60);

/// A rotation that was begun.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    /// Before the new key was asked for.
    pub(super) begun_at: SystemTime,
    pub(super) user_arn: String,
    pub(super) old: AccessKeyId,
    /// The new key, once its secret is known.
    pub(super) new: Option<AccessKey>,
}

impl Pending {
    pub(super) fn new(user: &User, old: &AccessKey, begun_at: SystemTime) -> Self {
        Self { begun_at, user_arn: user.arn.clone(), old: old.access_key_id().clone(), new: None }
    }

    pub(super) fn has_made(&self, access_key_id: &AccessKeyId) -> bool {
        self.new.as_ref().is_some_and(|new| new.access_key_id() == access_key_id)
    }

    /// Whether a key may be the one that was asked for and whose answer never came.
    pub(super) fn may_have_made(&self, access_key_id: &AccessKeyId, create_date: SystemTime) -> bool {
        let is_in_time = create_date + TOLERANCE >= self.begun_at && create_date <= self.begun_at + TOLERANCE;
        self.new.is_none() && *access_key_id != self.old && is_in_time
    }

    fn to_record(&self) -> Secret {
        let Self { begun_at, user_arn, old, new } = self;
        let seconds = begun_at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().to_string();
        let new = new.as_ref().map(|key| (key.access_key_id().as_str(), key.secret_access_key().expose()));
        let (new_id, new_secret) = new.unwrap_or_default();
        join(&[HEADER, &seconds, user_arn, old.as_str(), new_id, new_secret])
    }

    fn from_record(record: &Secret) -> Result<Self, Error> {
        let [begun_at, user_arn, old, new_id, new_secret] = fields(record, HEADER)?;
        let seconds = begun_at.parse().map(Duration::from_secs).map_err(corrupt)?;
        let new = match new_id {
            "" => None,
            id => {
                let id = AccessKeyId::parse(id).map_err(corrupt)?;
                Some(AccessKey::new(id, Secret::new(new_secret)).map_err(corrupt)?)
            }
        };
        Ok(Self {
            begun_at: UNIX_EPOCH.checked_add(seconds).ok_or_else(|| corrupt(std::fmt::Error))?,
            user_arn: user_arn.to_owned(),
            old: AccessKeyId::parse(old).map_err(corrupt)?,
            new,
        })
    }
}

impl AccessKeyRotation {
    /// What is under way, if anything.
    pub(super) async fn pending(&self) -> Result<Option<Pending>, Error> {
        let Some(record) = self.vault.get(&self.place(VaultItem::AccessKeyRotation)).await? else {
            return Ok(None);
        };
        match Pending::from_record(&record) {
            Ok(pending) => Ok(Some(pending)),
            // Nothing can be taken up from it. What it left at IAM is found there.
            Err(error) => {
                tracing::warn!(session = %self.session, %error, "what the vault says of a rotation is not used");
                Ok(None)
            }
        }
    }

    pub(super) async fn write(&self, pending: &Pending) -> Result<(), Error> {
        self.vault.put(&self.place(VaultItem::AccessKeyRotation), &pending.to_record()).await
    }

    /// Nothing is under way any more.
    pub(super) async fn clear(&self) -> Result<(), Error> {
        self.vault.delete(&self.place(VaultItem::AccessKeyRotation)).await
    }

    /// The key that the vault holds; none when there is none, or when it cannot be read and the new one can replace it.
    pub(super) async fn held(&self) -> Result<Option<AccessKey>, Error> {
        let record = self.vault.get(&self.place(VaultItem::AccessKey)).await?;
        match record.map(|record| AccessKey::from_record(&record)).transpose() {
            Err(error) if error.kind() == ErrorKind::Corrupt => {
                let pending = self.pending().await?;
                if pending.is_some_and(|pending| pending.new.is_some()) { Ok(None) } else { Err(error) }
            }
            held => held,
        }
    }

    /// The key that there has to be.
    pub(super) fn known(&self, held: Option<AccessKey>) -> Result<AccessKey, Error> {
        held.ok_or_else(|| {
            let message = format!("the vault holds no access key for session `{}`", self.session);
            Error::new(ErrorKind::NotFound, message)
        })
    }

    pub(super) fn place(&self, item: VaultItem) -> VaultKey {
        VaultKey::new(self.session.clone(), item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending(new: Option<&str>) -> Pending {
        let id = |text: &str| AccessKeyId::parse(text).unwrap();
        Pending {
            begun_at: UNIX_EPOCH + Duration::from_secs(1_900_000_000),
            user_arn: "arn:aws:iam::111122223333:user/alice".into(),
            old: id("AKIAIOSFODNN7EXAMPLE"),
            new: new.map(|new| AccessKey::new(id(new), Secret::new("hunter2-hunter2")).unwrap()),
        }
    }

    #[test]
    fn what_was_written_is_read_back() {
        for pending in [pending(None), pending(Some("AKIAI44QH8DHBEXAMPLE"))] {
            let record = pending.to_record();
            assert_eq!(Pending::from_record(&record).unwrap().to_record().expose(), record.expose());
            assert!(!format!("{pending:?}").contains("hunter2"));
        }
    }

    #[test]
    fn another_text_is_corrupt_and_not_repeated() {
        let whole = pending(Some("AKIAI44QH8DHBEXAMPLE")).to_record();
        for text in ["", "hunter2-hunter2", &whole.expose().replace("190000", "x"), &whole.expose()[..100]] {
            let error = Pending::from_record(&Secret::new(text)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Corrupt, "{text:?}");
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }

    #[test]
    fn only_a_key_of_that_moment_may_be_the_one_that_was_asked_for() {
        let (id, begun_at) = (AccessKeyId::parse("AKIAI44QH8DHBEXAMPLE").unwrap(), pending(None).begun_at);
        let near = Duration::from_secs(300);
        for (create_date, expected) in [
            (begun_at, true),
            (begun_at - near, true),
            (begun_at + near, true),
            (begun_at - 2 * near, false),
            (begun_at + 2 * near, false),
        ] {
            assert_eq!(pending(None).may_have_made(&id, create_date), expected, "{create_date:?}");
        }
        assert!(!pending(None).may_have_made(&pending(None).old, begun_at));
        assert!(!pending(Some("AKIAIOSFODNN7EXAMPL2")).may_have_made(&id, begun_at));
    }
}
