//! A new text in the place of the old one: most of it is where it has to be.

use std::ops::Range;

use super::FileBytes;

/// A part of a new text.
pub(crate) enum Piece {
    /// These bytes of the old one. Old pieces keep their order.
    Old(Range<usize>),
    New(FileBytes),
}

impl Piece {
    fn len(&self) -> usize {
        match self {
            Self::Old(range) => range.len(),
            Self::New(bytes) => bytes.len(),
        }
    }
}

impl FileBytes {
    /// The text that consists of these pieces, in the memory of this one when it fits: otherwise a copy is made, since memory that
    /// grows leaves one behind.
    pub(crate) fn rearranged(mut self, pieces: &[Piece]) -> Self {
        let size = pieces.iter().map(Piece::len).sum();
        if size > self.0.capacity() {
            return self.copied(pieces);
        }
        if size > self.0.len() {
            self.0.resize(size, 0);
        }
        self.move_old(pieces);
        let mut at = 0;
        for piece in pieces {
            if let Piece::New(bytes) = piece {
                self.0[at..at + bytes.len()].copy_from_slice(bytes);
            }
            at += piece.len();
        }
        // What is behind is wiped with the rest: it is spare capacity then.
        self.0.truncate(size);
        self
    }

    /// The same, elsewhere.
    pub(crate) fn copied(&self, pieces: &[Piece]) -> Self {
        Self::concat(pieces.iter().map(|piece| match piece {
            Piece::Old(range) => &self.0[range.clone()],
            Piece::New(bytes) => bytes,
        }))
    }

    /// Moves what is old: first, from the left, what goes to the left, then, from the right, what goes to the right. As their order
    /// stays, none is moved over one that waits.
    fn move_old(&mut self, pieces: &[Piece]) {
        let mut at = 0;
        for piece in pieces {
            if let Piece::Old(range) = piece
                && at < range.start
            {
                self.0.copy_within(range.clone(), at);
            }
            at += piece.len();
        }
        for piece in pieces.iter().rev() {
            at -= piece.len();
            if let Piece::Old(range) = piece
                && at > range.start
            {
                self.0.copy_within(range.clone(), at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is cut out of the text, how far each cut is from the one before, and what stands there instead.
    fn cuts() -> impl Strategy<Value = Vec<(usize, usize, Vec<u8>)>> {
        prop::collection::vec((0..9_usize, 0..9_usize, prop::collection::vec(any::<u8>(), 0..12)), 0..8)
    }

    proptest! {
        #[test]
        fn in_place_or_not_it_is_the_same_text(
            text in prop::collection::vec(any::<u8>(), 0..80),
            room in 0..60_usize,
            cuts in cuts(),
        ) {
            let (mut pieces, mut expected, mut at) = (Vec::new(), Vec::new(), 0);
            for (distance, len, new) in cuts {
                let start = text.len().min(at + distance);
                expected.extend_from_slice(&text[at..start]);
                expected.extend_from_slice(&new);
                pieces.extend([Piece::Old(at..start), Piece::New(FileBytes::copy_of(&new))]);
                at = text.len().min(start + len);
            }
            expected.extend_from_slice(&text[at..]);
            pieces.push(Piece::Old(at..text.len()));

            let mut bytes = Vec::with_capacity(text.len() + room);
            bytes.extend_from_slice(&text);
            let (bytes, has_room) = (FileBytes(bytes), expected.len() <= text.len() + room);
            let before = bytes.as_ptr();
            let elsewhere = bytes.copied(&pieces);
            prop_assert_eq!(elsewhere.as_slice(), expected.as_slice());
            let after = bytes.rearranged(&pieces);
            prop_assert_eq!(after.as_slice(), expected.as_slice());
            // A vector of no capacity has no place.
            prop_assert!(!has_room || text.len() + room == 0 || after.as_ptr() == before);
        }
    }
}
