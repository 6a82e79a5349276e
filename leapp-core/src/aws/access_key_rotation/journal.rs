//! What the vault keeps of a rotation that is under way: enough to end it, whoever does, and both keys with their secrets.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::AccessKeyRotation;
use super::user::Identity;
use crate::aws::iam::CALL;
use crate::record::{corrupt, fields, join};
use crate::{AccessKey, AccessKeyId, Error, ErrorKind, Secret, VaultItem, VaultKey};

/// What begins the header of every format.
const NAME: &str = "leapp access key rotation ";
const HEADER: &str = "leapp access key rotation 2";
/// The last line. Without it the item was torn, and its secrets may be.
const END: &str = "end";
/// A key that was asked for is made while the call lasts, or moments later; and the clocks of AWS do not agree to the second.
const MADE_WITHIN: Duration = CALL.saturating_add(Duration::from_secs(10));

/// A rotation that was begun.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    /// Before the new key was asked for, by AWS's clock; none when AWS did not say.
    pub(super) begun_at: Option<SystemTime>,
    pub(super) user: Identity,
    /// All of it, until IAM has taken its deletion: it is what puts things right when the new one turns out bad.
    pub(super) old: AccessKey,
    /// The new key, once its secret is known.
    pub(super) new: Option<AccessKey>,
}

impl Pending {
    pub(super) fn has_made(&self, access_key_id: &AccessKeyId) -> bool {
        self.new.as_ref().is_some_and(|new| new.access_key_id() == access_key_id)
    }

    /// The key of that id, if it is one of the two.
    pub(super) fn key(&self, access_key_id: &AccessKeyId) -> Option<&AccessKey> {
        self.keys().find(|key| key.access_key_id() == access_key_id)
    }

    /// The new one first.
    pub(super) fn keys(&self) -> impl Iterator<Item = &AccessKey> {
        self.new.iter().chain([&self.old])
    }

    /// Whether a key that IAM made then may be the one that was asked for and whose answer never came; none when that cannot
    /// be told.
    pub(super) fn may_have_made(&self, create_date: SystemTime) -> Option<bool> {
        self.begun_at.map(|begun_at| (begun_at..=begun_at + MADE_WITHIN).contains(&create_date))
    }

    fn to_record(&self) -> Secret {
        let Self { begun_at, user: Identity { account, user_id, arn }, old, new } = self;
        let seconds =
            |at: SystemTime| at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().to_string();
        let begun_at = begun_at.map(seconds).unwrap_or_default();
        let parts = |key: &AccessKey| (key.access_key_id().to_string(), key.secret_access_key().clone());
        let ((old_id, old_secret), new) = (parts(old), new.as_ref().map(parts));
        let (new_id, new_secret) = new.unwrap_or_else(|| (String::new(), Secret::new("")));
        let (old_secret, new_secret) = (old_secret.expose(), new_secret.expose());
        join(&[HEADER, &begun_at, account, user_id, arn, &old_id, old_secret, &new_id, new_secret, END])
    }

    fn from_record(record: &Secret) -> Result<Self, Error> {
        let [begun_at, account, user_id, arn, old_id, old_secret, new_id, new_secret, end] =
            fields(record, HEADER)?;
        if end != END {
            return Err(corrupt(std::fmt::Error));
        }
        let key = |id: &str, secret: &str| {
            let id = AccessKeyId::parse(id).map_err(corrupt)?;
            AccessKey::new(id, Secret::new(secret)).map_err(corrupt)
        };
        let time = |seconds: &str| {
            let since = Duration::from_secs(seconds.parse().map_err(corrupt)?);
            UNIX_EPOCH.checked_add(since).ok_or_else(|| corrupt(std::fmt::Error))
        };
        Ok(Self {
            begun_at: Some(begun_at).filter(|text| !text.is_empty()).map(time).transpose()?,
            user: Identity { account: account.to_owned(), user_id: user_id.to_owned(), arn: arn.to_owned() },
            old: key(old_id, old_secret)?,
            new: Some(new_id).filter(|id| !id.is_empty()).map(|id| key(id, new_secret)).transpose()?,
        })
    }
}

