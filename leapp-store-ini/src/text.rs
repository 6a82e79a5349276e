//! The bytes that lines are parts of.

use std::mem;
use std::ops::Deref;

use zeroize::{Zeroize, Zeroizing};

/// A text that is wiped when it is dropped, as `Zeroizing` does it, but as a whole: a vector's own way takes byte by byte.
pub(crate) struct Text(Vec<u8>);

impl From<Zeroizing<Vec<u8>>> for Text {
    fn from(mut bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(mem::take(&mut *bytes))
    }
}

impl Deref for Text {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Text {
    fn drop(&mut self) {
        self.0.spare_capacity_mut().zeroize();
        self.0.as_mut_slice().zeroize();
    }
}
