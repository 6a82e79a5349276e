//! How this library writes what it keeps in a vault: one item, one text, one field a line.
//!
//! Lines rather than JSON: the fields hold no line break (they are checked where they are made), and the text is built
//! at its full size at once, so no half-grown copy of a secret is left behind in freed memory.

use zeroize::Zeroizing;

use crate::{AccessKey, AccessKeyId, Error, ErrorKind, Secret};

const ACCESS_KEY: &str = "leapp access key 1";

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

pub(crate) fn join(lines: &[&str]) -> Secret {
    let size = lines.iter().map(|line| line.len() + 1).sum();
    let mut text = Zeroizing::new(String::with_capacity(size));
    for line in lines {
        text.push_str(line);
        text.push('\n');
    }
    Secret::from(text)
}

pub(crate) fn fields<'a, const N: usize>(record: &'a Secret, header: &str) -> Result<[&'a str; N], Error> {
    let mut lines = record.expose().lines();
    let mismatch = || Error::new(ErrorKind::Corrupt, format!("the vault's item is not a `{header}`"));
    if lines.next() != Some(header) {
        return Err(mismatch());
    }
    let fields: Vec<&str> = lines.collect();
    fields.try_into().map_err(|_: Vec<&str>| mismatch())
}

pub(crate) fn corrupt(source: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Corrupt, "the vault's item cannot be read").with_source(source)
}

#[cfg(test)]
mod tests {
    use super::*;

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
