//! A certificate authority that issues one certificate.

use data_encoding::BASE64;
use leapp_core::{Error, ErrorKind};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// Its own key is gone when it has issued: nobody can be fooled by what a test trusts.
pub(super) struct Authority {
    /// As PEM.
    pub(super) ca_certificate: String,
    pub(super) chain: Vec<CertificateDer<'static>>,
    /// The server's key.
    pub(super) key: PrivateKeyDer<'static>,
}

impl Authority {
    pub(super) fn new(host_names: &[&str]) -> Result<Self, Error> {
        let names = host_names.iter().copied().chain(["127.0.0.1"]).map(str::to_owned);
        let mut leaf = CertificateParams::new(names.collect::<Vec<_>>()).map_err(|source| {
            Error::new(ErrorKind::InvalidInput, "a host name is not one that a certificate can have")
                .with_source(source)
        })?;
        leaf.distinguished_name.push(DnType::CommonName, "fake AWS");
        // Without it OpenSSL's strict mode, Python's default, refuses the chain.
        leaf.use_authority_key_identifier_extension = true;
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let mut root = CertificateParams::default();
        root.distinguished_name.push(DnType::CommonName, "fake AWS authority, for tests");
        root.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        root.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        for parameters in [&mut leaf, &mut root] {
            parameters.not_before = date_time_ymd(1970, 1, 1);
            parameters.not_after = date_time_ymd(2200, 1, 1);
        }
        issue(&root, &leaf).map_err(|source| {
            Error::new(ErrorKind::Unavailable, "cannot issue a certificate").with_source(source)
        })
    }
}

fn issue(root: &CertificateParams, leaf: &CertificateParams) -> Result<Authority, rcgen::Error> {
    let (root_key, leaf_key) = (KeyPair::generate()?, KeyPair::generate()?);
    let authority = root.self_signed(&root_key)?;
    let issued = leaf.signed_by(&leaf_key, &Issuer::from_params(root, &root_key))?;
    Ok(Authority {
        ca_certificate: pem(authority.der()),
        chain: vec![issued.der().clone()],
        key: PrivatePkcs8KeyDer::from(leaf_key.serialize_der()).into(),
    })
}

/// RFC 7468.
fn pem(der: &[u8]) -> String {
    let text = BASE64.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}
