//! Responses of SimpleSAMLphp, an identity provider that people run.
//!
//! `vector/simplesamlphp/` is what Debian's version 1.19.7 answered to a login, once with both signatures, as it
//! comes, and once without the response's (`saml20.sign.response`). The key was thrown away. What was set, beside
//! paths and a user with AWS's attributes:
//!
//! ```text
//! saml20-idp-hosted.php: 'https://simple.vector.example/idp' => 'signature.algorithm' => RSA with SHA-256
//! saml20-sp-remote.php:  'urn:amazon:webservices' => 'AssertionConsumerService' => AWS's sign-in page,
//!                        'NameIDFormat' => persistent, 'simplesaml.nameidattribute' => 'uid'
//! faketime -f '@2023-11-14 22:13:20 x1' php -S 127.0.0.1:7301 -t /usr/share/simplesamlphp/www
//! /saml2/idp/SSOService.php?spentityid=urn:amazon:webservices, and /saml2/idp/metadata.php?output=xml
//! ```

use data_encoding::BASE64;
use leapp_testkit::aws::{RoleSpec, SamlProviderArn};

use crate::lab::{Lab, Outcome, assert_accepted, assert_invalid};

const METADATA: &str = include_str!("vector/simplesamlphp/metadata.xml");
const SIGNED_ASSERTION: &str = include_str!("vector/simplesamlphp/signed-assertion.xml");
const SIGNED_BOTH: &str = include_str!("vector/simplesamlphp/signed-both.xml");
/// Of another key.
const OTHER_METADATA: &str = include_str!("vector/metadata.xml");

fn provider(lab: &Lab, metadata: &str) -> SamlProviderArn {
    let provider = lab.aws.add_saml_provider_from_metadata(&lab.account, "Simple", metadata).unwrap();
    lab.aws.add_role(RoleSpec::new(&lab.account, "Dev").with_trusted(provider.clone()));
    provider
}

async fn redeem(lab: &Lab, provider: &SamlProviderArn, document: &str) -> Outcome {
    lab.call_as(&lab.role, provider, &BASE64.encode(document.as_bytes())).send().await
}

#[tokio::test]
async fn its_users_come_in() {
    let lab = Lab::in_process();
    let provider = provider(&lab, METADATA);
    for document in [SIGNED_ASSERTION, SIGNED_BOTH] {
        let answer = assert_accepted(redeem(&lab, &provider, document).await);
        assert_eq!(answer.subject(), Some("zo\u{eb}&<co>@example.com"));
        assert_eq!(answer.issuer(), Some("https://simple.vector.example/idp"));
        let session = answer.assumed_role_user().unwrap().arn();
        assert_eq!(session, "arn:aws:sts::111122223333:assumed-role/Dev/zoe@example.com");
    }
}

#[tokio::test]
async fn its_users_stay_out_of_an_account_that_has_not_its_certificate() {
    let lab = Lab::in_process();
    let renamed =
        OTHER_METADATA.replace("https://idp.vector.example/\"", "https://simple.vector.example/idp\"");
    assert_ne!(renamed, OTHER_METADATA);
    let provider = provider(&lab, &renamed);
    for document in [SIGNED_ASSERTION, SIGNED_BOTH] {
        assert_invalid(redeem(&lab, &provider, document).await, "Response signature invalid");
    }
}

#[tokio::test]
async fn a_change_of_one_byte_of_what_is_signed_is_noticed() {
    let lab = Lab::in_process();
    let provider = provider(&lab, METADATA);
    for document in [SIGNED_ASSERTION, SIGNED_BOTH] {
        let signed = &document[document.find("<saml:Subject>").unwrap()..];
        let bytes = signed.char_indices().filter(|(_, sign)| sign.is_ascii_alphanumeric());
        let places: Vec<_> = bytes.map(|(at, _)| document.len() - signed.len() + at).collect();
        for at in places.into_iter().step_by(29) {
            let next = if document.as_bytes()[at] == b'5' { '6' } else { '5' };
            let changed = format!("{}{next}{}", &document[..at], &document[at + 1..]);
            println!("{changed}");
            assert_invalid(redeem(&lab, &provider, &changed).await, "");
        }
    }
}
