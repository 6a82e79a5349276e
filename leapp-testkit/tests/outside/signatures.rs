//! XML signatures: xmlsec1 and the fake believe each other, and neither believes what was changed.

use aws_sdk_sts::error::ProvideErrorMetadata;
use data_encoding::BASE64;
use leapp_core::RoleArn;
use leapp_testkit::aws::{SamlAssertionSpec, SamlProvider, SamlProviderArn, SamlSigning};

use crate::key::{IdpKey, pem};
use crate::lab::{Lab, assert_accepted, assert_refused};
use crate::xmlsec::{OF_ASSERTION, OF_RESPONSE, Xmlsec};

const ISSUER: &str = "https://idp.elsewhere.example/saml";
const INVALID: &str = "Response signature invalid";
/// What two writers of XML are likely to put in two ways.
const HARD: &str = "zoë & <co> \"one\" 'two'\ttab\u{1F511}]]>";

fn spec(role: &RoleArn, provider: &SamlProviderArn) -> SamlAssertionSpec {
    let spec = SamlAssertionSpec::new("alice").with_role(role, provider);
    spec.with_name_id(HARD, "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent")
}

fn document(provider: &SamlProvider, spec: &SamlAssertionSpec) -> String {
    String::from_utf8(BASE64.decode(provider.respond(spec).expose().as_bytes()).unwrap()).unwrap()
}

fn certificate(provider: &SamlProvider) -> String {
    let metadata = provider.metadata();
    let (_, rest) = metadata.split_once("<ds:X509Certificate>").unwrap();
    pem("CERTIFICATE", rest.split_once('<').unwrap().0)
}

