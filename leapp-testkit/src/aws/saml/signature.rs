//! XML signatures of SAML: made, and verified so strictly that what was verified is what is read.
//!
//! One form is accepted: exclusive canonicalization, RSA with SHA-256, one reference to the element that the signature
//! stands in, and the enveloped-signature transform before the canonicalization.

use std::collections::BTreeSet;

use data_encoding::BASE64;
use roxmltree::{Document, Node};

use super::c14n::Canonical;
use super::door::{children, only_child, text};
use super::key::{SigningKey, VerifyingKey, sha256};
use super::names::{ASSERTION, DSIG, ENVELOPED, EXC_C14N, PROTOCOL, RSA_SHA256, SHA256};

/// More than any identity provider asks for.
const MOST_PREFIXES: usize = 64;

/// Finds the assertion that a key vouches for: signed itself, or in a response that is.
///
/// Every signature in the document has to be right, has to stand where SAML puts one, and there has to be one.
pub(super) fn verified_assertion<'a, 'i>(
    document: &'a Document<'i>,
    keys: &[VerifyingKey],
) -> Result<Node<'a, 'i>, &'static str> {
    let response = document.root_element();
    if !response.has_tag_name((PROTOCOL, "Response")) {
        return Err("the document is not a response");
    }
    let assertion = only_child(response, ASSERTION, "Assertion").ok_or("there has to be one assertion")?;
    let assertions =
        document.descendants().filter(|node| node.has_tag_name((ASSERTION, "Assertion"))).count();
    if assertions > 1 {
        return Err("there has to be one assertion");
    }
    let mut count = 0;
    for signature in document.descendants().filter(|node| node.has_tag_name((DSIG, "Signature"))) {
        let signed = signature.parent().filter(|parent| *parent == response || *parent == assertion);
        let signed = signed.ok_or("a signature stands where none belongs")?;
        only_child(signed, DSIG, "Signature").ok_or("an element is signed twice")?;
        verify(signed, signature, keys)?;
        count += 1;
    }
    if count == 0 { Err("nothing is signed") } else { Ok(assertion) }
}

/// Signs the element with that id. The signature goes behind its first child, the issuer, where the schema wants it.
pub(super) fn sign(text: &str, id: &str, key: &SigningKey) -> Option<String> {
    let document = super::door::parse(text).ok()?;
    let element = document.descendants().find(|node| node.attribute("ID") == Some(id))?;
    let place = element.first_element_child()?.range().end;
    let digest = sha256(Canonical::plain().form(element).as_bytes());
    let signed_info = signed_info(id, &digest);
    let signature = key.sign(signed_info.as_bytes());
    let namespace = format!(" xmlns:ds=\"{DSIG}\"");
    // The declaration moves up: the canonical form has it at the outermost element, wherever it is declared.
    let signed_info = signed_info.replacen(&namespace, "", 1);
    let certificate = key.certificate();
    let (before, after) = text.split_at_checked(place)?;
    Some(format!(
        "{before}<ds:Signature{namespace}>{signed_info}<ds:SignatureValue>{signature}</ds:SignatureValue>\
         <ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>\
         </ds:Signature>{after}"
    ))
}

/// It is its own canonical form.
fn signed_info(id: &str, digest: &str) -> String {
    format!(
        "<ds:SignedInfo xmlns:ds=\"{DSIG}\">\
         <ds:CanonicalizationMethod Algorithm=\"{EXC_C14N}\"></ds:CanonicalizationMethod>\
         <ds:SignatureMethod Algorithm=\"{RSA_SHA256}\"></ds:SignatureMethod>\
         <ds:Reference URI=\"#{id}\"><ds:Transforms>\
         <ds:Transform Algorithm=\"{ENVELOPED}\"></ds:Transform>\
         <ds:Transform Algorithm=\"{EXC_C14N}\"></ds:Transform></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"{SHA256}\"></ds:DigestMethod>\
         <ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
    )
}

