//! Lines of a person's that stand in the file as the value of a property, until they are put back.

use std::fmt::Write as _;

use zeroize::Zeroizing;

use super::entry;
use crate::line::Line;

/// What the keys begin with; a number follows, since some parsers refuse a key that comes twice.
const KEY: &str = "x_leapp_kept_";

/// The property that keeps these bytes.
pub(super) fn property(number: u32, bytes: &[u8]) -> (String, Zeroizing<String>) {
    let mut value = Zeroizing::new(String::with_capacity(3 * bytes.len()));
    for byte in bytes {
        if is_plain(*byte) {
            value.push(char::from(*byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(value, "+{byte:02X}");
        }
    }
    debug_assert!(entry::is_read_back(&value));
    (format!("{KEY}{number}"), value)
}

/// The lines that a line keeps; `None` for one that keeps nothing, or that somebody has damaged.
pub(super) fn lines(line: &Line) -> Option<Vec<Line>> {
    bytes(line).map(|bytes| Line::all_of(bytes.into()))
}

fn bytes(line: &Line) -> Option<Zeroizing<Vec<u8>>> {
    number(line)?;
    let mut rest = unquoted(line.value()?);
    let mut bytes = Zeroizing::new(Vec::with_capacity(rest.len()));
    while let [first, others @ ..] = rest {
        let (byte, others) = match (first, others) {
            (b'+', [high, low, others @ ..]) => (16 * digit(*high)? + digit(*low)?, others),
            (byte, _) if is_plain(*byte) => (*byte, others),
            _ => return None,
        };
        bytes.push(byte);
        rest = others;
    }
    Some(bytes)
}

/// A value as it was before some tool put it into quotes.
pub(super) fn unquoted(value: &[u8]) -> &[u8] {
    value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\"")).unwrap_or(value)
}

/// The number of a line that keeps something.
pub(super) fn number(line: &Line) -> Option<u32> {
    // A key stands at the beginning of its line, and most lines have another.
    let begin = line.as_bytes().get(..KEY.len())?;
    if !begin.eq_ignore_ascii_case(KEY.as_bytes()) {
        return None;
    }
    let number = str::from_utf8(line.key()?.get(KEY.len()..)?).ok()?;
    number.bytes().all(|byte| byte.is_ascii_digit()).then(|| number.parse().ok()).flatten()
}

/// True for bytes that mean nothing to any parser of the file: some quote, interpolate or cut at others.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_./:@,".contains(&byte)
}

fn digit(hexadecimal: u8) -> Option<u8> {
    char::from(hexadecimal).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::Newline;

    #[test]
    fn any_bytes_come_back() {
        let all: Vec<u8> = (0..=255).collect();
        for bytes in [b"aws_access_key_id = AKIAMINE ; old\r\n".as_slice(), b"", b"%", b" = #\n  b", &all] {
            let (key, value) = property(7, bytes);
            let line = Line::property(&key, &value, Newline::Lf);
            assert_eq!((number(&line), super::bytes(&line).unwrap().as_slice()), (Some(7), bytes));
        }
    }

    #[test]
    fn what_somebody_has_damaged_keeps_nothing() {
        for text in [
            "x_leapp_kept_1 = +4",
            "x_leapp_kept_1 = +G0",
            "x_leapp_kept_ = a",
            "x_leapp_kept_1 = a b",
            "x_leapp_kept_+1 = a",
            "kept_1 = a",
        ] {
            assert!(bytes(&Line::parse(text.as_bytes())).is_none(), "{text}");
        }
    }
}