impl AccessKeyRotation {
    /// What is under way, if anything.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] when another version of this library has begun it.
    pub(super) async fn pending(&self) -> Result<Option<Pending>, Error> {
        let Some(record) = self.vault.get(&self.place(VaultItem::AccessKeyRotation)).await? else {
            return Ok(None);
        };
        match Pending::from_record(&record) {
            Ok(pending) => Ok(Some(pending)),
            Err(_) if is_of_another_version(record.expose()) => {
                let message = format!(
                    "the rotation that was begun for session `{}` is another version's: delete the user's key that \
                     the vault does not hold with `delete_key`, which forgets it, and begin anew",
                    self.session
                );
                Err(Error::new(ErrorKind::Unsupported, message))
            }
            // Nothing can be taken up from it. What it left at IAM is found there.
            Err(error) => {
                tracing::warn!(session = %self.session, %error, "what the vault says of a rotation is not used");
                Ok(None)
            }
        }
    }

    /// The vault has to give it back: from here on it alone may have one of the secrets.
    pub(super) async fn write(&self, pending: &Pending) -> Result<(), Error> {
        self.keep(VaultItem::AccessKeyRotation, &pending.to_record()).await
    }

    /// Nothing is under way any more.
    pub(super) async fn clear(&self) -> Result<(), Error> {
        self.vault.delete(&self.place(VaultItem::AccessKeyRotation)).await
    }

    pub(super) fn place(&self, item: VaultItem) -> VaultKey {
        VaultKey::new(self.session.clone(), item)
    }
}

fn is_of_another_version(record: &str) -> bool {
    let version = record.lines().next().and_then(|header| header.strip_prefix(NAME));
    version.and_then(|version| version.parse::<u32>().ok()).is_some_and(|_| !record.starts_with(HEADER))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str, secret: &str) -> AccessKey {
        AccessKey::new(AccessKeyId::parse(id).unwrap(), Secret::new(secret)).unwrap()
    }

    fn pending(new: Option<&str>) -> Pending {
        Pending {
            begun_at: Some(UNIX_EPOCH + Duration::from_secs(1_900_000_000)),
            user: Identity {
                account: "111122223333".into(),
                user_id: "AIDACKCEVSQ6C2EXAMPLE".into(),
                arn: "arn:aws:iam::111122223333:user/alice".into(),
            },
            old: key("AKIAIOSFODNN7EXAMPLE", "hunter2-hunter2-old"),
            new: new.map(|new| key(new, "hunter2-hunter2")),
        }
    }

    #[test]
    fn what_was_written_is_read_back() {
        let undated = Pending { begun_at: None, ..pending(None) };
        for pending in [undated, pending(None), pending(Some("AKIAI44QH8DHBEXAMPLE"))] {
            let record = pending.to_record();
            assert_eq!(Pending::from_record(&record).unwrap().to_record().expose(), record.expose());
            assert!(!format!("{pending:?}").contains("hunter2"));
        }
    }

    #[test]
    fn another_text_is_corrupt_and_not_repeated() {
        let whole = pending(Some("AKIAI44QH8DHBEXAMPLE")).to_record();
        for text in ["", "hunter2-hunter2", &whole.expose().replace("190000", "x")] {
            let error = Pending::from_record(&Secret::new(text)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Corrupt, "{text:?}");
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }

    #[test]
    fn what_was_torn_is_no_record_wherever_it_was_torn() {
        let whole = pending(Some("AKIAI44QH8DHBEXAMPLE")).to_record();
        let whole = whole.expose();
        for cut in 0..whole.len() - 1 {
            let error = Pending::from_record(&Secret::new(&whole[..cut])).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Corrupt, "{cut}");
            assert!(!is_of_another_version(&whole[..cut]), "{cut}");
        }
    }

    #[test]
    fn another_version_is_known_for_one() {
        for (text, expected) in [
            ("leapp access key rotation 1\n1900000000\n", true),
            ("leapp access key rotation 3\n", true),
            ("leapp access key rotation 2\n", false),
            ("leapp access key rotation \n", false),
            ("garbage", false),
        ] {
            assert_eq!(is_of_another_version(text), expected, "{text}");
        }
    }

    #[test]
    fn only_a_key_of_that_moment_may_be_the_one_that_was_asked_for() {
        let begun_at = pending(None).begun_at.unwrap();
        let second = Duration::from_secs(1);
        for (create_date, expected) in [
            (begun_at - second, false),
            (begun_at, true),
            (begun_at + CALL, true),
            (begun_at + MADE_WITHIN, true),
            (begun_at + MADE_WITHIN + second, false),
        ] {
            assert_eq!(pending(None).may_have_made(create_date), Some(expected), "{create_date:?}");
        }
        let undated = Pending { begun_at: None, ..pending(None) };
        assert_eq!(undated.may_have_made(begun_at), None);
    }
}
