//! A signed `GetCallerIdentity`: the same bytes for every server.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::{Outcome, process};

/// The key of AWS's own documents: it opens nothing.
pub(super) const ACCESS_KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
pub(super) const SECRET_ACCESS_KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const HOST: &str = "sts.us-east-1.amazonaws.com";
const BODY: &str = "Action=GetCallerIdentity&Version=2011-06-15";
/// The signature is of another implementation than ours: botocore's.
const SIGN: &str = "
import json, sys
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
key_id, secret, host, body = sys.argv[1:]
headers = {'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8', 'User-Agent': 'leapp-xtask'}
request = AWSRequest('POST', f'http://{host}/', headers=headers, data=body)
SigV4Auth(Credentials(key_id, secret), 'sts', 'us-east-1').add_auth(request)
print(json.dumps(dict(request.headers.items()) | {'Host': host}))
";

/// Signs with botocore.
pub(super) struct Signer(PathBuf);

/// Valid for five minutes: sign one for each round.
#[derive(Debug)]
pub(super) struct SignedRequest {
    headers: Vec<(String, String)>,
}

impl Signer {
    pub(super) fn new(venv: &Path) -> Self {
        Self(venv.join("bin/python"))
    }

    pub(super) fn sign(&self) -> Outcome<SignedRequest> {
        let arguments = ["-c", SIGN, ACCESS_KEY_ID, SECRET_ACCESS_KEY, HOST, BODY];
        SignedRequest::parse(&process::output(Command::new(&self.0).args(arguments))?)
    }
}

impl SignedRequest {
    fn parse(json: &str) -> Outcome<Self> {
        let headers: Value =
            serde_json::from_str(json).map_err(|e| format!("reading signed headers: {e}"))?;
        let headers = headers.as_object().ok_or("the signed headers are no object")?;
        let text = |value: &Value| value.as_str().map(str::to_owned).ok_or("a signed header is no text");
        let headers = headers.iter().map(|(name, value)| Ok((name.clone(), text(value)?)));
        Ok(Self { headers: headers.collect::<Outcome<_>>()? })
    }

    /// What goes over the wire.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let headers = self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
        let (headers, length) = (headers.collect::<String>(), BODY.len());
        format!("POST / HTTP/1.1\r\n{headers}Content-Length: {length}\r\n\r\n{BODY}").into_bytes()
    }

    /// The same request as a script of wrk's.
    pub(super) fn wrk_script(&self) -> String {
        let headers = self.headers.iter().map(|(name, value)| format!("wrk.headers[{name:?}] = {value:?}\n"));
        format!("wrk.method = \"POST\"\nwrk.body = {BODY:?}\n{}", headers.collect::<String>())
    }

    /// The request with another signature of the right length.
    pub(super) fn forged(&self) -> Self {
        let forge = |value: &str| match value.split_once("Signature=") {
            Some((before, signature)) => format!("{before}Signature={}", "0".repeat(signature.len())),
            None => value.to_owned(),
        };
        Self { headers: self.headers.iter().map(|(name, value)| (name.clone(), forge(value))).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> SignedRequest {
        SignedRequest::parse(r#"{"Authorization": "AWS4 Signature=abc", "Host": "h"}"#).unwrap()
    }

    #[test]
    fn wrk_and_the_wire_carry_the_same_headers() {
        let wire = String::from_utf8(request().bytes()).unwrap();
        assert!(wire.starts_with("POST / HTTP/1.1\r\nAuthorization: AWS4 Signature=abc\r\nHost: h\r\n"));
        assert!(wire.ends_with(&format!("Content-Length: {}\r\n\r\n{BODY}", BODY.len())));
        assert!(request().wrk_script().contains("wrk.headers[\"Authorization\"] = \"AWS4 Signature=abc\"\n"));
    }

    #[test]
    fn a_forgery_differs_in_its_signature_alone() {
        let forged = String::from_utf8(request().forged().bytes()).unwrap();
        assert_eq!(
            forged.replace("Signature=000", "Signature=abc"),
            String::from_utf8(request().bytes()).unwrap()
        );
        assert!(forged.contains("Signature=000"));
    }
}
