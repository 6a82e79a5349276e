//! Signatures, in a header and in a query. Nobody who does not know the secret is believed.

use hyper::body::Bytes;

use super::lab::{Lab, add_header, asking, is_believed};

/// `Authorization`, and `X-Amz-Date` in a second line, with a key that exists in place of `KEY`.
pub fn authorization(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let lab = Lab::new();
    let (authorization, date) = text.split_once('\n').unwrap_or((text, "20231114T221320Z"));
    let body = Bytes::from_static(b"Action=GetCallerIdentity&Version=2011-06-15");
    let mut request = asking("POST", "/", body);
    add_header(&mut request, "authorization", &authorization.replace("KEY", &lab.access_key_id));
    add_header(&mut request, "x-amz-date", date);
    add_header(&mut request, "host", "sts.us-east-1.amazonaws.com");
    assert!(!is_believed(&lab.answer(&request)), "a forged signature is believed");
}

/// The query of an address that is signed in advance, with a key that exists in place of `KEY`.
pub fn presigned(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let lab = Lab::new();
    let query = text.replace("KEY", &lab.access_key_id);
    let target = format!("/?Action=GetCallerIdentity&Version=2011-06-15&{query}");
    let mut request = asking("GET", &target, Bytes::new());
    add_header(&mut request, "host", "sts.us-east-1.amazonaws.com");
    assert!(!is_believed(&lab.answer(&request)), "a forged signature is believed");
}
