//! Responses that another program signed.
//!
//! `vector/` was made with xmlsec1 1.2.37 (OpenSSL 3.0) from a template in the manner of a hosted identity provider:
//! inclusive prefixes, comments between elements, CDATA, references to characters, attributes out of order. The key was
//! thrown away:
//!
//! ```text
//! openssl req -x509 -new -newkey rsa:2048 -nodes -subj /CN=idp.vector.example -keyout k.pem -out c.pem -days 36500
//! xmlsec1 --sign --privkey-pem k.pem,c.pem --id-attr:ID urn:oasis:names:tc:SAML:2.0:protocol:Response \
//!     --id-attr:ID urn:oasis:names:tc:SAML:2.0:assertion:Assertion --output signed-response.xml template.xml
//! ```

use data_encoding::BASE64;
use leapp_testkit::aws::{RoleSpec, SamlProviderArn};

use crate::lab::{Lab, Outcome, assert_accepted, assert_invalid};

const METADATA: &str = include_str!("vector/metadata.xml");
const SIGNED_ASSERTION: &str = include_str!("vector/signed-assertion.xml");
const SIGNED_RESPONSE: &str = include_str!("vector/signed-response.xml");

fn provider(lab: &Lab) -> SamlProviderArn {
    let provider = lab.aws.add_saml_provider_from_metadata(&lab.account, "Vector", METADATA).unwrap();
    lab.aws.add_role(RoleSpec::new(&lab.account, "Dev").with_trusted(provider.clone()));
    provider
}

async fn redeem(lab: &Lab, provider: &SamlProviderArn, document: &str) -> Outcome {
    lab.call_as(&lab.role, provider, &BASE64.encode(document.as_bytes())).send().await
}

#[tokio::test]
async fn what_xmlsec_signed_is_believed() {
    let lab = Lab::in_process();
    let provider = provider(&lab);
    for document in [SIGNED_ASSERTION, SIGNED_RESPONSE] {
        let answer = assert_accepted(redeem(&lab, &provider, document).await);
        assert_eq!(answer.subject(), Some("zo\u{eb}&co@example.com"));
        assert_eq!(
            answer.assumed_role_user().unwrap().arn(),
            "arn:aws:sts::111122223333:assumed-role/Dev/zoe@example.com"
        );
    }
}

#[tokio::test]
async fn what_was_changed_after_xmlsec_signed_it_is_not() {
    let lab = Lab::in_process();
    let provider = provider(&lab);
    for document in [SIGNED_ASSERTION, SIGNED_RESPONSE] {
        for (part, other) in [
            ("a&#9;b", "a&#10;b"),
            ("&amp;co", "&amp;Co"),
            ("CDATA[zoe", "CDATA[zöe"),
            ("PrefixList=\"xs\"", "PrefixList=\"\""),
            ("\n      <saml2:NameID", "<saml2:NameID"),
        ] {
            println!("{part:?}");
            assert!(document.contains(part));
            assert_invalid(
                redeem(&lab, &provider, &document.replacen(part, other, 1)).await,
                "Response signature invalid",
            );
        }
    }
}

#[tokio::test]
async fn another_spelling_of_the_same_document_is_believed() {
    let lab = Lab::in_process();
    let provider = provider(&lab);
    for document in [SIGNED_ASSERTION, SIGNED_RESPONSE] {
        for (part, other) in [
            ("&#9;", "&#x9;"),
            ("&amp;co", "&#38;co"),
            ("<![CDATA[zoe@example.com]]>", "zoe@example.com"),
            ("\n", "\r\n"),
            (" xmlns:unused=\"urn:unused\"", ""),
        ] {
            println!("{part:?}");
            assert!(document.contains(part));
            assert_accepted(redeem(&lab, &provider, &document.replace(part, other)).await);
        }
    }
}
