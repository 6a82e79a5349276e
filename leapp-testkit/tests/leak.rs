//! Leaks of every form are found, and clean text is not taken for one.

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use leapp_core::{Error, ErrorKind};
use leapp_testkit::conformance::block_on;
use leapp_testkit::leak::{Scanner, assert_clean, capture_logs, capture_logs_async};

const NEEDLE: &str = "hunter2-hunter2/\"+é\n=%;";

fn scanner() -> Scanner {
    Scanner::new([NEEDLE])
}

#[test]
fn every_form_is_found() {
    let bytes = NEEDLE.as_bytes();
    let base64 = |before: &str| BASE64.encode(format!("{before}{NEEDLE} and more").as_bytes());
    let wrapped: String = base64("xy").chars().flat_map(|c| [c, '\n']).collect();
    for (form, text) in [
        ("as it is", NEEDLE.to_owned()),
        ("base64", base64("")),
        ("base64", base64("x")),
        ("base64", base64("xy")),
        ("base64", wrapped),
        ("base64", BASE64URL_NOPAD.encode(bytes)),
        ("hexadecimal", HEXLOWER.encode(bytes)),
        ("hexadecimal", HEXUPPER.encode(bytes)),
        ("a list of bytes", format!("{bytes:?}")),
        ("a list of bytes", format!("{bytes:#?}")),
    ] {
        let found = scanner().scan(format!("before {text} after")).map(|finding| finding.form);
        assert_eq!(found, Some(form), "{text:?}");
    }
}

#[test]
fn escapes_are_found_where_no_plain_part_is_left() {
    // Every part of eight bytes of this needle holds something that each of these escapes.
    let needle = "ab\"cd\\ef\"gh\\ij/kl\u{e9}mn\"";
    let scanner = Scanner::new([needle]);
    let ascii = "ab\\\"cd\\\\ef\\\"gh\\\\ij\\/kl\\u00e9mn\\\"";
    let url: String = form_urlencoded::byte_serialize(needle.as_bytes()).collect();
    let lower = url.replace("%5C", "%5c").replace("%2F", "%2f").replace("%C3%A9", "%c3%a9");
    for text in [
        format!("{needle:?}"),
        needle.escape_default().to_string(),
        serde_json::to_string(needle).unwrap(),
        ascii.to_owned(),
        url,
        lower,
    ] {
        let finding = scanner.scan(&text).unwrap_or_else(|| panic!("nothing is found in {text}"));
        assert_ne!(finding.form, "as it is", "{text}");
    }
}

#[test]
fn every_part_of_eight_bytes_is_found() {
    let needle = "k3J9x0QzPw8LmV5t";
    let scanner = Scanner::new([needle]);
    for at in 0..=needle.len() - 8 {
        let part = &needle[at..at + 8];
        for text in [part.to_owned(), BASE64.encode(part.as_bytes()), HEXLOWER.encode(part.as_bytes())] {
            assert!(scanner.scan(format!("<{text}>")).is_some(), "{text}");
        }
    }
    assert!(scanner.scan(&needle[..7]).is_none(), "less than a part is no leak");
}

#[test]
fn clean_text_is_clean() {
    let text = "session `alice` publishes ASIAIOSFODNN7EXAMPLE until 2030-01-01T00:00:00Z; hunter, hunter2, [104, 117]";
    assert_eq!(scanner().scan(text), None);
    assert_clean(text, [NEEDLE, "492039"]);
    assert_eq!(Scanner::new(["492039", "7"]).scan("code 492038, and no seven"), None);
}

#[test]
#[should_panic(expected = "a secret leaked: as it is, at byte 5")]
fn a_leak_is_an_assertion() {
    assert_clean("code 492039", ["492039"]);
}

#[test]
#[should_panic(expected = "finds nothing")]
fn a_scanner_without_needles_is_refused() {
    let _ = Scanner::new([""; 0]);
}

#[test]
fn errors_are_scanned_to_the_last_source() {
    let inner = Error::new(ErrorKind::Service, "the request was `hunter2-hunter2/`");
    let middle = Error::new(ErrorKind::Service, "cannot read the answer").with_source(inner);
    let outer = Error::new(ErrorKind::Service, "cannot refresh").with_source(middle);
    assert!(scanner().scan_error(&outer).is_some());
    let clean = Error::new(ErrorKind::Service, "cannot refresh").with_source("no answer");
    assert_eq!(scanner().scan_error(&clean), None);
}

#[test]
fn logs_of_every_level_and_kind_are_captured() {
    let (result, text) = capture_logs(|| {
        let _span = tracing::trace_span!("span", field = "in a span").entered();
        tracing::trace!(target: "elsewhere", "a trace");
        tracing_log::log::debug!("through log");
        7
    });
    assert_eq!(result, 7);
    for line in ["in a span", "a trace", "through log"] {
        assert!(text.contains(line), "{line:?} is not in {text}");
    }
    tracing::error!("after the end");
    let ((), next) = capture_logs(|| ());
    assert!(!next.contains("a trace"), "{next}");
}

#[test]
fn logs_of_other_threads_are_captured() {
    let (_, text) = capture_logs(|| std::thread::spawn(|| tracing::info!("on a thread")).join());
    assert!(text.contains("on a thread"), "{text}");
}

#[test]
fn logs_of_a_future_and_of_its_tasks_are_captured() {
    let ((), text) = block_on(capture_logs_async(async {
        tokio::task::yield_now().await;
        tracing::debug!("in the future");
        tokio::spawn(async { tracing::debug!("in a task") }).await.unwrap();
        tokio::task::spawn_blocking(|| tracing::debug!("off the runtime")).await.unwrap();
    }));
    for line in ["in the future", "in a task", "off the runtime"] {
        assert!(text.contains(line), "{line:?} is not in {text}");
    }
}
