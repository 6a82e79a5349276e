//! The forms in which a secret turns up where it should not.

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

/// How much of a secret is a leak. Shorter parts turn up in harmless text by chance.
const PART: usize = 8;
const SHORTEST_ENCODED: usize = 6;

/// What RFC 3986 leaves as it is, and what encoders that are stricter or laxer do.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const LAX: &AsciiSet = &UNRESERVED.remove(b'/').remove(b':').remove(b'@').remove(b'+').remove(b'=');

/// Every part of a needle of at least eight bytes that begins and ends between characters.
pub(super) fn parts(needle: &str) -> impl Iterator<Item = &str> {
    let last = needle.len().saturating_sub(PART);
    let starts = needle.char_indices().map(|(at, _)| at).filter(move |at| *at <= last);
    starts.filter_map(|start| {
        let end =
            (start + PART.min(needle.len())..=needle.len()).find(|end| needle.is_char_boundary(*end))?;
        needle.get(start..end)
    })
}

/// The ways to write a part, each with its name.
pub(super) fn of(part: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = part.as_bytes();
    let mut forms = vec![
        ("as it is", part.to_owned()),
        ("hexadecimal", HEXLOWER.encode(bytes)),
        ("hexadecimal", HEXUPPER.encode(bytes)),
        ("escaped as in Debug", part.escape_debug().to_string()),
        ("escaped as in Debug", part.escape_default().to_string()),
        ("escaped as in JSON", json(part)),
        ("escaped as in JSON", json(part).replace('/', "\\/")),
        ("escaped as in JSON", ascii_json(part)),
        ("a list of bytes", list_of_bytes(bytes)),
    ];
    for set in [NON_ALPHANUMERIC, UNRESERVED, LAX] {
        let encoded = percent_encode(bytes, set).to_string();
        forms.push(("URL-encoded", encoded.replace("%20", "+")));
        forms.push(("URL-encoded", lower_escapes(&encoded)));
        forms.push(("URL-encoded", encoded));
    }
    for alignment in 0..3 {
        forms.push(("base64", base64(&BASE64_NOPAD, bytes, alignment)));
        forms.push(("base64", base64(&BASE64URL_NOPAD, bytes, alignment)));
    }
    // A very short needle's encoded forms are in every text.
    forms.retain(|(form, text)| *form == "as it is" || text.len() >= SHORTEST_ENCODED);
    forms.into_iter().map(|(form, text)| (form, text.into_bytes())).collect()
}

/// The characters of a base64 text that depend on these bytes only, when `alignment` bytes of a group precede them.
fn base64(encoding: &data_encoding::Encoding, bytes: &[u8], alignment: usize) -> String {
    let padded: Vec<u8> = std::iter::repeat_n(0, alignment).chain(bytes.iter().copied()).collect();
    let text = encoding.encode(&padded);
    let first = (alignment * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    text.get(first..last).unwrap_or_default().to_owned()
}

fn json(part: &str) -> String {
    let quoted = serde_json::Value::from(part).to_string();
    quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned()
}

/// As writers do that keep to ASCII: `\u00e9` for `é`.
fn ascii_json(part: &str) -> String {
    let mut text = String::new();
    for c in json(part).chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    text
}

/// As `Debug` prints a `Vec<u8>`, once the spaces are out.
fn list_of_bytes(bytes: &[u8]) -> String {
    bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(",")
}

fn lower_escapes(encoded: &str) -> String {
    let mut escaped = 0;
    encoded
        .chars()
        .map(|c| {
            escaped = if c == '%' { 2 } else { i32::max(escaped - 1, -1) };
            if escaped >= 0 && c != '%' { c.to_ascii_lowercase() } else { c }
        })
        .collect()
}