#[test]
fn a_certificate_is_written_as_other_programs_read_it() {
    let (line, rest) = ("A".repeat(64), "BBB=");
    let expected = format!("-----BEGIN X-----\n{line}\n{rest}\n-----END X-----\n");
    assert_eq!(pem("X", &format!("{line}\n {rest}")), expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn xmlsec_verifies_what_the_identity_provider_signs() {
    let (lab, xmlsec) = (Lab::new().await, Xmlsec::new());
    let corp = lab.aws.add_saml_provider(&lab.account, "Corp");
    let other = certificate(&lab.aws.add_saml_provider(&lab.account, "Other"));
    let (role, certificate) = (lab.role("Dev", corp.arn()), certificate(&corp));

    for (signing, places) in [
        (SamlSigning::Response, &[OF_RESPONSE][..]),
        (SamlSigning::Assertion, &[OF_ASSERTION]),
        (SamlSigning::Both, &[OF_RESPONSE, OF_ASSERTION]),
    ] {
        let document = document(&corp, &spec(&role, corp.arn()).with_signing(signing));
        for place in places {
            assert!(xmlsec.verifies(&certificate, &document, place), "{signing:?}, {place}: {document}");
            assert!(!xmlsec.verifies(&other, &document, place), "{signing:?}, {place}: another's key");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn xmlsec_and_the_fake_refuse_a_response_of_which_one_byte_was_changed() {
    let (lab, xmlsec) = (Lab::new().await, Xmlsec::new());
    let corp = lab.aws.add_saml_provider(&lab.account, "Corp");
    let (role, certificate) = (lab.role("Dev", corp.arn()), certificate(&corp));
    let document = document(&corp, &spec(&role, corp.arn()));
    assert!(xmlsec.verifies(&certificate, &document, OF_RESPONSE));

    let changed: Vec<_> = one_byte_changed(&document, 47).collect();
    assert!(changed.len() > 40, "{}", changed.len());
    for changed in changed {
        assert!(!xmlsec.verifies(&certificate, &changed, OF_RESPONSE), "{changed}");
        let outcome = lab.redeem(&role, corp.arn(), &BASE64.encode(changed.as_bytes())).await;
        let refusal = outcome.err().unwrap();
        assert!(refusal.code().is_some(), "{refusal:?}");
    }
    assert_accepted(lab.redeem(&role, corp.arn(), &BASE64.encode(document.as_bytes())).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn the_fake_believes_what_xmlsec_signs_with_a_providers_key() {
    let (lab, xmlsec) = (Lab::new().await, Xmlsec::new());
    let (key, stranger) = (IdpKey::new(), IdpKey::new());
    let metadata = key.metadata(ISSUER);
    let provider = lab.aws.add_saml_provider_from_metadata(&lab.account, "Elsewhere", &metadata).unwrap();
    let role = lab.role("Dev", &provider);
    let unsigned = spec(&role, &provider).with_issuer(ISSUER).with_signing(SamlSigning::None);
    let unsigned = document(&lab.aws.add_saml_provider(&lab.account, "Writer"), &unsigned);

    for (signed, prefixes) in
        [("samlp:Response", None), ("saml:Assertion", None), ("saml:Assertion", Some("samlp"))]
    {
        println!("{signed}, {prefixes:?}");
        let template = with_template(&unsigned, signed, prefixes);
        let document = xmlsec.sign(&key, &template);
        let redeem = |document: &str| {
            let response = BASE64.encode(document.as_bytes());
            let (lab, role, provider) = (&lab, &role, &provider);
            async move { lab.redeem(role, provider, &response).await }
        };

        let session = assert_accepted(redeem(&document).await);
        assert_eq!(session, "arn:aws:sts::111122223333:assumed-role/Dev/alice");
        let other = xmlsec.sign(&stranger, &template);
        assert_refused(redeem(&other).await, "InvalidIdentityToken", INVALID);
        for (part, other) in [("role/Dev,", "role/Dew,"), (">alice<", ">alicf<"), ("&lt;co", "&lt;Co")] {
            let changed = document.replacen(part, other, 1);
            assert_ne!(changed, document, "{part}");
            assert_refused(redeem(&changed).await, "InvalidIdentityToken", INVALID);
        }
    }
}

/// One letter or digit in so many replaced, each in a copy. The certificate is left alone: it is not what is believed.
fn one_byte_changed(document: &str, step: usize) -> impl Iterator<Item = String> {
    let key_info =
        document.find("<ds:X509Certificate>").unwrap()..document.find("</ds:X509Certificate>").unwrap();
    (0..document.len()).step_by(step).filter(move |at| !key_info.contains(at)).filter_map(|at| {
        let bytes = document.as_bytes();
        // Before the padding of base64 stand bits that mean nothing.
        let counts = bytes[at].is_ascii_alphanumeric() && bytes.get(at + 1) != Some(&b'=');
        let next = if bytes[at] == b'5' { '6' } else { '5' };
        counts.then(|| format!("{}{next}{}", &document[..at], &document[at + 1..]))
    })
}

/// The document with a signature to be made behind the issuer of the element.
fn with_template(document: &str, element: &str, prefixes: Option<&str>) -> String {
    const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
    const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
    let start = document.find(&format!("<{element} ")).unwrap();
    let (_, id) = document[start..].split_once(" ID=\"").unwrap();
    let id = id.split('"').next().unwrap();
    let prefixes = prefixes.map(|prefixes| {
        format!("<c:InclusiveNamespaces xmlns:c=\"{EXCLUSIVE}\" PrefixList=\"{prefixes}\"/>")
    });
    let prefixes = prefixes.unwrap_or_default();
    let signature = format!(
        "<Signature xmlns=\"{DSIG}\"><SignedInfo><CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"/>\
         <SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>\
         <Reference URI=\"#{id}\"><Transforms><Transform Algorithm=\"{DSIG}enveloped-signature\"/>\
         <Transform Algorithm=\"{EXCLUSIVE}\">{prefixes}</Transform></Transforms>\
         <DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><DigestValue/></Reference>\
         </SignedInfo><SignatureValue/><KeyInfo><X509Data/></KeyInfo></Signature>"
    );
    let issuer = start + document[start..].find("</saml:Issuer>").unwrap() + "</saml:Issuer>".len();
    format!("{}{signature}{}", &document[..issuer], &document[issuer..])
}
