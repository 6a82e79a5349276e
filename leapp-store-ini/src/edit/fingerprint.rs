//! Tells a value that we published from one that somebody has put in its place.

use leapp_core::Secret;

use super::kept::unquoted;

/// What was published, key by key and in the order of these, so that each value can be told from another by itself.
pub(super) fn of_entry(keys: &[&str], entry: &[(&str, Secret)]) -> String {
    let of_key = |key: &&str| match entry.iter().find(|(own, _)| own == key) {
        Some((_, value)) => of(value.expose().as_bytes()),
        None => ABSENT.to_owned(),
    };
    keys.iter().map(of_key).collect::<Vec<_>>().join(",")
}

/// True when this is what was published for a key; `None` when nothing was.
pub(super) fn is_published(published: &[u8], keys: &[&str], key: &str, value: &[u8]) -> Option<bool> {
    let (published, value) = (ended(published), ended(value));
    let published = str::from_utf8(unquoted(published)).ok()?;
    let at = keys.iter().position(|own| *own == key)?;
    let expected = published.split(',').nth(at).filter(|expected| *expected != ABSENT)?;
    Some([value, unquoted(value)].iter().any(|value| expected == of(value)))
}

/// Stands for a key that was not published.
const ABSENT: &str = "-";

/// Half of a line break may be left of one at the end of the file. No value of ours ends so.
fn ended(value: &[u8]) -> &[u8] {
    value.strip_suffix(b"\r").unwrap_or(value)
}

/// Half of an FNV-1a of 64 bits. It stands beside the value itself: it keeps no secret, and has to be the same in every version.
fn of(value: &[u8]) -> String {
    let add = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = value.iter().fold(0xcbf2_9ce4_8422_2325, add);
    format!("{:08x}", hash >> 32 ^ hash & 0xffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_is_told_from_any_other() {
        let keys = ["a", "b", "c"];
        let entry = [("x_leapp_session", Secret::new("s")), ("b", Secret::new("2")), ("a", Secret::new("1"))];
        let published = of_entry(&keys, &entry);
        assert_eq!(published, "296236b0,29620f59,-");
        let is = |key, value: &[u8]| is_published(published.as_bytes(), &keys, key, value);
        assert_eq!((is("a", b"1"), is("a", b"2"), is("b", b"2")), (Some(true), Some(false), Some(true)));
        assert_eq!((is("b", b"2\r"), is("b", b"\"2\"")), (Some(true), Some(true)), "what tools make of it");
        assert_eq!((is("c", b""), is("x_leapp_session", b"s")), (None, None));
        assert_eq!(is_published(b"3,,", &keys, "a", b"1"), Some(false), "somebody has damaged it");
        assert_eq!(is_published(b"", &keys, "b", b"2"), None);
    }
}
