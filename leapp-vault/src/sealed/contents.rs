//! What a sealed file holds, whole and checked.

use std::collections::BTreeMap;
use std::path::Path;

use leapp_core::{Error, ErrorKind, Secret};
use zeroize::Zeroizing;

use super::fault;
use super::generation::Stamp;
use super::header::{self, Header};
use super::index::{Entry, Index};
use super::key::{Key, NONCE, Nonce, OVERHEAD, Purpose, random};

/// The largest secret.
pub(super) const LARGEST_ITEM: usize = 1024 * 1024;
/// The largest file.
pub(super) const LARGEST_FILE: usize = 16 * 1024 * 1024;
const LENGTH: usize = 4;

/// Items by name, each as it is sealed: one that is not asked for is not left open in memory.
#[derive(Clone)]
pub(super) struct Contents {
    header: Header,
    stamp: Stamp,
    items: BTreeMap<String, Vec<u8>>,
}

impl Contents {
    /// What a file holds before its first item.
    pub(super) fn new(header: Header) -> Result<Self, Error> {
        let stamp = Stamp { file_id: *header.file_id(), generation: 0, nonce: random()? };
        Ok(Self { header, stamp, items: BTreeMap::new() })
    }

    /// Checks a whole file, every item included.
    pub(super) fn parse(header: Header, key: &Key, file: &[u8], path: &Path) -> Result<Self, Error> {
        let rest = file.get(header::LENGTH..).unwrap_or_default();
        let Some((length, rest)) = rest.split_first_chunk::<LENGTH>() else {
            return Err(fault::truncated(path));
        };
        let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
        let Some((sealed, mut rest)) = rest.split_at_checked(length) else {
            return Err(fault::truncated(path));
        };
        let index = key.unseal(Purpose::Index(header.as_bytes()), sealed);
        let index = index.and_then(|bytes| Index::parse(&bytes));
        let Some(index) = index else { return Err(fault::damaged(path, "the list of its items")) };
        let Some(nonce) = sealed.first_chunk::<NONCE>() else { return Err(fault::truncated(path)) };
        let stamp = Stamp { file_id: *header.file_id(), generation: index.generation, nonce: *nonce };

        let mut items = BTreeMap::new();
        for entry in &index.entries {
            let Some((item, after)) = rest.split_at_checked(entry.length) else {
                return Err(fault::truncated(path));
            };
            rest = after;
            check_item(entry, item, &index, header.file_id(), key, path)?;
            items.insert(entry.name.clone(), item.to_vec());
        }
        if !rest.is_empty() || items.len() != index.entries.len() {
            return Err(fault::damaged(path, "what follows its items"));
        }
        Ok(Self { header, stamp, items })
    }

    /// Which state of which file it is.
    pub(super) fn stamp(&self) -> Stamp {
        self.stamp
    }

    pub(super) fn get(&self, name: &str, key: &Key, path: &Path) -> Result<Option<Secret>, Error> {
        let Some(sealed) = self.items.get(name) else { return Ok(None) };
        let text = key.unseal(Purpose::Item(self.header.file_id(), name), sealed);
        let text = text.and_then(|mut text| match String::from_utf8(std::mem::take(&mut *text)) {
            Ok(text) => Some(Secret::from(Zeroizing::new(text))),
            Err(not_text) => {
                drop(Zeroizing::new(not_text.into_bytes()));
                None
            }
        });
        text.map(Some).ok_or_else(|| fault::damaged(path, &format!("its item `{name}`")))
    }

    pub(super) fn put(&mut self, name: &str, secret: &Secret, key: &Key) -> Result<(), Error> {
        let item = Purpose::Item(self.header.file_id(), name);
        let sealed = key.seal(item, secret.expose().as_bytes())?;
        self.items.insert(name.to_owned(), sealed);
        Ok(())
    }

    /// False when there is no such item.
    pub(super) fn delete(&mut self, name: &str) -> bool {
        self.items.remove(name).is_some()
    }

    /// The next state of the file.
    pub(super) fn seal(&mut self, key: &Key, path: &Path) -> Result<Vec<u8>, Error> {
        let entries = self.items.iter().map(|(name, sealed)| Entry {
            name: name.clone(),
            nonce: nonce_of(sealed),
            length: sealed.len(),
        });
        let generation = self.stamp.generation.saturating_add(1);
        let index = Index { generation, entries: entries.collect() };
        let index = index.to_bytes().ok_or_else(|| fault::too_large(path))?;
        let index = key.seal(Purpose::Index(self.header.as_bytes()), &index)?;
        let size =
            self.items.values().map(|item| item.len()).sum::<usize>() + index.len() + header::LENGTH + LENGTH;
        if size > LARGEST_FILE {
            return Err(fault::too_large(path));
        }
        let length = u32::try_from(index.len()).map_err(|_| fault::too_large(path))?;
        let mut file = Vec::with_capacity(size);
        file.extend_from_slice(self.header.as_bytes());
        file.extend_from_slice(&length.to_le_bytes());
        file.extend_from_slice(&index);
        self.items.values().for_each(|item| file.extend_from_slice(item));
        self.stamp = Stamp { generation, nonce: nonce_of(&index), ..self.stamp };
        Ok(file)
    }
}

fn check_item(
    entry: &Entry,
    item: &[u8],
    index: &Index,
    file_id: &[u8; 16],
    key: &Key,
    path: &Path,
) -> Result<(), Error> {
    let name = &entry.name;
    let nonce = nonce_of(item);
    if nonce == entry.nonce && item.len() >= OVERHEAD {
        let is_whole = key.unseal(Purpose::Item(file_id, name), item).is_some();
        return if is_whole { Ok(()) } else { Err(fault::damaged(path, &format!("its item `{name}`"))) };
    }
    let why = match index.entries.iter().find(|other| other.nonce == nonce) {
        Some(other) => format!("`{}` stands in the place of its item `{name}`; restore a backup", other.name),
        None => format!("its item `{name}` was sealed for another file or another time; restore a backup"),
    };
    Err(fault::unsealable(ErrorKind::NotOurs, path, &why))
}

fn nonce_of(sealed: &[u8]) -> Nonce {
    sealed.first_chunk().copied().unwrap_or([0; NONCE])
}
