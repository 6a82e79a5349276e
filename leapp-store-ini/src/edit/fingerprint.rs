//! Tells a value that we published from one that somebody has put in its place.

use leapp_core::Secret;

use super::MARKS;
use super::kept::unquoted;

/// What was published, key by key, so that each can be told from another by itself.
pub(super) fn of_entry(entry: &[(&str, Secret)]) -> String {
    let values = entry.iter().filter(|(key, _)| !MARKS.contains(key));
    let each = values.map(|(key, value)| format!("{key}:{:016x}", of(value.expose().as_bytes())));
    each.collect::<Vec<_>>().join(",")
}

/// True when this is what was published for a key; `None` when nothing was.
pub(super) fn is_published(published: &[u8], key: &str, value: &[u8]) -> Option<bool> {
    let (published, value) = (ended(published), ended(value));
    let published = str::from_utf8(unquoted(published)).ok()?;
    let mut each = published.split(',').filter_map(|part| part.split_once(':'));
    let (_, expected) = each.find(|(published, _)| *published == key)?;
    Some([value, unquoted(value)].iter().any(|value| expected == format!("{:016x}", of(value))))
}

/// Half of a line break may be left of one at the end of the file. No value of ours ends so.
fn ended(value: &[u8]) -> &[u8] {
    value.strip_suffix(b"\r").unwrap_or(value)
}

/// FNV-1a. It stands beside the value itself: it keeps no secret, and has to be the same in every version.
fn of(value: &[u8]) -> u64 {
    value
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_is_told_from_any_other() {
        let published = of_entry(&[
            ("x_leapp_session", Secret::new("s")),
            ("a", Secret::new("1")),
            ("b", Secret::new("2")),
        ]);
        assert_eq!(published, "a:af63ac4c86019afc,b:af63af4c8601a015");
        let is = |key, value: &[u8]| is_published(published.as_bytes(), key, value);
        assert_eq!((is("a", b"1"), is("a", b"2"), is("b", b"2")), (Some(true), Some(false), Some(true)));
        assert_eq!((is("c", b""), is("x_leapp_session", b"s")), (None, None));
        assert_eq!(is_published(b"a:,b", "a", b"1"), Some(false));
    }
}
