//! Providers that are made from metadata.

use leapp_core::ErrorKind;
use leapp_testkit::aws::{RoleSpec, SamlAssertionSpec};

use crate::lab::{Lab, assert_accepted};

#[tokio::test]
async fn the_metadata_of_one_world_is_believed_in_another() {
    let (there, here) = (Lab::with_own_key(), Lab::in_process());
    let provider =
        here.aws.add_saml_provider_from_metadata(&here.account, "Theirs", &there.corp.metadata()).unwrap();
    let role = here.aws.add_role(RoleSpec::new(&here.account, "Ops").with_trusted(provider.clone()));
    let response = there.corp.respond(&SamlAssertionSpec::new("alice").with_role(&role, &provider));

    assert_accepted(here.call_as(&role, &provider, response.expose()).send().await);
}

#[test]
fn what_is_no_metadata_is_an_error_that_says_why() {
    let lab = Lab::in_process();
    let good = lab.corp.metadata();
    for (document, why) in [
        (String::new(), "not well-formed"),
        ("<EntityDescriptor/>".to_owned(), "EntityDescriptor"),
        (good.replace(" entityID=", " id="), "entityID"),
        (good.replace("use=\"signing\"", "use=\"encryption\""), "no certificate"),
        (good.replace("IDPSSODescriptor", "SPSSODescriptor"), "no certificate"),
        (good.replace("X509Certificate>MII", "X509Certificate>AII"), "certificate cannot be read"),
        (good.replace("X509Certificate>MII", "X509Certificate>!MII"), "not base64"),
    ] {
        let error = lab.aws.add_saml_provider_from_metadata(&lab.account, "Theirs", &document).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains(why), "{error}, not {why}");
    }
    lab.aws.add_saml_provider_from_metadata(&lab.account, "Theirs", &good).unwrap();
}

#[test]
#[should_panic(expected = "is not the name of a SAML provider")]
fn a_name_that_iam_does_not_allow_is_the_tests_own_mistake() {
    let lab = Lab::in_process();

    lab.aws.add_saml_provider(&lab.account, "Corp/IdP");
}