fn verify<'a, 'i>(
    signed: Node<'a, 'i>,
    signature: Node<'a, 'i>,
    keys: &[VerifyingKey],
) -> Result<(), &'static str> {
    let [signed_info, value] = shape(signature, ["SignedInfo", "SignatureValue"], &["KeyInfo"])?;
    let [canonicalization, method, reference] =
        shape(signed_info, ["CanonicalizationMethod", "SignatureMethod", "Reference"], &[])?;
    if method.attribute("Algorithm") != Some(RSA_SHA256) {
        return Err("the signature's algorithm is not RSA with SHA-256");
    }
    let form = Canonical { without: None, inclusive: inclusive(canonicalization)? }.form(signed_info);
    let value = base64(value)?;
    if !keys.iter().any(|key| key.verifies(form.as_bytes(), &value)) {
        return Err("no key of the provider made the signature");
    }
    check_reference(signed, signature, reference)
}

fn check_reference<'a, 'i>(
    signed: Node<'a, 'i>,
    signature: Node<'a, 'i>,
    reference: Node<'a, 'i>,
) -> Result<(), &'static str> {
    let id = reference.attribute("URI").and_then(|uri| uri.strip_prefix('#')).filter(|id| !id.is_empty());
    // The element is found by where the signature stands. The id only has to agree, and the door let none in twice.
    if id.is_none() || id != signed.attribute("ID") {
        return Err("the signature is for another element");
    }
    let [transforms, method, value] = shape(reference, ["Transforms", "DigestMethod", "DigestValue"], &[])?;
    let [enveloped, canonicalization] = shape(transforms, ["Transform", "Transform"], &[])?;
    if enveloped.attribute("Algorithm") != Some(ENVELOPED) || enveloped.has_children() {
        return Err("the first transform has to be the enveloped signature's");
    }
    if method.attribute("Algorithm") != Some(SHA256) {
        return Err("the digest's algorithm is not SHA-256");
    }
    let canonical = Canonical { without: Some(signature), inclusive: inclusive(canonicalization)? };
    if sha256(canonical.form(signed).as_bytes()).as_bytes() == BASE64.encode(&base64(value)?).as_bytes() {
        Ok(())
    } else {
        Err("the document was changed after it was signed")
    }
}

/// The element's children: these, in this order, and perhaps one more of those.
fn shape<'a, 'i, const N: usize>(
    parent: Node<'a, 'i>,
    names: [&str; N],
    optional: &[&str],
) -> Result<[Node<'a, 'i>; N], &'static str> {
    const ODD: &str = "the signature has an unusual form";
    let mut found = parent.children().filter(Node::is_element);
    let mut nodes = Vec::with_capacity(N);
    for name in names {
        nodes.push(found.next().filter(|node| node.has_tag_name((DSIG, name))).ok_or(ODD)?);
    }
    let is_known = |node: &Node<'_, '_>| optional.iter().any(|name| node.has_tag_name((DSIG, *name)));
    if found.next().is_some_and(|node| !is_known(&node)) || found.next().is_some() {
        return Err(ODD);
    }
    nodes.try_into().map_err(|_| ODD)
}

/// The prefixes that the canonicalization is told to declare.
fn inclusive<'a>(method: Node<'a, '_>) -> Result<BTreeSet<&'a str>, &'static str> {
    if method.attribute("Algorithm") != Some(EXC_C14N) {
        return Err("the canonicalization is not the exclusive one");
    }
    let lists = children(method, EXC_C14N, "InclusiveNamespaces");
    let prefixes = lists.filter_map(|list| list.attribute("PrefixList"));
    let prefixes: BTreeSet<&'a str> = prefixes
        .flat_map(str::split_ascii_whitespace)
        .map(|prefix| if prefix == "#default" { "" } else { prefix })
        .collect();
    if prefixes.len() > MOST_PREFIXES { Err("the signature has an unusual form") } else { Ok(prefixes) }
}

/// Base64 that may be broken into lines.
fn base64(element: Node<'_, '_>) -> Result<Vec<u8>, &'static str> {
    let packed: String = text(element)?.split_ascii_whitespace().collect();
    BASE64.decode(packed.as_bytes()).map_err(|_| "the signature is not base64")
}
