//! The signing test suite that ships with `aws-sigv4`: every case is verified, and with any byte changed it is refused.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::UNIX_EPOCH;

use hyper::body::Bytes;
use leapp_core::Secret;
use serde_json::Value;

use super::authorization::Authorization;
use super::canonical::{self, Rules};
use super::signature::{SigningKey, check};
use crate::aws::incoming::Incoming;
use crate::aws::timestamp::parse_amz_date;

/// The suite's key, in every case.
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// One case of the suite: a request that was signed, in the header or in the query.
struct Case {
    name: String,
    request: Vec<u8>,
    canonical: String,
    rules: Rules,
}

/// The folder of the suite: inside the crate that cargo resolved.
#[expect(clippy::disallowed_methods, reason = "cargo tells its tests where it is")]
fn suite() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap();
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "aws-sigv4").unwrap();
    let manifest = Path::new(package["manifest_path"].as_str().unwrap());
    manifest.parent().unwrap().join("aws-signing-test-suite/v4")
}

/// All cases that are signed in this place: `header` or `query`.
fn cases(place: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    for entry in fs::read_dir(suite()).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let Ok(request) = fs::read(folder.join(format!("{place}-signed-request.txt"))) else { continue };
        let canonical = fs::read_to_string(folder.join(format!("{place}-canonical-request.txt"))).unwrap();
        let context = fs::read(folder.join("context.json")).ok();
        let context: Value = context.map(|text| serde_json::from_slice(&text).unwrap()).unwrap_or_default();
        // Two older cases have no context; they are about encoding twice.
        let rules = Rules {
            is_normalized: context["normalize"].as_bool().unwrap_or(true),
            is_encoded_twice: context.is_null(),
            is_token_signed: !context["omit_session_token"].as_bool().unwrap_or(false),
        };
        cases.push(Case { name, request, canonical, rules });
    }
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

/// The request that these bytes are, as an HTTP parser would hand it over; none when they are not one.
fn parse(bytes: &[u8]) -> Option<http::Request<Bytes>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (head, body) = text.split_once("\n\n").unwrap_or_else(|| (text.trim_end_matches('\n'), ""));
    // A line that begins with a space goes on with the one before it.
    let mut lines: Vec<String> = Vec::new();
    for line in head.split('\n') {
        match lines.last_mut() {
            Some(last) if line.starts_with(' ') => *last = format!("{last} {}", line.trim()),
            _ => lines.push(line.to_owned()),
        }
    }
    let (method, rest) = lines.first()?.split_once(' ')?;
    let target = rest.strip_suffix(" HTTP/1.1").unwrap_or(rest).replace(' ', "%20");
    let mut request = http::Request::builder().method(method).uri(target.as_bytes());
    for line in &lines[1..] {
        let (name, value) = line.split_once(':')?;
        request = request.header(name, value.trim());
    }
    request.body(Bytes::copy_from_slice(body.as_bytes())).ok()
}

fn is_verified(bytes: &[u8], rules: Rules) -> bool {
    let Some(request) = parse(bytes) else { return false };
    let incoming = Incoming::new(&request, UNIX_EPOCH, String::new());
    let Ok(authorization) = Authorization::of(&incoming) else { return false };
    let Some(time) = parse_amz_date(&authorization.amz_date) else { return false };
    let key = SigningKey::new(Secret::new(SECRET));
    check(&request, incoming.host(), &authorization, time, &key, rules).is_ok()
}

fn canonical_of(bytes: &[u8], rules: Rules) -> Option<String> {
    let request = parse(bytes)?;
    let incoming = Incoming::new(&request, UNIX_EPOCH, String::new());
    let authorization = Authorization::of(&incoming).ok()?;
    canonical::text(&request, incoming.host(), authorization.signed_headers, rules)
}

#[test]
fn every_case_has_the_canonical_request_of_the_suite() {
    let (with_header, with_query) = (cases("header"), cases("query"));
    assert_eq!((with_header.len(), with_query.len()), (40, 38));
    for case in with_header.into_iter().chain(with_query) {
        let mut request = String::from_utf8(case.request).unwrap();
        if case.name == "double-encode-path" {
            // Its two files speak of two days.
            request = request.replace("X-amz-date:20150830T123600Z", "X-amz-date:20210511T154045Z");
        }
        assert_eq!(canonical_of(request.as_bytes(), case.rules), Some(case.canonical), "{}", case.name);
    }
}

#[test]
fn every_case_is_verified() {
    for case in cases("header").iter().chain(&cases("query")) {
        // The suite has no key for `double-encode-path`: its signature is of another day than its canonical request.
        let is_signed = case.name != "double-encode-path";
        assert_eq!(is_verified(&case.request, case.rules), is_signed, "{}", case.name);
    }
}

/// Bytes that mean nothing: a change of one gives the same request again.
fn is_the_same(case: &Case, changed: &[u8]) -> bool {
    canonical_of(changed, case.rules).as_ref() == Some(&case.canonical)
        && authority(changed) == authority(&case.request)
}

/// Who signed, when and how: what the canonical request does not hold.
fn authority(bytes: &[u8]) -> Option<[String; 4]> {
    let request = parse(bytes)?;
    let incoming = Incoming::new(&request, UNIX_EPOCH, String::new());
    let authorization = Authorization::of(&incoming).ok()?;
    let Authorization { ref amz_date, signature, signed_headers, .. } = authorization;
    Some([amz_date, signature, signed_headers, &authorization.scope()].map(str::to_owned))
}

#[test]
fn every_case_with_one_byte_changed_is_refused() {
    let (mut changed, mut refused) = (0, 0);
    for case in cases("header").iter().chain(&cases("query")) {
        if case.name == "double-encode-path" {
            continue;
        }
        for at in 0..case.request.len() {
            let mut request = case.request.clone();
            request[at] = if request[at] == b'x' { b'y' } else { b'x' };
            changed += 1;
            let is_verified = is_verified(&request, case.rules);
            if !is_verified {
                refused += 1;
            }
            assert!(!is_verified || is_the_same(case, &request), "{} at byte {at}", case.name);
        }
    }
    // Unsigned headers, names of parts that are not looked at, and letters of the key id, which the caller looks up.
    assert!(changed > 25_000 && refused * 100 > changed * 95, "{refused} of {changed} refused");
}

/// From the first suite that AWS published, where the time stood in a `Date`; its day of the week is wrong.
#[test]
fn a_request_with_a_date_header_is_verified() {
    let request = "GET / HTTP/1.1\nHost:host.foo.com\nDate:Mon, 09 Sep 2011 23:36:00 GMT\n\
                   Authorization:AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20110909/us-east-1/host/aws4_request, \
                   SignedHeaders=date;host, \
                   Signature=b27ccfbfa7df52a200ff74193ca6e32d4b48b8856fab7ebf1c595d0670a7e470\n\n";

    assert!(is_verified(request.as_bytes(), Rules::COMMON));
    assert!(!is_verified(request.replace("23:36:00", "23:36:01").as_bytes(), Rules::COMMON));
}
