//! The texts that items hold. The first character says which kind a text is, so no item is ever empty.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// A whole value follows.
const WHOLE: char = '1';
/// A header follows: the value is in chunks.
const HEADER: char = '2';
/// A generation and a part of a value follow.
const CHUNK: char = '3';

/// The characters of a generation: 128 random bits.
const GENERATION: usize = 32;
/// The characters of a chunk before its part of the value.
pub(crate) const CHUNK_OVERHEAD: usize = 1 + GENERATION;

/// What is under a value's own name.
pub(crate) enum Record {
    Header(Header),
    Whole(Zeroizing<String>),
}

/// Which chunks are a value, and how to know that they are all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) slot: Slot,
    pub(crate) generation: String,
    pub(crate) chunks: usize,
    bytes: usize,
    digest: String,
}

/// Chunks are written beside those that the header names, so there are two places for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    A,
    B,
}

impl Record {
    /// `None` when this library did not write it, or a later one did.
    pub(crate) fn parse(bytes: Zeroizing<Vec<u8>>) -> Option<Self> {
        let mut text = Zeroizing::new(String::with_capacity(bytes.len()));
        text.push_str(std::str::from_utf8(&bytes).ok()?);
        match text.chars().next()? {
            WHOLE => {
                text.remove(0);
                Some(Self::Whole(text))
            }
            HEADER => Header::parse(text.get(1..)?).map(Self::Header),
            _ => None,
        }
    }
}

/// The text of a value that is in one item.
pub(crate) fn whole(value: &str) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(value.len() + 1));
    text.push(WHOLE);
    text.push_str(value);
    text
}

/// The text of one chunk.
pub(crate) fn chunk(generation: &str, part: &str) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(part.len() + CHUNK_OVERHEAD));
    text.push(CHUNK);
    text.push_str(generation);
    text.push_str(part);
    text
}

/// The part of a value in a chunk; `None` when it is of another generation.
pub(crate) fn part<'a>(bytes: &'a [u8], generation: &str) -> Option<&'a str> {
    std::str::from_utf8(bytes).ok()?.strip_prefix(CHUNK)?.strip_prefix(generation)
}

impl Header {
    pub(crate) fn new(slot: Slot, generation: String, chunks: usize, value: &str) -> Self {
        Self { slot, generation, chunks, bytes: value.len(), digest: digest(value) }
    }

    /// Room for the value, so that no part of it is left behind where it grew.
    pub(crate) fn room(&self) -> Zeroizing<String> {
        Zeroizing::new(String::with_capacity(self.bytes))
    }

    /// Whether this is the value, the whole of it.
    pub(crate) fn is_of(&self, value: &str) -> bool {
        value.len() == self.bytes && digest(value) == self.digest
    }

    pub(crate) fn to_text(&self) -> String {
        let Self { slot, generation, chunks, bytes, digest } = self;
        format!("{HEADER}{}{generation} {chunks} {bytes} {digest}", slot.as_str())
    }

    fn parse(text: &str) -> Option<Self> {
        let [place, chunks, bytes, digest] = text.split(' ').collect::<Vec<_>>().try_into().ok()?;
        let (slot, generation) = place.split_at_checked(1)?;
        let slot = [Slot::A, Slot::B].into_iter().find(|known| known.as_str() == slot)?;
        let is_hex = |text: &str, length| text.len() == length && HEXLOWER.decode(text.as_bytes()).is_ok();
        let (chunks, bytes) = (chunks.parse().ok()?, bytes.parse().ok()?);
        // No header of ours has more bytes than this; a number from elsewhere must not become an allocation.
        let is_ours =
            is_hex(generation, GENERATION) && is_hex(digest, 64) && bytes <= crate::layout::MOST_BYTES;
        is_ours.then(|| Self { slot, generation: generation.into(), chunks, bytes, digest: digest.into() })
    }
}

impl Slot {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
        }
    }

    pub(crate) fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

/// A name that no two sets of chunks share.
pub(crate) fn new_generation() -> Result<String, getrandom::Error> {
    let mut bytes = [0; GENERATION / 2];
    getrandom::fill(&mut bytes)?;
    Ok(HEXLOWER.encode(&bytes))
}

fn digest(value: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<Record> {
        Record::parse(Zeroizing::new(text.as_bytes().to_vec()))
    }

    #[test]
    fn a_header_reads_as_it_was_written() {
        let header = Header::new(Slot::B, new_generation().unwrap(), 12, "żółć");
        assert!(matches!(parse(&header.to_text()), Some(Record::Header(read)) if read == header));
    }

    #[test]
    fn what_is_no_header_of_ours_is_refused() {
        let text = Header::new(Slot::A, new_generation().unwrap(), 2, "value").to_text();
        assert!(parse(&text).is_some());
        let huge = text.replace(" 5 ", " 99999999999 ");
        for broken in
            [&text[..text.len() - 1], &text.replacen('a', "c", 1), &format!("{text} "), &huge, "2", "2a"]
        {
            assert!(parse(broken).is_none(), "{broken:?}");
        }
    }

    #[test]
    fn a_part_is_of_one_generation() {
        let (one, other) = (new_generation().unwrap(), new_generation().unwrap());
        let text = chunk(&one, "part");
        assert_eq!(part(text.as_bytes(), &one), Some("part"));
        assert_eq!(part(text.as_bytes(), &other), None);
    }
}
