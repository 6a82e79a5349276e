//! What AWS accepts, and what it answers then.

use std::time::Duration;

use aws_sdk_sts::config::Credentials;
use aws_smithy_types::DateTime;
use leapp_core::AccountId;
use leapp_testkit::aws::{Partition, RoleSpec, SamlAssertionSpec, SamlSigning};

use crate::lab::{Lab, assert_accepted};

on_both_fronts! {
    async fn an_assertion_becomes_a_role_session(lab) {
        let answer = assert_accepted(lab.redeem(lab.spec()).await);

        let set = answer.credentials().unwrap();
        assert!(set.access_key_id().starts_with("ASIA"));
        assert_eq!(*set.expiration(), DateTime::from(lab.now() + Duration::from_secs(3600)));
        let user = answer.assumed_role_user().unwrap();
        assert_eq!(user.arn(), "arn:aws:sts::111122223333:assumed-role/Dev/alice");
        assert!(user.assumed_role_id().starts_with("AROA") && user.assumed_role_id().ends_with(":alice"));
        assert_eq!(answer.subject(), Some("alice"));
        assert_eq!(answer.subject_type(), Some("persistent"));
        assert_eq!(answer.issuer(), Some("https://idp.example.com/Corp"));
        assert_eq!(answer.audience(), Some("https://signin.aws.amazon.com/saml"));
        assert_eq!(answer.source_identity(), None);
    }

    async fn the_credentials_work(lab) {
        let answer = assert_accepted(lab.redeem(lab.spec()).await);
        let set = answer.credentials().unwrap();
        let token = Some(set.session_token().to_owned());
        let credentials = Credentials::new(set.access_key_id(), set.secret_access_key(), token, None, "test");

        let identity = lab.client_of(credentials).get_caller_identity().send().await.unwrap();

        assert_eq!(identity.arn(), Some("arn:aws:sts::111122223333:assumed-role/Dev/alice"));
    }
}

#[tokio::test]
async fn the_request_is_not_signed_and_the_record_says_what_was_checked() {
    let lab = Lab::in_process();

    assert_accepted(lab.redeem(lab.spec()).await);

    let requests = lab.aws.requests();
    assert_eq!(requests[0].action(), "AssumeRoleWithSAML");
    assert_eq!(requests[0].access_key_id(), None);
    let checks = requests[0].checks();
    for check in
        ["SAML signature", "SAML time", "SAML audience", "SAML recipient", "role in assertion", "role trust"]
    {
        assert!(checks.contains(&check), "{checks:?}");
    }
}

#[tokio::test]
async fn it_does_not_matter_which_part_is_signed() {
    let lab = Lab::in_process();
    for signing in [SamlSigning::Response, SamlSigning::Assertion, SamlSigning::Both] {
        println!("{signing:?}");
        assert_accepted(lab.redeem(lab.spec().with_signing(signing)).await);
    }
}

#[tokio::test]
async fn role_and_provider_stand_in_either_order_and_with_others() {
    let lab = Lab::in_process();
    let (role, provider) = (&lab.role, lab.corp.arn());
    for value in
        [format!("{role},{provider}"), format!("{provider},{role}"), format!(" {provider} , {role} ")]
    {
        println!("{value}");
        let spec = SamlAssertionSpec::new("alice")
            .with_role_value(
                "arn:aws:iam::444455556666:role/Other,arn:aws:iam::444455556666:saml-provider/Corp",
            )
            .with_role_value(&value)
            .with_role_value("nonsense");
        assert_accepted(lab.redeem(spec).await);
    }
}

#[tokio::test]
async fn a_response_can_be_redeemed_for_several_roles() {
    let lab = Lab::in_process();
    let ops = lab.aws.add_role(RoleSpec::new(&lab.account, "Ops").with_trusted(lab.corp.arn().clone()));
    let response = lab.corp.respond(&lab.spec().with_role(&ops, lab.corp.arn()));

    assert_accepted(lab.call(&response).send().await);
    let answer = assert_accepted(lab.call_as(&ops, lab.corp.arn(), response.expose()).send().await);

    assert_eq!(answer.assumed_role_user().unwrap().arn(), "arn:aws:sts::111122223333:assumed-role/Ops/alice");
}

#[tokio::test]
async fn providers_of_one_name_in_two_accounts_trust_one_identity_provider() {
    let lab = Lab::in_process();
    let other = AccountId::parse("444455556666").unwrap();
    let there = lab.aws.add_saml_provider(&other, "Corp");
    let role = lab.aws.add_role(RoleSpec::new(&other, "Ops").with_trusted(there.arn().clone()));
    let response = lab.corp.respond(&lab.spec().with_role(&role, there.arn()));

    assert_accepted(lab.call(&response).send().await);
    assert_accepted(lab.call_as(&role, there.arn(), response.expose()).send().await);
}

#[tokio::test]
async fn a_partition_has_a_sign_in_page_of_its_own() {
    let lab = Lab::in_process();
    let account = AccountId::parse("444455556666").unwrap();
    lab.aws.add_account(&account, Partition::UsGov);
    let gov = lab.aws.add_saml_provider(&account, "Gov");
    let role = lab.aws.add_role(RoleSpec::new(&account, "Dev").with_trusted(gov.arn().clone()));
    let spec = SamlAssertionSpec::new("alice").with_role(&role, gov.arn());

    let answer = assert_accepted(lab.call_as(&role, gov.arn(), gov.respond(&spec).expose()).send().await);

    assert_eq!(gov.arn().as_str(), "arn:aws-us-gov:iam::444455556666:saml-provider/Gov");
    assert_eq!(answer.audience(), Some("https://signin.amazonaws-us-gov.com/saml"));
}

#[tokio::test]
async fn a_format_without_the_prefix_of_saml_2_comes_back_whole() {
    let lab = Lab::in_process();
    const EMAIL: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";

    let answer = assert_accepted(lab.redeem(lab.spec().with_name_id("Zo\u{eb} <&>", EMAIL)).await);

    assert_eq!(answer.subject_type(), Some(EMAIL));
    assert_eq!(answer.subject(), Some("Zo\u{eb} <&>"));
}

#[tokio::test]
async fn the_name_qualifier_is_the_documented_hash() {
    let lab = Lab::in_process();

    let answer = assert_accepted(lab.redeem(lab.spec()).await);

    // printf '%s' 'https://idp.example.com/Corp111122223333/Corp' | openssl sha1 -binary | base64
    assert_eq!(answer.name_qualifier(), Some("R+/WA6leoqRBP+J8iqqBHx9LYtY="));
}

#[tokio::test]
async fn base64_may_be_folded() {
    let lab = Lab::in_process();
    let response = lab.corp.respond(&lab.spec());
    let folded: Vec<&str> =
        response.expose().as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();

    assert_accepted(lab.call_as(&lab.role, lab.corp.arn(), &folded.join("\r\n")).send().await);
}
