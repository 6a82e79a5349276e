//! A key of an identity provider's, as other programs read it.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use data_encoding::BASE64;
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};

/// Both as PEM.
pub(crate) struct IdpKey {
    pub(crate) private: String,
    pub(crate) certificate: String,
}

impl IdpKey {
    pub(crate) fn new() -> Self {
        let pair = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
        let certificate = CertificateParams::default().self_signed(&pair).unwrap();
        Self {
            private: pem("PRIVATE KEY", &pair.serialize_der()),
            certificate: pem("CERTIFICATE", certificate.der()),
        }
    }

    /// Puts it into a folder, as `idp.pem` and `idp.crt`.
    pub(crate) fn write(&self, folder: &Path) {
        for (name, content) in [("idp.pem", &self.private), ("idp.crt", &self.certificate)] {
            File::create(folder.join(name)).unwrap().write_all(content.as_bytes()).unwrap();
        }
    }
}

fn pem(what: &str, der: &[u8]) -> String {
    let base64 = BASE64.encode(der);
    let lines: Vec<&str> = base64.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {what}-----\n{}\n-----END {what}-----\n", lines.join("\n"))
}
