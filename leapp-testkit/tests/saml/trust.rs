//! Which roles an assertion opens.

use leapp_core::{AccountId, ExternalId, RoleArn};
use leapp_testkit::aws::{RoleSpec, SamlAssertionSpec};

use crate::lab::{Lab, assert_accepted};
use crate::refusal::assert_refused;

const DENIED: &str = "Not authorized to perform sts:AssumeRoleWithSAML";

on_both_fronts! {
    async fn a_role_that_does_not_trust_the_provider_is_denied(lab) {
        for spec in [
            RoleSpec::new(&lab.account, "Ops"),
            RoleSpec::new(&lab.account, "Ops").with_trusted(lab.aws.add_saml_provider(&lab.account, "Other").arn().clone()),
        ] {
            let role = lab.aws.add_role(spec);
            let response = lab.corp.respond(&lab.spec().with_role(&role, lab.corp.arn()));

            assert_refused(lab.call_as(&role, lab.corp.arn(), response.expose()).send().await, "AccessDenied", 403, DENIED);
            assert_accepted(lab.call(&response).send().await);
        }
    }
}

#[tokio::test]
async fn a_role_that_the_assertion_does_not_name_is_denied() {
    let lab = Lab::in_process();
    let ops = lab.aws.add_role(RoleSpec::new(&lab.account, "Ops").with_trusted(lab.corp.arn().clone()));
    let call =
        |spec: &SamlAssertionSpec| lab.call_as(&ops, lab.corp.arn(), lab.corp.respond(spec).expose()).send();

    assert_refused(call(&lab.spec()).await, "AccessDenied", 403, DENIED);
    assert_refused(call(&SamlAssertionSpec::new("alice")).await, "AccessDenied", 403, DENIED);
    assert_accepted(call(&lab.spec().with_role(&ops, lab.corp.arn())).await);
}

#[tokio::test]
async fn a_role_that_is_named_with_another_provider_is_denied() {
    let lab = Lab::in_process();
    let other = lab.aws.add_saml_provider(&lab.account, "Other");

    let outcome = lab.redeem(SamlAssertionSpec::new("alice").with_role(&lab.role, other.arn())).await;

    assert_refused(outcome, "AccessDenied", 403, DENIED);
}

#[tokio::test]
async fn a_role_that_does_not_exist_or_was_deleted_is_denied() {
    let lab = Lab::in_process();
    let none = RoleArn::parse("arn:aws:iam::111122223333:role/None").unwrap();
    let response = lab.corp.respond(&lab.spec().with_role(&none, lab.corp.arn()));

    assert_refused(
        lab.call_as(&none, lab.corp.arn(), response.expose()).send().await,
        "AccessDenied",
        403,
        DENIED,
    );
    assert_accepted(lab.call(&response).send().await);
    lab.aws.delete_role(&lab.role);
    assert_refused(lab.call(&response).send().await, "AccessDenied", 403, DENIED);
}

#[tokio::test]
async fn a_role_of_another_account_is_denied_whatever_it_trusts() {
    let lab = Lab::in_process();
    let other = AccountId::parse("444455556666").unwrap();
    let role = lab.aws.add_role(RoleSpec::new(&other, "Ops").with_trusted(lab.corp.arn().clone()));
    let response = lab.corp.respond(&lab.spec().with_role(&role, lab.corp.arn()));

    assert_refused(
        lab.call_as(&role, lab.corp.arn(), response.expose()).send().await,
        "AccessDenied",
        403,
        DENIED,
    );
}

#[tokio::test]
async fn a_role_that_trusts_a_provider_does_not_trust_users() {
    let lab = Lab::in_process();
    let alice = lab.aws.add_user(&lab.account, "alice");
    let key = lab.aws.add_access_key(&alice);
    let (id, secret) = (key.access_key_id().as_str(), key.secret_access_key().expose());
    let credentials = aws_sdk_sts::config::Credentials::new(id, secret, None, None, "test");

    let call =
        lab.client_of(credentials).assume_role().role_arn(lab.role.as_str()).role_session_name("session");

    let error = call.send().await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 403);
}

#[tokio::test]
async fn a_role_that_asks_for_what_no_assertion_proves_is_denied() {
    let lab = Lab::in_process();
    let spec = || RoleSpec::new(&lab.account, "Ops").with_trusted(lab.corp.arn().clone());
    let external_id = ExternalId::parse("customer").unwrap();

    for (spec, is_accepted) in
        [(spec(), true), (spec().requiring_mfa(), false), (spec().with_external_id(external_id), false)]
    {
        let role = lab.aws.add_role(spec);
        let response = lab.corp.respond(&lab.spec().with_role(&role, lab.corp.arn()));
        let outcome = lab.call_as(&role, lab.corp.arn(), response.expose()).send().await;
        if is_accepted {
            assert_accepted(outcome);
        } else {
            assert_refused(outcome, "AccessDenied", 403, DENIED);
        }
    }
}

#[tokio::test]
async fn an_assertion_comes_on_the_roles_terms() {
    let lab = Lab::in_process();
    let spec = RoleSpec::new(&lab.account, "Ops").with_trusted(lab.corp.arn().clone());
    let role = lab.aws.add_role(spec.with_source_identity("al*").with_tag_key("Project"));
    let spec = || lab.spec().with_role(&role, lab.corp.arn());

    for (spec, is_accepted) in [
        (spec(), false),
        (spec().with_source_identity("bob"), false),
        (spec().with_source_identity("alice").with_principal_tag("Cost", "1"), false),
        (spec().with_source_identity("alice").with_principal_tag("Project", "1"), true),
    ] {
        let response = lab.corp.respond(&spec);
        let outcome = lab.call_as(&role, lab.corp.arn(), response.expose()).send().await;
        if is_accepted {
            assert_accepted(outcome);
        } else {
            assert_refused(outcome, "AccessDenied", 403, DENIED);
        }
    }
}
