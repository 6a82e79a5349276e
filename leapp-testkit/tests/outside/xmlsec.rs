//! xmlsec1, the program: verifies and signs documents with a key in a file.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::key::IdpKey;

/// Elements that have an id, and the attribute that holds it: a document without a schema does not say so.
const IDS: [&str; 4] = [
    "--id-attr:ID",
    "urn:oasis:names:tc:SAML:2.0:protocol:Response",
    "--id-attr:ID",
    "urn:oasis:names:tc:SAML:2.0:assertion:Assertion",
];

/// Where the signature of the response stands, and that of the assertion.
pub(crate) const OF_RESPONSE: &str = "/*/*[local-name()='Signature']";
pub(crate) const OF_ASSERTION: &str = "/*/*[local-name()='Assertion']/*[local-name()='Signature']";

pub(crate) struct Xmlsec {
    folder: TempDir,
}

impl Xmlsec {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Whether the signature at that place is right, and of the key of the certificate.
    pub(crate) fn verifies(&self, certificate: &str, document: &str, place: &str) -> bool {
        let certificate = self.file("certificate.pem", certificate);
        let output =
            self.run(&["--verify", "--pubkey-cert-pem", &certificate, "--node-xpath", place], document);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code().is_some(), "{}: {said}", output.status);
        output.status.success()
    }

    /// The document with the signature completed that it has a template of.
    pub(crate) fn sign(&self, key: &IdpKey, template: &str) -> String {
        let private = self.file("key.pem", &key.private);
        let certificate = self.file("certificate.pem", &key.certificate);
        let output = self.run(&["--sign", "--privkey-pem", &format!("{private},{certificate}")], template);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn run(&self, arguments: &[&str], document: &str) -> Output {
        let document = self.file("document.xml", document);
        let mut command = Command::new("timeout");
        command.args(["20", "/usr/bin/xmlsec1"]).args(arguments).args(IDS).arg(document);
        command.env_clear().stdin(Stdio::null()).output().unwrap()
    }

    fn file(&self, name: &str, content: &str) -> String {
        let path: &Path = &self.folder.path().join(name);
        File::create(path).unwrap().write_all(content.as_bytes()).unwrap();
        path.to_str().unwrap().to_owned()
    }
}
