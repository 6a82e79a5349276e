//! The first 96 bytes of a sealed file: all that must be known before there is a key.
//!
//! | bytes | what |
//! |---|---|
//! | 0..8 | `leapp-sf` |
//! | 8..10 | version of the format, 1 |
//! | 10 | where the key comes from: 1 passphrase (Argon2id 1.3), 2 data key |
//! | 11 | cipher: 1 XChaCha20-Poly1305 |
//! | 12..24 | memory in KiB, passes, lanes (1); zeros for a data key |
//! | 24..40 | salt |
//! | 40..56 | id of the file, random |
//! | 56..88 | key check: SHA-256 of a label, bytes 0..56 and the key |
//! | 88..96 | checksum: the first bytes of SHA-256 of all before |
//!
//! Numbers are little-endian. The checksum protects nobody; it tells damage from a wrong passphrase, and before anybody is asked.

use std::path::Path;

use leapp_core::{Error, ErrorKind};
use sha2::{Digest, Sha256};

use super::cost::SealingCost;
use super::fault;
use super::key::{self, Key};

pub(super) const LENGTH: usize = 96;
pub(super) const MAGIC: &[u8; 8] = b"leapp-sf";
const VERSION: u16 = 1;
const XCHACHA20_POLY1305: u8 = 1;
const CHECKED: usize = 88;

/// Where the key of a file comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Passphrase(SealingCost),
    DataKey,
}

/// How the key of a file is derived: two files of one recipe have one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Recipe {
    pub(super) origin: Origin,
    pub(super) salt: [u8; 16],
}

#[derive(Clone, Debug)]
pub(super) struct Header {
    recipe: Recipe,
    file_id: [u8; 16],
    bytes: [u8; LENGTH],
}

impl Recipe {
    /// One with a salt of its own.
    pub(super) fn generate(origin: Origin) -> Result<Self, Error> {
        Ok(Self { origin, salt: key::random()? })
    }
}

impl Header {
    /// The header of a new file.
    pub(super) fn generate(recipe: Recipe, key: &Key) -> Result<Self, Error> {
        Ok(Self::assemble(recipe, key::random()?, key))
    }

    fn assemble(recipe: Recipe, file_id: [u8; 16], key: &Key) -> Self {
        let (origin, numbers) = match recipe.origin {
            Origin::Passphrase(cost) => (1, [cost.memory_kib(), cost.passes(), 1]),
            Origin::DataKey => (2, [0; 3]),
        };
        let mut bytes = [0; LENGTH];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..10].copy_from_slice(&VERSION.to_le_bytes());
        bytes[10] = origin;
        bytes[11] = XCHACHA20_POLY1305;
        for (place, number) in bytes[12..24].chunks_exact_mut(4).zip(numbers) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        bytes[24..40].copy_from_slice(&recipe.salt);
        bytes[40..56].copy_from_slice(&file_id);
        let check = key.check(&bytes[..56]);
        bytes[56..CHECKED].copy_from_slice(&check);
        let sum = checksum(&bytes);
        bytes[CHECKED..].copy_from_slice(&sum);
        Self { recipe, file_id, bytes }
    }

    /// Reads the header of a file, and refuses what no file of ours says before it costs anything.
    pub(super) fn parse(file: &[u8], path: &Path) -> Result<Self, Error> {
        let magic = file.get(..MAGIC.len()).unwrap_or(file);
        if !MAGIC.starts_with(magic) {
            return Err(fault::unsealable(
                ErrorKind::NotOurs,
                path,
                "it is no sealed file, and is left alone",
            ));
        }
        let Some(bytes) = file.first_chunk::<LENGTH>() else { return Err(fault::truncated(path)) };
        if bytes[8..10] != VERSION.to_le_bytes() && bytes[CHECKED..] == checksum(bytes) {
            let why = "it has another version of the format; open it with the library that wrote it";
            return Err(fault::unsealable(ErrorKind::Unsupported, path, why));
        }
        if bytes[8..10] != VERSION.to_le_bytes()
            || bytes[11] != XCHACHA20_POLY1305
            || bytes[CHECKED..] != checksum(bytes)
        {
            return Err(fault::damaged(path, "its header"));
        }
        let origin = match (bytes[10], [number(bytes, 12), number(bytes, 16), number(bytes, 20)]) {
            (1, [memory, passes, 1]) => SealingCost::new(memory, passes).map(Origin::Passphrase),
            (2, [0, 0, 0]) => Ok(Origin::DataKey),
            _ => return Err(fault::damaged(path, "its header")),
        };
        let origin = origin.map_err(|source| fault::damaged(path, "its header").with_source(source))?;
        let recipe = Recipe { origin, salt: part(bytes, 24) };
        Ok(Self { recipe, file_id: part(bytes, 40), bytes: *bytes })
    }

    pub(super) fn recipe(&self) -> Recipe {
        self.recipe
    }

    pub(super) fn file_id(&self) -> &[u8; 16] {
        &self.file_id
    }

    pub(super) fn as_bytes(&self) -> &[u8; LENGTH] {
        &self.bytes
    }

    /// True when a key is this file's.
    pub(super) fn is_opened_by(&self, key: &Key) -> bool {
        key.check(&self.bytes[..56]) == self.bytes[56..CHECKED]
    }
}

fn checksum(bytes: &[u8; LENGTH]) -> [u8; 8] {
    let digest: [u8; 32] = Sha256::digest(&bytes[..CHECKED]).into();
    part(&digest, 0)
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(part(bytes, at))
}

/// Some bytes from within others. What is not there reads as zeros; every caller has looked at the length.
fn part<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or([0; N])
}
