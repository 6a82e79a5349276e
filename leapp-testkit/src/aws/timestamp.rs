//! The three ways in which AWS writes a time.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

/// `Sun, 06 Nov 1994 08:49:37 GMT`, for the `Date` header.
pub(super) fn http_date(time: SystemTime) -> String {
    format(time, Format::HttpDate)
}

/// `1994-11-06T08:49:37Z`, for an expiration.
pub(super) fn iso8601(time: SystemTime) -> String {
    format(time, Format::DateTime)
}

/// `19941106T084937Z`, for a signature.
pub(super) fn amz_date(time: SystemTime) -> String {
    iso8601(time).replace(['-', ':'], "")
}

/// Reads a signature's time.
pub(super) fn parse_amz_date(text: &str) -> Option<SystemTime> {
    let is_shaped = text.is_ascii() && text.len() == 16 && text.as_bytes()[8] == b'T' && text.ends_with('Z');
    if !is_shaped {
        return None;
    }
    let (date, time) = (&text[..8], &text[9..15]);
    let spaced = format!(
        "{}-{}-{}T{}:{}:{}Z",
        &date[..4],
        &date[4..6],
        &date[6..],
        &time[..2],
        &time[2..4],
        &time[4..]
    );
    SystemTime::try_from(DateTime::from_str(&spaced, Format::DateTime).ok()?).ok()
}

/// Reads a `Date` header. Some signers name the zone by its number, as
/// [RFC 5322](https://www.rfc-editor.org/rfc/rfc5322#section-3.3) does.
pub(super) fn parse_http_date(text: &str) -> Option<SystemTime> {
    let numbered = ["-0000", "+0000"].iter().find_map(|zone| text.strip_suffix(zone));
    let text = numbered.map_or(Cow::Borrowed(text), |rest| format!("{rest}GMT").into());
    let time = DateTime::from_str(&text, Format::HttpDate).ok()?;
    // A fraction would be signed without it.
    if time.subsec_nanos() == 0 { SystemTime::try_from(time).ok() } else { None }
}

/// The time without its fraction: AWS counts in whole seconds.
pub(super) fn whole_seconds(time: SystemTime) -> SystemTime {
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn format(time: SystemTime, format: Format) -> String {
    DateTime::from(whole_seconds(time)).fmt(format).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_time_is_read_back() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);

        assert_eq!(http_date(time), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(amz_date(time), "19941106T084937Z");
        assert_eq!(parse_amz_date("19941106T084937Z"), Some(time));
        assert_eq!(parse_amz_date("19941106T0849377"), None);
        assert_eq!(parse_amz_date("19941306T084937Z"), None);
    }

    #[test]
    fn a_date_header_is_read_back() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);

        for zone in ["GMT", "-0000", "+0000"] {
            assert_eq!(parse_http_date(&format!("Sun, 06 Nov 1994 08:49:37 {zone}")), Some(time), "{zone}");
        }
        for text in [
            "Sun, 06 Nov 1994 08:49:37 +0100",
            "Sun, 06 Nov 1994 08:49:37.5 GMT",
            "Sun, 32 Nov 1994 08:49:37 GMT",
            "-0000",
            "",
        ] {
            assert_eq!(parse_http_date(text), None, "{text}");
        }
    }
}
