//! Keys of an identity provider's that the fake does not know, in the form in which other programs read them.

use data_encoding::BASE64;
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};

pub(crate) struct IdpKey {
    /// PKCS #8, as PEM.
    pub(crate) private: String,
    /// The certificate, as PEM.
    pub(crate) certificate: String,
    der: Vec<u8>,
}

impl IdpKey {
    pub(crate) fn new() -> Self {
        let pair = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
        let certificate = CertificateParams::default().self_signed(&pair).unwrap();
        let der = certificate.der().to_vec();
        let private = pem("PRIVATE KEY", &BASE64.encode(&pair.serialize_der()));
        Self { private, certificate: pem("CERTIFICATE", &BASE64.encode(&der)), der }
    }

    /// Metadata with this certificate.
    pub(crate) fn metadata(&self, entity_id: &str) -> String {
        let certificate = BASE64.encode(&self.der);
        format!(
            "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{entity_id}\">\
             <IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
             <KeyDescriptor><KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><X509Data>\
             <X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>\
             </IDPSSODescriptor></EntityDescriptor>"
        )
    }
}

/// Base64 between the lines that say what it is.
pub(crate) fn pem(what: &str, base64: &str) -> String {
    let mut text = format!("-----BEGIN {what}-----\n");
    for (number, character) in base64.chars().filter(|c| !c.is_whitespace()).enumerate() {
        if number > 0 && number % 64 == 0 {
            text.push('\n');
        }
        text.push(character);
    }
    text + &format!("\n-----END {what}-----\n")
}
