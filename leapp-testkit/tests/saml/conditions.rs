//! When, for whom and where an assertion may be redeemed.

use std::time::Duration;

use leapp_core::{AccountId, Secret};
use leapp_testkit::aws::{RoleSpec, SamlAssertionSpec, SamlProviderArn};

use crate::lab::{Lab, assert_accepted, assert_invalid};
use crate::refusal::assert_refused;

const EXPIRED: &str = "ExpiredTokenException";

on_both_fronts! {
    async fn five_minutes_after_issuance_it_is_too_late(lab) {
        let spec = lab.spec().with_not_on_or_after(lab.after(7200)).with_subject_not_on_or_after(lab.after(7200));
        let response = lab.corp.respond(&spec);

        lab.clock.advance(Duration::from_secs(300));
        assert_accepted(lab.call(&response).send().await);
        lab.clock.advance(Duration::from_secs(1));
        let words = "Token must be redeemed within 5 minutes of issuance";
        assert_refused(lab.call(&response).send().await, EXPIRED, 400, words);
    }

    async fn a_response_that_has_ended_has_expired(lab) {
        for spec in [
            lab.spec().with_not_on_or_after(lab.after(60)),
            lab.spec().with_subject_not_on_or_after(lab.after(60)),
        ] {
            let lab = Lab::in_process();
            let response = lab.corp.respond(&spec);

            lab.clock.advance(Duration::from_secs(59));
            assert_accepted(lab.call(&response).send().await);
            lab.clock.advance(Duration::from_secs(1));
            assert_refused(lab.call(&response).send().await, EXPIRED, 400, "Response has expired");
        }
    }
}

#[tokio::test]
async fn a_response_that_has_not_begun_is_refused() {
    let lab = Lab::in_process();
    let response = lab.corp.respond(&lab.spec().with_not_before(lab.after(10)));

    assert_invalid(lab.call(&response).send().await, "not yet valid");
    lab.clock.advance(Duration::from_secs(10));
    assert_accepted(lab.call(&response).send().await);
}

#[tokio::test]
async fn the_services_clock_decides() {
    let lab = Lab::in_process();
    let response = lab.corp.respond(&lab.spec());

    lab.aws.set_clock_offset(301);
    assert_refused(lab.call(&response).send().await, EXPIRED, 400, "Token must be redeemed");
    lab.aws.set_clock_offset(-1);
    assert_invalid(lab.call(&response).send().await, "not yet valid");
    lab.aws.set_clock_offset(0);
    assert_accepted(lab.call(&response).send().await);
}

#[tokio::test]
async fn aws_has_to_be_the_audience() {
    let lab = Lab::in_process();
    for audience in [Some("https://sp.example.com"), None, Some("urn:amazon:webservices.example")] {
        println!("{audience:?}");
        let outcome = lab.redeem(lab.spec().with_audience(audience)).await;
        assert_invalid(outcome, "Response does not contain the required audience.");
    }
    for audience in ["urn:amazon:webservices", "https://signin.aws.amazon.com/saml"] {
        println!("{audience}");
        assert_accepted(lab.redeem(lab.spec().with_audience(Some(audience))).await);
    }
}

#[tokio::test]
async fn the_sign_in_page_has_to_be_the_recipient() {
    let lab = Lab::in_process();
    for recipient in ["https://sp.example.com/saml", "https://signin.amazonaws-us-gov.com/saml", ""] {
        println!("{recipient}");
        assert_invalid(lab.redeem(lab.spec().with_recipient(recipient)).await, "recipient");
    }
    for recipient in ["https://signin.aws.amazon.com/saml", "https://eu-west-1.signin.aws.amazon.com/saml"] {
        println!("{recipient}");
        let answer = assert_accepted(lab.redeem(lab.spec().with_recipient(recipient)).await);
        assert_eq!(answer.audience(), Some(recipient));
    }
}

#[tokio::test]
async fn a_test_may_take_the_place_of_the_sign_in_page() {
    let lab = Lab::in_process();
    const HERE: &str = "http://127.0.0.1:8999/saml";

    assert_invalid(lab.redeem(lab.spec().with_recipient(HERE)).await, "recipient");
    lab.aws.add_saml_sign_in_address(HERE);
    assert_accepted(lab.redeem(lab.spec().with_recipient(HERE)).await);
}

#[tokio::test]
async fn another_issuer_is_refused() {
    let lab = Lab::in_process();

    let outcome = lab.redeem(lab.spec().with_issuer("https://idp.example.com/Other")).await;

    assert_invalid(outcome, "Issuer not present in specified provider (Service: AWSOpenIdDiscoveryService;");
    assert_accepted(lab.redeem(lab.spec().with_issuer("https://idp.example.com/Corp")).await);
}

#[tokio::test]
async fn a_provider_that_does_not_exist_is_refused() {
    let lab = Lab::in_process();
    let response = lab.corp.respond(&lab.spec());
    assert_accepted(lab.call(&response).send().await);

    lab.aws.delete_saml_provider(lab.corp.arn());

    assert_invalid(lab.call(&response).send().await, "Specified provider doesn't exist");
}

#[tokio::test]
async fn one_providers_response_is_not_anothers() {
    let lab = Lab::in_process();
    let other = lab.aws.add_saml_provider(&lab.account, "Other");
    let role = lab.aws.add_role(RoleSpec::new(&lab.account, "Ops").with_trusted(other.arn().clone()));
    let spec = SamlAssertionSpec::new("alice").with_role(&role, other.arn());
    let call = |response: Secret| lab.call_as(&role, other.arn(), response.expose()).send();

    assert_accepted(call(other.respond(&spec)).await);
    assert_invalid(call(lab.corp.respond(&spec)).await, "Issuer not present in specified provider");
    let disguised = spec.with_issuer(other.entity_id());
    assert_invalid(call(lab.corp.respond(&disguised)).await, "Response signature invalid");
}

#[tokio::test]
async fn a_login_that_failed_is_a_rejected_claim() {
    let lab = Lab::in_process();

    let outcome = lab.redeem(lab.spec().with_failed_status("AuthnFailed")).await;

    assert_refused(outcome, "IDPRejectedClaim", 403, "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed");
}

#[test]
fn an_arn_knows_its_parts() {
    let lab = Lab::in_process();
    let arn: &SamlProviderArn = lab.corp.arn();

    assert_eq!((arn.account_id(), arn.name()), ("111122223333", "Corp"));
    assert_eq!(AccountId::parse(arn.account_id()).unwrap(), lab.account);
}
