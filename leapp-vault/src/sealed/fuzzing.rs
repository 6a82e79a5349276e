//! What the fuzz target throws at a sealed file. It is there for a fuzzer and for tests only.
//!
//! It takes any bytes and panics when a promise is broken. The inputs that a fuzzer kept are in `fuzz/corpus`; the test
//! below runs them again.
#![expect(clippy::expect_used, reason = "a fuzz target stops at what must not be")]

use std::path::Path;

use leapp_core::Error;

use super::contents::Contents;
use super::header::{Header, Origin, Recipe};
use super::key::{Key, Purpose};

/// A file as it is; the rest of one whose header is right; and, up to a length in its first byte, a list of items in the words of
/// somebody who has the key. What is accepted is the same when it was written and read again.
pub fn sealed_file(bytes: &[u8]) {
    let master: Result<Key, Error> = Key::fill_with(|key| {
        key.fill(7);
        Ok(())
    });
    let recipe = Recipe { origin: Origin::DataKey, salt: [7; 16] };
    let key = master.expect("a key").for_file(&recipe.salt);
    let header = Header::generate(recipe, &key).expect("random bytes");

    let before = header.as_bytes().as_slice();
    assert!(parse(bytes, &key).is_err(), "somebody without the key is believed");
    assert!(parse(&[before, bytes].concat(), &key).is_err(), "somebody without the key is believed");

    let (length, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let (index, items) = rest.split_at(rest.len().min(usize::from(*length)));
    let index = key.seal(Purpose::Index(before), index).expect("a small text");
    let size = u32::try_from(index.len()).expect("a small text").to_le_bytes();
    if let Ok(mut contents) = parse(&[before, &size, &index, items].concat(), &key) {
        let again = contents.seal(&key, Path::new("file")).expect("a small file");
        let again = parse(&again, &key).expect("a file that was written");
        assert_eq!(again.stamp(), contents.stamp());
    }
}

fn parse(file: &[u8], key: &Key) -> Result<Contents, Error> {
    let path = Path::new("file");
    Contents::parse(Header::parse(file, path)?, key, file, path)
}

#[cfg(test)]
mod tests {
    use leapp_testkit::corpus;

    use super::*;

    #[test]
    fn what_the_fuzzer_kept_still_breaks_nothing() {
        let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
        corpus::replay(&corpora.join("sealed_file"), sealed_file);
    }
}
