//! What the vault holds, by the side of what a rotation knows: whole records are compared, never ids alone.

use super::AccessKeyRotation;
use super::journal::Pending;
use crate::aws::sts::Signer;
use crate::{AccessKey, Error, ErrorKind, Secret, VaultItem};

/// The vault's item while a rotation is under way.
#[derive(Debug)]
pub(super) enum Held {
    /// Nothing that works: a part of one of the two, a mixture, or one's id with another secret.
    Broken,
    New,
    Old,
    /// A key that somebody put there.
    Other(AccessKey),
}

impl AccessKeyRotation {
    /// The key that the vault holds.
    pub(super) async fn held(&self) -> Result<Option<AccessKey>, Error> {
        let record = self.vault.get(&self.place(VaultItem::AccessKey)).await?;
        record.map(|record| AccessKey::from_record(&record)).transpose()
    }

    /// The key that there has to be.
    pub(super) fn known(&self, held: Option<AccessKey>) -> Result<AccessKey, Error> {
        held.ok_or_else(|| {
            let message = format!("the vault holds no access key for session `{}`", self.session);
            Error::new(ErrorKind::NotFound, message)
        })
    }

    /// What the vault holds now.
    pub(super) async fn look(&self, pending: &Pending) -> Result<Held, Error> {
        match self.vault.get(&self.place(VaultItem::AccessKey)).await? {
            Some(record) => held(&record, pending),
            // Some stores delete before they write. Where nothing was written yet, somebody has taken it away.
            None if pending.new.is_some() => Ok(Held::Broken),
            None => self.known(None).map(Held::Other),
        }
    }

    /// The key that the vault holds, if it is one.
    pub(super) async fn whole(&self, pending: &Pending) -> Result<AccessKey, Error> {
        match (self.look(pending).await?, &pending.new) {
            (Held::Other(key), _) => Ok(key),
            (Held::New, Some(new)) => Ok(new.clone()),
            (Held::Old, _) => Ok(pending.old.clone()),
            (Held::Broken | Held::New, _) => {
                let message =
                    format!("{} is not whole: `resume` puts it right", self.place(VaultItem::AccessKey));
                Err(Error::new(ErrorKind::Corrupt, message))
            }
        }
    }

    /// The same, once what was broken is put right: by the new key where AWS takes it, else by the old one.
    pub(super) async fn mended(&self, pending: &Pending) -> Result<Held, Error> {
        let held = self.look(pending).await?;
        let (Held::Broken, session) = (&held, &self.session) else { return Ok(held) };
        let (key, held) = match &pending.new {
            Some(new) if self.is_accepted(new, pending).await? => (new, Held::New),
            _ => (&pending.old, Held::Old),
        };
        self.keep(VaultItem::AccessKey, &key.to_record()).await?;
        tracing::warn!(%session, access_key_id = %key.access_key_id(), "the vault's broken access key was put right");
        Ok(held)
    }

    /// The vault takes it, and has to give it back.
    pub(super) async fn keep(&self, item: VaultItem, record: &Secret) -> Result<(), Error> {
        let place = self.place(item);
        let put = self.vault.put(&place, record).await;
        let kept = self.vault.get(&place).await;
        if kept.as_ref().ok().and_then(Option::as_ref).is_some_and(|kept| kept.expose() == record.expose()) {
            return Ok(());
        }
        let lost = || {
            Error::new(
                ErrorKind::Unavailable,
                format!("the vault did not give back what it took for {place}"),
            )
        };
        Err(put.err().or_else(|| kept.err()).unwrap_or_else(lost))
    }

    /// Whether STS takes the key for the same user's, at the first look.
    pub(super) async fn is_accepted(&self, key: &AccessKey, pending: &Pending) -> Result<bool, Error> {
        match self.identity(Signer::AccessKey(key)).await {
            Ok(identity) => Ok(identity.is(&pending.user)),
            Err(error) if error.kind() == ErrorKind::AccessDenied => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn held(record: &Secret, pending: &Pending) -> Result<Held, Error> {
    let text = record.expose();
    let is = |key: &AccessKey| key.to_record().expose() == text;
    if pending.new.as_ref().is_some_and(is) {
        return Ok(Held::New);
    }
    if is(&pending.old) {
        return Ok(Held::Old);
    }
    let names_one = |line: &str| pending.keys().any(|key| key.access_key_id().as_str() == line);
    if text.lines().any(names_one) || is_torn(text, pending) {
        return Ok(Held::Broken);
    }
    AccessKey::from_record(record).map(Held::Other)
}

/// The beginning of one record, or of one with the end of the other, as a write that was stopped in place leaves it.
fn is_torn(text: &str, pending: &Pending) -> bool {
    let records: Vec<Secret> = pending.keys().map(AccessKey::to_record).collect();
    let begins = |record: &Secret| {
        let same = text.bytes().zip(record.expose().bytes()).take_while(|(a, b)| a == b).count();
        let rest = &text.as_bytes()[same..];
        let is_end = |other: &Secret| {
            let other = other.expose().as_bytes();
            other.len() == text.len() && other.ends_with(rest)
        };
        rest.is_empty() || records.iter().any(is_end)
    };
    records.iter().any(begins)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AccessKeyId;
    use crate::aws::access_key_rotation::user::Identity;

    fn key(id: &str, secret: &str) -> AccessKey {
        AccessKey::new(AccessKeyId::parse(id).unwrap(), Secret::new(secret)).unwrap()
    }

    fn pending() -> Pending {
        Pending {
            begun_at: None,
            user: Identity { account: String::new(), user_id: String::new(), arn: String::new() },
            old: key("AKIAIOSFODNN7EXAMPLE", "hunter2-hunter2-old"),
            new: Some(key("AKIAI44QH8DHBEXAMPLE", "Hunter3-hunter3-new")),
        }
    }

    #[test]
    fn a_write_that_stopped_anywhere_is_told_from_a_key_of_somebodys() {
        let pending = pending();
        let (old, new) = (pending.old.to_record(), pending.new.as_ref().unwrap().to_record());
        let (old, new) = (old.expose(), new.expose());
        for (from, to) in [(old, new), (new, old)] {
            for cut in 0..to.len() {
                for text in [to[..cut].to_owned(), format!("{}{}", &to[..cut], &from[cut..])] {
                    let found = held(&Secret::new(text.as_str()), &pending).unwrap();
                    let is_whole = text == old || text == new;
                    assert_eq!(matches!(found, Held::Broken), !is_whole, "{cut}: {found:?}");
                }
            }
        }
        let bobs = key("AKIAIOSFODNN7EXAMPL3", "hunter2-hunter2-old");
        assert!(matches!(held(&bobs.to_record(), &pending), Ok(Held::Other(_))));
        let wrong = key("AKIAIOSFODNN7EXAMPLE", "hunter2-hunter2-alt");
        assert!(matches!(held(&wrong.to_record(), &pending), Ok(Held::Broken)));
        let error = held(&Secret::new("something else"), &pending).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt);
    }
}
