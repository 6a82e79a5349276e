//! What a credentials file holds, read without the library that is on trial.

use std::collections::{BTreeMap, HashMap};

use crate::made_up::set;

/// What is in a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    Nothing,
    /// A part of a set, of two sets, or the profile twice.
    Torn,
    Whole(u32),
}

/// What has become of the rest of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// Values are gone.
    Lost,
    /// The values are there, the bytes are others.
    Rewritten,
    Same,
}

/// What is legal, and more: nested settings, both line breaks, comments of both kinds, no UTF-8, a line of nobody's grammar.
pub(crate) fn anything() -> Vec<u8> {
    let mut text = b"# mine\r\n[default] ; the main one\r\naws_access_key_id=AKIAMINE # old\ns3 =\n  a = b\n\n\xff\xfe\n".to_vec();
    text.extend(plain());
    text
}

/// As much as every writer can read, longer than any buffer that is written at once.
pub(crate) fn plain() -> Vec<u8> {
    let profile = |number| {
        format!(
            "[mine-{number}]\naws_access_key_id = AKIAMINE{number:012}\n; a comment of {number}\naws_secret_access_key = {}\n\n",
            "mine/".repeat(30)
        )
    };
    (0..50).map(profile).collect::<String>().into_bytes()
}

/// The set in a profile.
pub(crate) fn held(text: &[u8], profile: &str) -> Held {
    let mut values = HashMap::new();
    let mut headers = 0;
    for line in lines(text).filter(|line| line.section == Some(profile.as_bytes())) {
        match line.property() {
            Some((key, value)) => _ = values.insert(key, value),
            None => headers += u32::from(line.is_header()),
        }
    }
    if headers == 0 {
        return Held::Nothing;
    }
    let value = |key: &[u8]| values.get(key).map(|value| String::from_utf8_lossy(value).into_owned());
    let id = value(b"aws_access_key_id").unwrap_or_default();
    let number = id.strip_prefix("ASIAMADEUP").and_then(|digits| digits.parse().ok());
    let is_whole = |number| {
        let set = set(number);
        id == set.access_key_id
            && value(b"aws_secret_access_key") == Some(set.secret_access_key)
            && value(b"aws_session_token") == Some(set.session_token)
    };
    match number {
        Some(number) if headers == 1 && is_whole(number) => Held::Whole(number),
        _ => Held::Torn,
    }
}

/// The text without the profiles that the writers on trial write.
pub(crate) fn rest(text: &[u8], foreign: &[u8], is_theirs: impl Fn(&[u8]) -> bool) -> Rest {
    let mut others = Vec::with_capacity(text.len());
    for line in lines(text).filter(|line| !line.section.is_some_and(&is_theirs)) {
        others.extend_from_slice(line.bytes);
    }
    if others == foreign {
        return Rest::Same;
    }
    let (before, now) = (values(foreign), values(&others));
    let is_there = before.iter().all(|(name, value)| now.get(name) == Some(value));
    if is_there { Rest::Rewritten } else { Rest::Lost }
}

struct Line<'a> {
    bytes: &'a [u8],
    section: Option<&'a [u8]>,
}

impl<'a> Line<'a> {
    fn is_header(&self) -> bool {
        self.bytes.starts_with(b"[")
    }

    fn property(&self) -> Option<(&'a [u8], &'a [u8])> {
        let is_comment = self.bytes.starts_with(b"#") || self.bytes.starts_with(b";");
        let at = self.bytes.iter().position(|byte| *byte == b'=').filter(|_| !is_comment)?;
        Some((self.bytes[..at].trim_ascii(), self.bytes[at + 1..].trim_ascii()))
    }
}

fn lines(text: &[u8]) -> impl Iterator<Item = Line<'_>> {
    let mut section = None;
    text.split_inclusive(|byte| *byte == b'\n').map(move |bytes| {
        if let Some(name) = bytes.strip_prefix(b"[") {
            section = name.split(|byte| *byte == b']').next();
        }
        Line { bytes, section }
    })
}

/// What each property is, under its profile and its key.
fn values(text: &[u8]) -> BTreeMap<[&[u8]; 2], &[u8]> {
    let mut values = BTreeMap::new();
    for line in lines(text) {
        if let Some((key, value)) = line.property() {
            values.insert([line.section.unwrap_or_default(), key], value);
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(id: u32, secret: u32, token: u32) -> Vec<u8> {
        let (id, secret, token) =
            (set(id).access_key_id, set(secret).secret_access_key, set(token).session_token);
        format!(
            "[dev]\naws_access_key_id = {id}\naws_secret_access_key={secret}\naws_session_token = {token}\n"
        )
        .into_bytes()
    }

    #[test]
    fn a_set_counts_only_when_all_of_it_is_there_once() {
        let whole = section(7, 7, 7);
        assert_eq!(held(&whole, "dev"), Held::Whole(7));
        assert_eq!(held(&whole, "default"), Held::Nothing);
        for torn in [section(8, 7, 7), section(7, 8, 7), section(7, 7, 8), [&whole[..], &whole].concat()] {
            assert_eq!(held(&torn, "dev"), Held::Torn);
        }
        for end in b"[dev]\n".len()..whole.len() - 1 {
            assert_eq!(held(&whole[..end], "dev"), Held::Torn, "{end}");
        }
    }

    #[test]
    fn the_rest_is_compared_by_bytes_then_by_values() {
        let is_theirs = |name: &[u8]| name == b"dev";
        for foreign in [anything(), plain()] {
            let all = [&foreign[..], &section(7, 7, 7)].concat();
            assert_eq!(rest(&all, &foreign, is_theirs), Rest::Same);
            assert_eq!(rest(&section(7, 7, 7), &foreign, is_theirs), Rest::Lost);
            assert_eq!(rest(&foreign[..foreign.len() - 60], &foreign, is_theirs), Rest::Lost);
            assert_eq!(rest(&[b"; new\n", &all[..]].concat(), &foreign, is_theirs), Rest::Rewritten);
        }
    }
}
