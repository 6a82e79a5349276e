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

impl Text {
    /// As many bytes as a line can count.
    pub(crate) const LARGEST: usize = u32::MAX as usize;

    /// A text in parts that are no larger than `largest`, each with whole lines, as far as no line is larger.
    pub(crate) fn parts(bytes: Zeroizing<Vec<u8>>, largest: usize) -> Vec<Self> {
        if bytes.len() <= largest {
            return vec![Self::from(bytes)];
        }
        let mut parts = Vec::new();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let most = &rest[..largest.min(rest.len())];
            let end = match memchr::memrchr(b'\n', most) {
                Some(newline) if most.len() < rest.len() => newline + 1,
                _ => most.len(),
            };
            let (part, others) = rest.split_at(end);
            parts.push(Self(part.to_vec()));
            rest = others;
        }
        parts
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_text_comes_in_parts_of_whole_lines() {
        let parts = |text: &[u8]| {
            let parts = Text::parts(Zeroizing::new(text.to_vec()), 4);
            parts.iter().map(|part| part.to_vec()).collect::<Vec<_>>()
        };
        assert_eq!(parts(b"a\nb\nc\nd"), [b"a\nb\n", b"c\nd".as_slice()]);
        assert_eq!(parts(b"a\nlonger\n"), [b"a\n".as_slice(), b"long", b"er\n"]);
        assert_eq!(parts(b"four"), [b"four"]);
        assert_eq!(parts(b""), [b""]);
    }
}
