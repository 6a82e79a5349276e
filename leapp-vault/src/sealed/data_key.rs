//! A data key that another vault keeps: thirty-two random bytes.

use std::sync::Arc;

use leapp_core::{Error, ErrorKind, Secret, SessionId, Vault, VaultItem, VaultKey};
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

use super::fault;
use super::key::Key;
use super::lock::Lock;
use super::place::Place;
use crate::turns::Turns;

const HEADER: &str = "leapp data key 1\n";
const DIGITS: &[u8; 16] = b"0123456789abcdef";

pub(super) struct DataKey {
    vault: Arc<dyn Vault>,
    name: VaultKey,
}

impl DataKey {
    pub(super) fn new(vault: Arc<dyn Vault>, name: SessionId) -> Self {
        Self { vault, name: VaultKey::new(name, VaultItem::DataKey) }
    }

    /// The key, which is made when there is neither one nor a file that would need it.
    pub(super) async fn obtain(
        &self,
        place: &Place,
        may_make: bool,
        until: Instant,
        turns: &Turns,
    ) -> Result<Key, Error> {
        if let Some(key) = self.read().await? {
            return Ok(key);
        }
        if !may_make {
            return Err(self.missing(place));
        }
        // Two that make one each would leave a file that the other one's does not open. The turn is for whoever makes a key of
        // this name, for any file; the lock for whoever makes this file.
        let name = self.name.to_string();
        let turn = timeout_at(until, turns.of_data_key(&name)).await;
        let _turn = turn.map_err(|_| fault::busy(&format!("others are making the data key `{name}`")))??;
        let _lock = Lock::acquire_async(place, until.saturating_duration_since(Instant::now())).await?;
        match self.read().await? {
            Some(key) => Ok(key),
            None if place.target.exists() => Err(self.missing(place)),
            None => self.make().await,
        }
    }

    async fn read(&self) -> Result<Option<Key>, Error> {
        match self.vault.get(&self.name).await? {
            Some(record) => parse(&record).map(Some).ok_or_else(|| {
                let message = format!("`{}` in the other vault is no data key", self.name);
                Error::new(ErrorKind::Corrupt, message)
            }),
            None => Ok(None),
        }
    }

    async fn make(&self) -> Result<Key, Error> {
        let key = Key::generate()?;
        self.vault.put(&self.name, &to_record(&key)).await?;
        // What is sealed with a key that was not kept is lost. Whatever is there is the key.
        self.read().await?.ok_or_else(|| {
            let message = format!("the other vault does not keep the data key `{}`", self.name);
            Error::new(ErrorKind::Unavailable, message)
        })
    }

    fn missing(&self, place: &Place) -> Error {
        let why = format!("its data key `{}` is not in the other vault; put it back", self.name);
        fault::unsealable(ErrorKind::Locked, &place.target, &why)
    }
}

fn to_record(key: &Key) -> Secret {
    let mut text = Zeroizing::new(String::with_capacity(HEADER.len() + 65));
    text.push_str(HEADER);
    for byte in key.expose() {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text.push('\n');
    Secret::from(text)
}

fn parse(record: &Secret) -> Option<Key> {
    let digits = record.expose().strip_prefix(HEADER)?.strip_suffix('\n')?.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let value = |digit: u8| {
        let value = DIGITS.iter().position(|known| *known == digit)?;
        u8::try_from(value).ok()
    };
    let filled: Result<Key, ()> = Key::fill_with(|bytes| {
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = value(pair[0]).zip(value(pair[1])).map(|(high, low)| high << 4 | low).ok_or(())?;
        }
        Ok(())
    });
    filled.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_as_it_was_written_and_nothing_else_is() {
        let key = Key::generate().unwrap();
        let record = to_record(&key);
        assert_eq!(parse(&record).unwrap().expose(), key.expose());
        let text = record.expose();
        for other in [
            "",
            HEADER,
            &text[..text.len() - 1],
            &format!("{text}\n"),
            &text.replace(HEADER, ""),
            &format!("{HEADER}{}\n", "g".repeat(64)),
        ] {
            assert!(parse(&Secret::new(other)).is_none());
        }
    }
}
