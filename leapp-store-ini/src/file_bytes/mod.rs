//! The bytes of one of the two files, in memory.

mod rearrange;

use std::fmt;
use std::mem;
use std::ops::Deref;

use zeroize::{Zeroize, Zeroizing};

pub(crate) use rearrange::Piece;

/// The bytes of a credentials or config file: they hold secrets, are wiped when they are dropped, and are not shown.
///
/// They are wiped as a whole, which takes a quarter of the time that a `Zeroizing<Vec<u8>>` takes for its single bytes.
///
/// ```
/// use leapp_store_ini::{Document, FileBytes};
///
/// let bytes: FileBytes = Document::parse(b"[default]\nregion = eu-west-1\n").into_bytes();
/// assert_eq!(bytes.as_slice(), b"[default]\nregion = eu-west-1\n");
/// assert_eq!(format!("{bytes:?}"), "FileBytes(29 bytes)");
/// ```
#[derive(Default)]
pub struct FileBytes(Vec<u8>);

impl FileBytes {
    /// New profiles and longer tokens mostly fit in so many bytes more, and then nothing is copied.
    const ROOM: usize = 4096;

    /// A copy that can grow a little where it is.
    pub(crate) fn copy_of(bytes: &[u8]) -> Self {
        let mut copy = Vec::with_capacity(bytes.len() + Self::ROOM);
        copy.extend_from_slice(bytes);
        Self(copy)
    }

    /// The parts, one behind the other. Room for all is made at once: no half-grown copy stays in freed memory.
    pub(crate) fn concat<'a>(parts: impl Iterator<Item = &'a [u8]> + Clone) -> Self {
        let mut bytes = Vec::with_capacity(parts.clone().map(<[u8]>::len).sum());
        parts.for_each(|part| bytes.extend_from_slice(part));
        Self(bytes)
    }

    /// All of them.
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }
}

/// Nothing is copied.
impl From<Zeroizing<Vec<u8>>> for FileBytes {
    fn from(mut bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(mem::take(&mut *bytes))
    }
}

/// Nothing is copied; from then on they are wiped. What else the vector's owner has copied is not.
impl From<Vec<u8>> for FileBytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl Deref for FileBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for FileBytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Clone for FileBytes {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl PartialEq for FileBytes {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for FileBytes {}

impl fmt::Debug for FileBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileBytes({} bytes)", self.0.len())
    }
}

impl Drop for FileBytes {
    fn drop(&mut self) {
        self.0.spare_capacity_mut().zeroize();
        self.0.as_mut_slice().zeroize();
    }
}
