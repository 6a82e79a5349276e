//! Tells a value that we published from one that somebody has put in its place.

use std::collections::HashSet;

use leapp_core::Secret;

use super::PUBLISHED;
use super::kept::unquoted;
use crate::line::Line;

/// Stands for a key that was not published.
const ABSENT: &str = "-";

/// So many hexadecimal digits has each.
const DIGITS: usize = 8;

/// What was published, key by key and in the order of these, so that each value can be told from another by itself.
pub(super) fn of_entry(keys: &[&str], entry: &[(&str, Secret)]) -> String {
    let of_key = |key: &&str| match entry.iter().find(|(own, _)| own == key) {
        Some((_, value)) => of(value.expose().as_bytes()),
        None => ABSENT.to_owned(),
    };
    keys.iter().map(of_key).collect::<Vec<_>>().join(",")
}

/// What the lines of a section say was published there. Mostly it is said once, but somebody may have joined two sections.
pub(super) struct Published<'a> {
    keys: &'a [&'static str],
    each: Vec<HashSet<&'a str>>,
}

impl<'a> Published<'a> {
    /// `None` when no line says it, or only such as somebody has damaged.
    pub(super) fn read(lines: &'a [Line], keys: &'a [&'static str]) -> Option<Self> {
        let mut each = vec![HashSet::new(); keys.len()];
        let mut is_said = false;
        let values = lines.iter().filter(|line| line.has_key(PUBLISHED)).filter_map(Line::value);
        for fingerprints in values.filter_map(|value| fingerprints(value, keys.len())) {
            is_said = true;
            for (known, fingerprint) in each.iter_mut().zip(fingerprints) {
                known.extend(Some(fingerprint).filter(|fingerprint| *fingerprint != ABSENT));
            }
        }
        is_said.then_some(Self { keys, each })
    }

    /// True when this is what was published for a key; `None` when nothing was.
    pub(super) fn is(&self, key: &str, value: &[u8]) -> Option<bool> {
        let known = self.each.get(self.keys.iter().position(|own| *own == key)?)?;
        let value = ended(value);
        let is_known = [value, unquoted(value)].iter().any(|value| known.contains(of(value).as_str()));
        (!known.is_empty()).then_some(is_known)
    }
}

fn fingerprints(value: &[u8], count: usize) -> Option<Vec<&str>> {
    let is_hexadecimal = |text: &str| {
        text.len() == DIGITS && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let value = unquoted(ended(value));
    // Longer than a whole one: a line may be as long as the file.
    if value.len() >= count * (DIGITS + 1) {
        return None;
    }
    let fingerprints: Vec<&str> = str::from_utf8(value).ok()?.split(',').collect();
    let is_whole = fingerprints.iter().all(|text| *text == ABSENT || is_hexadecimal(text));
    (is_whole && fingerprints.len() == count).then_some(fingerprints)
}

/// Half of a line break may be left of one at the end of the file. No value of ours ends so.
fn ended(value: &[u8]) -> &[u8] {
    value.strip_suffix(b"\r").unwrap_or(value)
}

/// Half of an FNV-1a of 64 bits. It stands beside the value itself: it keeps no secret, and has to be the same in every version.
fn of(value: &[u8]) -> String {
    let add = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = value.iter().fold(0xcbf2_9ce4_8422_2325, add);
    format!("{:0DIGITS$x}", hash >> 32 ^ hash & 0xffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::Newline;

    #[test]
    fn each_value_is_told_from_any_other() {
        let keys = ["a", "b", "c"];
        let entry = [("x_leapp_session", Secret::new("s")), ("b", Secret::new("2")), ("a", Secret::new("1"))];
        let published = of_entry(&keys, &entry);
        assert_eq!(published, "296236b0,29620f59,-");
        let lines =
            [published.as_str(), "damaged"].map(|value| Line::property(PUBLISHED, value, Newline::Lf));
        let published = Published::read(&lines, &keys).unwrap();
        let is = |key, value: &[u8]| published.is(key, value);
        assert_eq!((is("a", b"1"), is("a", b"2"), is("b", b"2")), (Some(true), Some(false), Some(true)));
        assert_eq!((is("b", b"2\r"), is("b", b"\"2\"")), (Some(true), Some(true)), "what tools make of it");
        assert_eq!((is("c", b""), is("x_leapp_session", b"s")), (None, None));
    }

    #[test]
    fn what_somebody_has_damaged_says_nothing() {
        for value in [
            "",
            ",,",
            "296236b0,29620f59",
            "296236b0,29620f59,-,-",
            "296236b0,29620f5,-",
            "296236b0,29620f5x,-",
            "296236B0,29620f59,-",
        ] {
            let lines = [Line::property(PUBLISHED, value, Newline::Lf)];
            assert!(Published::read(&lines, &["a", "b", "c"]).is_none(), "{value}");
        }
    }
}
