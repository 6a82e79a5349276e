//! How this library writes what it keeps in a vault: one item, one text, one field a line.
//!
//! Lines rather than JSON: the fields hold no line break (they are checked where they are made), and the text is built
//! at its full size at once, so no half-grown copy of a secret is left behind in freed memory.

use std::time::{Duration, SystemTime};

use zeroize::Zeroizing;

use crate::{AccessKey, AccessKeyId, CacheKey, Error, ErrorKind, Secret, SessionCredentials};

const ACCESS_KEY: &str = "leapp access key 1";
const SESSION_CREDENTIALS: &str = "leapp session credentials 1";

impl AccessKey {
    /// The text a vault keeps under [`VaultItem::AccessKey`](crate::VaultItem::AccessKey).
    ///
    /// ```
    /// use leapp_core::{AccessKey, AccessKeyId, MemoryVault, Secret, SessionId, Vault, VaultItem, VaultKey};
    ///
    /// # async fn example() -> Result<(), leapp_core::Error> {
    /// let id = AccessKeyId::parse("AKIAIOSFODNN7EXAMPLE")?;
    /// let key = AccessKey::new(id, Secret::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"))?;
    ///
    /// let vault = MemoryVault::new();
    /// let place = VaultKey::new(SessionId::parse("alice")?, VaultItem::AccessKey);
    /// vault.put(&place, &key.to_record()).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn to_record(&self) -> Secret {
        join(&[ACCESS_KEY, self.access_key_id().as_str(), self.secret_access_key().expose()])
    }

    /// Reads what [`to_record`](Self::to_record) wrote.
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`] when the text is something else. The message does not repeat it.
    pub fn from_record(record: &Secret) -> Result<Self, Error> {
        let [id, secret] = fields(record, ACCESS_KEY)?;
        let id = AccessKeyId::parse(id).map_err(corrupt)?;
        Self::new(id, Secret::new(secret)).map_err(corrupt)
    }
}

/// Writes a set and the key of the request it answered.
pub(crate) fn write_credentials(key: &CacheKey, set: &SessionCredentials) -> Secret {
    let expiration = set.expiration().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    join(&[
        SESSION_CREDENTIALS,
        key.as_str(),
        &expiration.to_string(),
        set.access_key_id().as_str(),
        set.secret_access_key().expose(),
        set.session_token().expose(),
    ])
}

/// Reads a set; `None` when it answered another request than `key`'s.
pub(crate) fn read_credentials(record: &Secret, key: &CacheKey) -> Result<Option<SessionCredentials>, Error> {
    let [written_for, expiration, id, secret, token] = fields(record, SESSION_CREDENTIALS)?;
    if written_for != key.as_str() {
        return Ok(None);
    }
    let seconds = expiration.parse().map(Duration::from_secs).map_err(corrupt)?;
    let Some(expiration) = SystemTime::UNIX_EPOCH.checked_add(seconds) else {
        return Err(Error::new(ErrorKind::Corrupt, "the vault's item holds an impossible expiration"));
    };
    let id = AccessKeyId::parse(id).map_err(corrupt)?;
    SessionCredentials::new(id, Secret::new(secret), Secret::new(token), expiration)
        .map(Some)
        .map_err(corrupt)
}

fn join(lines: &[&str]) -> Secret {
    let size = lines.iter().map(|line| line.len() + 1).sum();
    let mut text = Zeroizing::new(String::with_capacity(size));
    for line in lines {
        text.push_str(line);
        text.push('\n');
    }
    Secret::from(text)
}

fn fields<'a, const N: usize>(record: &'a Secret, header: &str) -> Result<[&'a str; N], Error> {
    let mut lines = record.expose().lines();
    let mismatch = || Error::new(ErrorKind::Corrupt, format!("the vault's item is not a `{header}`"));
    if lines.next() != Some(header) {
        return Err(mismatch());
    }
    let fields: Vec<&str> = lines.collect();
    fields.try_into().map_err(|_: Vec<&str>| mismatch())
}

fn corrupt(source: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Corrupt, "the vault's item cannot be read").with_source(source)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set() -> SessionCredentials {
        let expiration = SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000);
        let id = AccessKeyId::parse("ASIAIOSFODNN7EXAMPLE").unwrap();
        SessionCredentials::new(id, Secret::new("secret"), Secret::new("token"), expiration).unwrap()
    }

    #[test]
    fn a_set_is_read_back_for_its_own_request_only() {
        let record = write_credentials(&CacheKey::of(["alice", "device"]), &set());
        let read = read_credentials(&record, &CacheKey::of(["alice", "device"])).unwrap().unwrap();
        assert_eq!(read.access_key_id(), set().access_key_id());
        assert_eq!(read.secret_access_key().expose(), "secret");
        assert_eq!(read.session_token().expose(), "token");
        assert_eq!(read.expiration(), set().expiration());
        assert!(read_credentials(&record, &CacheKey::of(["alice", "other device"])).unwrap().is_none());
    }

    #[test]
    fn another_text_is_corrupt_and_not_repeated() {
        for text in [
            "",
            "hunter2-hunter2",
            "leapp access key 1\nAKIAIOSFODNN7EXAMPLE\n",
            "leapp access key 1\nx\nhunter2-hunter2\n",
        ] {
            let error = AccessKey::from_record(&Secret::new(text)).unwrap_err();
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
            assert_eq!(error.kind(), ErrorKind::Corrupt, "{text:?}");
        }
    }
}
