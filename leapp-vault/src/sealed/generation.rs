//! Which state of a file was there last, so that an older copy is seen.
//!
//! Each write counts the generation in the file up, and then notes it in a record beside the file: `leapp-sg1`, the id of the file in
//! 16 bytes, and sealed with the file's key the generation in eight bytes and the nonce of the list of items. A writer that is
//! killed between the two leaves a record that is one behind, and a power loss an earlier or an empty one, which is no fault.

use std::path::Path;

use leapp_core::Error;

use super::fault;
use super::key::{Key, Nonce, OVERHEAD, Purpose};

const MAGIC: &[u8; 9] = b"leapp-sg1";
/// How long a record is.
pub(super) const LENGTH: usize = MAGIC.len() + 16 + OVERHEAD + 8 + super::key::NONCE;

/// One state of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) file_id: [u8; 16],
    pub(super) generation: u64,
    /// Of the list of items: no two states share it, not even two of one generation.
    pub(super) nonce: Nonce,
}

impl Stamp {
    /// Refuses a state when a later one, or another of the same generation, was seen before.
    pub(super) fn check_not_before(&self, seen: &Self, path: &Path) -> Result<(), Error> {
        let why = if self.file_id != seen.file_id {
            "it is not the file that was here before"
        } else if self.generation < seen.generation {
            "it is an older copy of what was here before"
        } else if self.generation == seen.generation && self.nonce != seen.nonce {
            "it is another copy than the one that was here before"
        } else {
            return Ok(());
        };
        Err(fault::older_copy(path, why))
    }

    /// The record of this state.
    pub(super) fn to_record(self, key: &Key) -> Result<Vec<u8>, Error> {
        let text = [&self.generation.to_le_bytes()[..], &self.nonce].concat();
        let sealed = key.seal(Purpose::Generation(&self.file_id), &text)?;
        Ok([&MAGIC[..], &self.file_id, &sealed].concat())
    }

    /// Reads the record beside a file.
    pub(super) fn parse_record(
        record: &[u8],
        file_id: &[u8; 16],
        key: &Key,
        path: &Path,
    ) -> Result<Self, Error> {
        let damaged = || fault::damaged_record(path);
        let rest = record.strip_prefix(&MAGIC[..]).ok_or_else(damaged)?;
        let (recorded, sealed) = rest.split_first_chunk::<16>().ok_or_else(damaged)?;
        if recorded != file_id {
            return Ok(Self { file_id: *recorded, generation: 0, nonce: [0; super::key::NONCE] });
        }
        let text = key.unseal(Purpose::Generation(file_id), sealed).ok_or_else(damaged)?;
        let (generation, nonce) = text.split_first_chunk::<8>().ok_or_else(damaged)?;
        let nonce = nonce.try_into().map_err(|_| damaged())?;
        Ok(Self { file_id: *file_id, generation: u64::from_le_bytes(*generation), nonce })
    }
}
