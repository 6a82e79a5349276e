//! SAML documents of anybody's, for the fuzz targets.
#![expect(clippy::missing_panics_doc, reason = "a fuzz target stops at what must not be")]

use std::cell::LazyCell;
use std::sync::Arc;

use data_encoding::BASE64;
use http::Response;
use hyper::body::Bytes;
use leapp_core::{ErrorKind, RoleArn};

use super::endpoints::sign_in_address;
use super::idp::Idp;
use super::key::SigningKey;
use super::provider::SamlProvider;
use super::signature::sign;
use crate::aws::fuzzing::{Lab, form_request, is_believed};
use crate::aws::{Partition, RoleSpec};

const IDP: &str = "Corp";
/// The id of the element that the identity provider signs.
const SIGNED: &str = "s";

thread_local! {
    /// A key takes long to make, and nothing depends on which it is.
    static KEY: LazyCell<Arc<SigningKey>> = LazyCell::new(Arc::default);
}

/// A document as a response: as it is, and with its element `s` signed by the identity provider.
///
/// Only the latter can be believed. `ROLE` and `PROVIDER` stand for ARNs.
pub fn saml_response(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let door = Door::new();
    let document = text.replace("ROLE", door.role.as_str()).replace("PROVIDER", door.provider.arn().as_str());
    assert!(!is_believed(&door.redeem(&document)), "a document that nobody signed is believed");
    if let Some(signed) = KEY.with(|key| sign(&document, SIGNED, key)) {
        door.redeem(&signed);
    }
}

/// Metadata of an identity provider: what is none is refused as wrong input.
pub fn saml_metadata(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let lab = Lab::new();
    if let Err(error) = lab.aws.add_saml_provider_from_metadata(&lab.account, IDP, text) {
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    }
}

struct Door {
    lab: Lab,
    provider: SamlProvider,
    role: RoleArn,
}

impl Door {
    fn new() -> Self {
        let lab = Lab::new();
        let idp = Idp::new(IDP, sign_in_address(Partition::Aws), KEY.with(|key| Arc::clone(key)));
        lab.aws.world().saml.idps.insert(IDP.to_owned(), idp);
        let provider = lab.aws.add_saml_provider(&lab.account, IDP);
        let role = lab.aws.add_role(RoleSpec::new(&lab.account, "Dev").with_trusted(provider.arn().clone()));
        Self { lab, provider, role }
    }

    fn redeem(&self, document: &str) -> Response<Bytes> {
        self.lab.answer(&form_request(&[
            ("Action", "AssumeRoleWithSAML"),
            ("RoleArn", self.role.as_str()),
            ("PrincipalArn", self.provider.arn().as_str()),
            ("SAMLAssertion", &BASE64.encode(document.as_bytes())),
        ]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::{SamlAssertionSpec, SamlSigning};

    #[test]
    fn a_sound_document_is_believed_once_it_is_signed() {
        let door = Door::new();
        let spec = SamlAssertionSpec::new("alice").with_role(&door.role, door.provider.arn());
        let document = door.provider.respond(&spec.with_signing(SamlSigning::None));
        let document = String::from_utf8(BASE64.decode(document.expose().as_bytes()).unwrap()).unwrap();
        let (before, rest) = document.split_once(" ID=\"").unwrap();
        let document = format!("{before} ID=\"{SIGNED}\"{}", rest.split_once('"').unwrap().1);

        assert!(!is_believed(&door.redeem(&document)));
        assert!(is_believed(&door.redeem(&KEY.with(|key| sign(&document, SIGNED, key)).unwrap())));
    }
}
