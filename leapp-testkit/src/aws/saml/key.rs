//! The keys of signatures: an identity provider's own, and those that a provider in IAM believes.

use std::fmt;
use std::sync::{Arc, LazyLock, OnceLock};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey};
use data_encoding::BASE64;
use rcgen::{CertificateParams, DnType, PKCS_RSA_SHA256, SerialNumber, date_time_ymd};
use rustls_pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use webpki::EndEntityCert;

/// The key of an identity provider, for [`FakeAws::add_saml_provider_with_key`](crate::aws::FakeAws::add_saml_provider_with_key).
///
/// A key takes a moment to make. Many worlds can have one in common, where it is not the key that is tested:
///
/// ```
/// use std::sync::LazyLock;
/// use leapp_testkit::aws::SamlKey;
///
/// static KEY: LazyLock<SamlKey> = LazyLock::new(SamlKey::generate);
/// ```
#[derive(Clone, Debug)]
pub struct SamlKey(pub(super) Arc<SigningKey>);

/// A signing key that is made when it is first needed: a world without SAML never waits for it.
///
/// It is the one thing in a world that differs from run to run.
pub(super) struct SigningKey {
    made: OnceLock<Made>,
    make: Box<dyn Fn() -> Made + Send + Sync>,
}

pub(super) struct Made {
    pair: RsaKeyPair,
    /// The certificate, as DER.
    certificate: Vec<u8>,
}

/// A key that signatures are checked with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct VerifyingKey(Vec<u8>);

impl SamlKey {
    /// An RSA key of 2048 bits.
    pub fn generate() -> Self {
        let key = SigningKey::default();
        key.make();
        Self(Arc::new(key))
    }
}

impl SigningKey {
    /// A key that is made in this way.
    pub(super) fn made_by(make: impl Fn() -> Made + Send + Sync + 'static) -> Self {
        Self { made: OnceLock::new(), make: Box::new(make) }
    }

    /// A key that nobody believes, for the whole process.
    pub(super) fn strangers() -> &'static Self {
        static KEY: LazyLock<SigningKey> = LazyLock::new(SigningKey::default);
        &KEY
    }

    /// Makes the key, unless it was. This takes long: nobody holds a lock meanwhile.
    pub(super) fn make(&self) {
        self.made();
    }

    pub(super) fn is_made(&self) -> bool {
        self.made.get().is_some()
    }

    pub(super) fn sign(&self, message: &[u8]) -> String {
        let Made { pair, certificate: _ } = self.made();
        let mut signature = vec![0; pair.public_modulus_len()];
        // It fails for a buffer of another length only.
        let _ = pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature);
        BASE64.encode(&signature)
    }

    /// The self-signed certificate, in base64.
    pub(super) fn certificate(&self) -> String {
        BASE64.encode(&self.made().certificate)
    }

    /// None as long as the key was never needed: then it signed nothing either.
    pub(super) fn verifying_key(&self) -> Option<VerifyingKey> {
        self.made.get().and_then(|made| VerifyingKey::of_certificate(&made.certificate))
    }

    fn made(&self) -> &Made {
        self.made.get_or_init(|| (self.make)())
    }
}

impl Default for SigningKey {
    fn default() -> Self {
        Self::made_by(Made::new)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").finish_non_exhaustive()
    }
}

impl Made {
    #[expect(
        clippy::expect_used,
        reason = "fixed parameters and a fresh key: it fails when memory has run out"
    )]
    pub(super) fn new() -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("an RSA key");
        let private: Pkcs8V1Der<'_> = pair.as_der().expect("a private key in PKCS #8");
        let private = PrivatePkcs8KeyDer::from(private.as_ref());
        let issuing =
            rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&private, &PKCS_RSA_SHA256).expect("a key pair");
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, "fake identity provider");
        parameters.serial_number = Some(SerialNumber::from(1_u64));
        // AWS asks for the key and not for the dates; these hold for every clock of a test.
        parameters.not_before = date_time_ymd(1970, 1, 1);
        parameters.not_after = date_time_ymd(2200, 1, 1);
        let certificate = parameters.self_signed(&issuing).expect("a certificate").der().to_vec();
        Self { pair, certificate }
    }
}

impl VerifyingKey {
    /// The key of a certificate. Who signed the certificate does not matter: it came with the metadata.
    pub(super) fn of_certificate(der: &[u8]) -> Option<Self> {
        let der = CertificateDer::from(der);
        let certificate = EndEntityCert::try_from(&der).ok()?;
        Some(Self(certificate.subject_public_key_info().to_vec()))
    }

    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.0);
        key.verify(message, signature).is_ok()
    }
}

/// SHA-256, in base64.
pub(super) fn sha256(message: &[u8]) -> String {
    BASE64.encode(digest(&SHA256, message).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_verifies_what_it_signed_and_nothing_else() {
        let (key, other) = (SigningKey::default(), SigningKey::default());
        assert_eq!(key.verifying_key(), None);
        let signature = BASE64.decode(key.sign(b"message").as_bytes()).unwrap();
        other.sign(b"message");

        let [key, other] = [key, other].map(|key| key.verifying_key().unwrap());
        assert!(key.verifies(b"message", &signature));
        assert!(!key.verifies(b"massage", &signature));
        assert!(!key.verifies(b"message", &signature[1..]));
        assert!(!other.verifies(b"message", &signature));
    }
}
