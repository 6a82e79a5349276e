//! The list of items: what authenticates the file as a whole.
//!
//! In its sealed form it follows the header, after its length in four bytes. Opened: the generation in eight bytes, the number of
//! items in four, and of each item the length of its name in two bytes, the name, the nonce it was sealed with, and its
//! sealed length in four. The items follow in this order, and nothing after them. A nonce is drawn once: it stands for the
//! sealed item, so that neither another one, nor an older one, can take its place.

use zeroize::Zeroizing;

use super::key::{NONCE, Nonce};

const FIXED: usize = 8 + 4;
const PER_ITEM: usize = 2 + NONCE + 4;

#[derive(Debug)]
pub(super) struct Index {
    pub(super) generation: u64,
    pub(super) entries: Vec<Entry>,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) nonce: Nonce,
    pub(super) length: usize,
}

impl Index {
    /// `None` when a number is too large for its place, which no file within its bounds has.
    pub(super) fn to_bytes(&self) -> Option<Zeroizing<Vec<u8>>> {
        let size = self.entries.iter().map(|entry| PER_ITEM + entry.name.len()).sum::<usize>() + FIXED;
        let mut bytes = Zeroizing::new(Vec::with_capacity(size));
        bytes.extend_from_slice(&self.generation.to_le_bytes());
        bytes.extend_from_slice(&u32::try_from(self.entries.len()).ok()?.to_le_bytes());
        for Entry { name, nonce, length } in &self.entries {
            bytes.extend_from_slice(&u16::try_from(name.len()).ok()?.to_le_bytes());
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(nonce);
            bytes.extend_from_slice(&u32::try_from(*length).ok()?.to_le_bytes());
        }
        Some(bytes)
    }

    /// Reads what was authenticated already. `None` when it makes no sense all the same.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        let generation = u64::from_le_bytes(take(&mut rest)?);
        let count = u32::from_le_bytes(take(&mut rest)?);
        let mut entries = Vec::new();
        for _ in 0..count {
            let (name, after) = {
                let length = u16::from_le_bytes(take(&mut rest)?);
                rest.split_at_checked(length.into())?
            };
            rest = after;
            let name = str::from_utf8(name).ok()?.to_owned();
            let nonce = take(&mut rest)?;
            let length = usize::try_from(u32::from_le_bytes(take(&mut rest)?)).ok()?;
            entries.push(Entry { name, nonce, length });
        }
        rest.is_empty().then_some(Self { generation, entries })
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_nothing_else_is() {
        let entry = |name: &str, number| Entry { name: name.into(), nonce: [number; NONCE], length: 40 };
        let index = Index { generation: 7, entries: vec![entry("a/totp-seed", 1), entry("", 2)] };
        let bytes = index.to_bytes().unwrap();
        assert_eq!(bytes.len(), bytes.capacity(), "it grew on the way");
        assert_eq!(format!("{:?}", Index::parse(&bytes).unwrap()), format!("{index:?}"));
        for length in 0..bytes.len() {
            assert!(Index::parse(&bytes[..length]).is_none(), "{length} bytes");
        }
        assert!(Index::parse(&[&bytes[..], b"x"].concat()).is_none());
        let many = [&7_u64.to_le_bytes()[..], &u32::MAX.to_le_bytes()].concat();
        assert!(Index::parse(&many).is_none());
    }
}
