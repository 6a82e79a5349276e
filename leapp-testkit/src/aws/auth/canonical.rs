//! The canonical request: what both sides hash.
//!
//! [Create a canonical request](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).

use aws_lc_rs::digest::{SHA256, digest};
use hyper::body::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::presigned::{SECURITY_TOKEN, SIGNATURE};

/// All but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const IN_PATH: &AsciiSet = &RESERVED.remove(b'/');
const IN_PATH_ONCE: &AsciiSet = &IN_PATH.remove(b'%');

/// How a service reads a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// Dots and double slashes are resolved.
    pub(super) is_normalized: bool,
    /// What the path has percent-encoded is encoded once more. Only S3 does not.
    pub(super) is_encoded_twice: bool,
    /// A session token in the query is signed. Only some device services take it unsigned.
    pub(super) is_token_signed: bool,
}

impl Rules {
    /// Every service but a few.
    pub(super) const COMMON: Self =
        Self { is_normalized: true, is_encoded_twice: true, is_token_signed: true };
}

/// The canonical request. None when a signed header is not there or is not text.
pub(super) fn text(
    request: &http::Request<Bytes>,
    host: &str,
    signed_headers: &str,
    rules: Rules,
) -> Option<String> {
    let mut text = String::with_capacity(512);
    text.push_str(request.method().as_str());
    text.push('\n');
    push_path(&mut text, request.uri().path(), rules);
    text.push('\n');
    push_query(&mut text, request.uri().query().unwrap_or_default(), rules);
    text.push('\n');
    for name in signed_headers.split(';') {
        text.push_str(name);
        text.push(':');
        push_values(&mut text, request, host, name)?;
        text.push('\n');
    }
    text.push('\n');
    text.push_str(signed_headers);
    text.push('\n');
    text.push_str(&hex_sha256(request.body()));
    Some(text)
}

pub(super) fn hex_sha256(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(digest(&SHA256, bytes).as_ref())
}

fn push_path(text: &mut String, path: &str, rules: Rules) {
    let encode = if rules.is_encoded_twice { IN_PATH } else { IN_PATH_ONCE };
    if !rules.is_normalized {
        return text.extend(utf8_percent_encode(path, encode));
    }
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            _ => segments.push(segment),
        }
    }
    let is_folder = ["/", "/.", "/.."].iter().any(|end| path.ends_with(end));
    for segment in &segments {
        text.push('/');
        text.extend(utf8_percent_encode(segment, encode));
    }
    if is_folder || segments.is_empty() {
        text.push('/');
    }
}

/// Names and values encoded, then sorted. The signature cannot sign itself.
fn push_query(text: &mut String, query: &str, rules: Rules) {
    let is_signed = |name: &str| name != SIGNATURE && (rules.is_token_signed || name != SECURITY_TOKEN);
    let mut parameters: Vec<(String, String)> = query
        .split('&')
        .filter(|parameter| !parameter.is_empty())
        .map(|parameter| parameter.split_once('=').unwrap_or((parameter, "")))
        .filter(|(name, _)| is_signed(name))
        .map(|(name, value)| (encoded_once(name), encoded_once(value)))
        .collect();
    parameters.sort();
    for (number, (name, value)) in parameters.iter().enumerate() {
        if number > 0 {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        text.push_str(value);
    }
}

/// Encoded as AWS encodes, however the client did.
fn encoded_once(text: &str) -> String {
    let bytes: Vec<u8> = percent_decode_str(text).collect();
    percent_encoding::percent_encode(&bytes, RESERVED).to_string()
}

/// All values of a header, trimmed, and with single spaces inside.
fn push_values(text: &mut String, request: &http::Request<Bytes>, host: &str, name: &str) -> Option<()> {
    let mut values = request.headers().get_all(name).iter().peekable();
    if values.peek().is_none() {
        // Inside the process the host stands in the address alone.
        return if name == "host" {
            text.push_str(host);
            Some(())
        } else {
            None
        };
    }
    let mut is_first = true;
    for value in values {
        if !std::mem::replace(&mut is_first, false) {
            text.push(',');
        }
        let mut words = value.to_str().ok()?.split(' ').filter(|word| !word.is_empty());
        if let Some(word) = words.next() {
            text.push_str(word);
        }
        for word in words {
            text.push(' ');
            text.push_str(word);
        }
    }
    Some(())
}
