//! The metadata document of an identity provider: what an account's provider is made from.

use data_encoding::BASE64;
use leapp_core::{Error, ErrorKind};

use super::door;
use super::key::VerifyingKey;
use super::names::{DSIG, METADATA, PROTOCOL};
use crate::aws::xml::escape;

const POST_BINDING: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

/// What is believed of an identity provider.
#[derive(Clone, Debug)]
pub(super) struct Metadata {
    pub(super) entity_id: String,
    pub(super) keys: Vec<VerifyingKey>,
}

impl Metadata {
    /// Reads what AWS reads: the entity's id, and the certificates it signs with.
    pub(super) fn parse(document: &str) -> Result<Self, Error> {
        let document = door::parse(document).map_err(refused)?;
        let entity = document.root_element();
        if !entity.has_tag_name((METADATA, "EntityDescriptor")) {
            return Err(refused("the outermost element has to be EntityDescriptor"));
        }
        let entity_id = entity.attribute("entityID").ok_or_else(|| refused("the entityID is missing"))?;
        let descriptors = door::children(entity, METADATA, "IDPSSODescriptor")
            .flat_map(|idp| door::children(idp, METADATA, "KeyDescriptor"))
            .filter(|descriptor| descriptor.attribute("use") != Some("encryption"));
        let mut keys = Vec::new();
        for descriptor in descriptors {
            for certificate in
                descriptor.descendants().filter(|node| node.has_tag_name((DSIG, "X509Certificate")))
            {
                keys.push(key(door::text(certificate).map_err(refused)?)?);
            }
        }
        if keys.is_empty() {
            Err(refused("no certificate for signatures"))
        } else {
            Ok(Self { entity_id: entity_id.to_owned(), keys })
        }
    }
}

/// Writes the document of an identity provider.
pub(super) fn write(entity_id: &str, certificate: &str, login_address: &str) -> String {
    let (entity_id, login_address) = (escape(entity_id), escape(login_address));
    format!(
        "<md:EntityDescriptor xmlns:md=\"{METADATA}\" entityID=\"{entity_id}\">\
         <md:IDPSSODescriptor protocolSupportEnumeration=\"{PROTOCOL}\">\
         <md:KeyDescriptor use=\"signing\"><ds:KeyInfo xmlns:ds=\"{DSIG}\"><ds:X509Data><ds:X509Certificate>\
         {certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>\
         <md:SingleSignOnService Binding=\"{POST_BINDING}\" Location=\"{login_address}\"/>\
         </md:IDPSSODescriptor></md:EntityDescriptor>"
    )
}

fn key(certificate: &str) -> Result<VerifyingKey, Error> {
    let packed: String = certificate.split_ascii_whitespace().collect();
    let der = BASE64.decode(packed.as_bytes()).map_err(|_| refused("a certificate is not base64"))?;
    VerifyingKey::of_certificate(&der).ok_or_else(|| refused("a certificate cannot be read"))
}

fn refused(why: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, format!("could not read SAML metadata: {why}"))
}
