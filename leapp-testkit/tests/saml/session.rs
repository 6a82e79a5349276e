//! How long a session lasts, and what it carries.

use std::time::Duration;

use aws_sdk_sts::types::PolicyDescriptorType;
use aws_smithy_types::DateTime;
use leapp_testkit::aws::RoleSpec;

use crate::lab::{Lab, Outcome, assert_accepted, assert_invalid};
use crate::refusal::assert_refused;

#[track_caller]
fn assert_lasts(lab: &Lab, outcome: Outcome, seconds: u64) {
    let answer = assert_accepted(outcome);
    assert_eq!(*answer.credentials().unwrap().expiration(), DateTime::from(lab.after(seconds)));
}

on_both_fronts! {
    async fn the_duration_that_is_asked_for_counts(lab) {
        let response = lab.corp.respond(&lab.spec());

        assert_lasts(&lab, lab.call(&response).duration_seconds(7200).send().await, 7200);
    }

    async fn more_than_the_role_allows_is_refused(lab) {
        let spec = RoleSpec::new(&lab.account, "Dev").with_max_session_duration(Duration::from_secs(7200));
        lab.aws.add_role(spec.with_trusted(lab.corp.arn().clone()));
        let response = lab.corp.respond(&lab.spec());

        let outcome = lab.call(&response).duration_seconds(7201).send().await;
        assert_refused(outcome, "ValidationError", 400, "DurationSeconds exceeds the MaxSessionDuration set for this role");
        assert_lasts(&lab, lab.call(&response).duration_seconds(7200).send().await, 7200);
    }
}

#[tokio::test]
async fn no_session_outlives_the_identity_providers_own() {
    let lab = Lab::in_process();
    let response = lab.corp.respond(&lab.spec().with_session_not_on_or_after(lab.after(1800)));

    assert_lasts(&lab, lab.call(&response).send().await, 1800);
    assert_lasts(&lab, lab.call(&response).duration_seconds(900).send().await, 900);
    let longer = lab.corp.respond(&lab.spec().with_session_not_on_or_after(lab.after(7200)));
    assert_lasts(&lab, lab.call(&longer).send().await, 3600);
}

#[tokio::test]
async fn a_session_that_has_ended_at_the_identity_provider_gives_nothing() {
    let lab = Lab::in_process();
    let response = lab.corp.respond(&lab.spec().with_session_not_on_or_after(lab.after(60)));

    lab.clock.advance(Duration::from_secs(59));
    assert_lasts(&lab, lab.call(&response).send().await, 1);
    lab.clock.advance(Duration::from_secs(1));
    assert_refused(lab.call(&response).send().await, "ExpiredTokenException", 400, "Response has expired");
}

#[tokio::test]
async fn the_session_duration_attribute_is_for_the_console() {
    let lab = Lab::in_process();

    assert_lasts(&lab, lab.redeem(lab.spec().with_session_duration("28800")).await, 3600);
}

#[tokio::test]
async fn a_role_session_name_is_required_and_has_its_characters() {
    let lab = Lab::in_process();

    assert_invalid(
        lab.redeem(lab.spec().with_role_session_name(None)).await,
        "RoleSessionName is required in AuthnResponse",
    );
    for name in ["a", "al ice", "al/ice", &"a".repeat(65)] {
        println!("{name}");
        let words = "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}";
        assert_invalid(lab.redeem(lab.spec().with_role_session_name(Some(name))).await, words);
    }
    for name in ["al", "a_b+c=d,e.f@g-h", &"a".repeat(64)] {
        println!("{name}");
        assert_accepted(lab.redeem(lab.spec().with_role_session_name(Some(name))).await);
    }
}

#[tokio::test]
async fn a_source_identity_comes_with_the_assertion() {
    let lab = Lab::in_process();

    let answer = assert_accepted(lab.redeem(lab.spec().with_source_identity("alice.a")).await);
    assert_eq!(answer.source_identity(), Some("alice.a"));
    for wrong in ["a b", "aws:alice"] {
        println!("{wrong}");
        assert_invalid(
            lab.redeem(lab.spec().with_source_identity(wrong)).await,
            "Source Identity must match",
        );
    }
}

#[tokio::test]
async fn tags_of_the_assertion_take_their_space() {
    let lab = Lab::in_process();
    let spec = lab.spec().with_principal_tag("Team", "Blue").with_transitive_tag_key("Team");

    #[expect(deprecated, reason = "the service still answers it")]
    let size = assert_accepted(lab.redeem(spec).await).packed_policy_size();

    assert_eq!(size, Some(1));
}

#[tokio::test]
async fn a_transitive_tag_has_to_be_among_the_tags() {
    let lab = Lab::in_process();
    let spec = lab.spec().with_principal_tag("Team", "Blue");

    let outcome = lab.redeem(spec.clone().with_transitive_tag_key("Project")).await;
    assert_refused(outcome, "InvalidParameterValue", 400, "transitive tag key");
    let outcome = lab.redeem(spec.clone().with_principal_tag("TEAM", "Red")).await;
    assert_refused(outcome, "InvalidParameterValue", 400, "Duplicate tag keys");
    assert_accepted(lab.redeem(spec.with_transitive_tag_key("team")).await);
}

#[tokio::test]
async fn session_policies_are_held_to_their_rules() {
    const ALLOWED: &str = "{\"Version\":\"2012-10-17\",\"Statement\":[]}";
    let lab = Lab::in_process();
    let call = || lab.call(&lab.corp.respond(&lab.spec()));
    let arn = |arn: &str| PolicyDescriptorType::builder().arn(arn).build();

    assert_accepted(
        call().policy(ALLOWED).policy_arns(arn("arn:aws:iam::aws:policy/ReadOnlyAccess")).send().await,
    );
    assert_refused(call().policy("{").send().await, "MalformedPolicyDocument", 400, "invalid Json");
    assert_refused(
        call().policy_arns(arn("arn:aws:iam::aws:role/x")).send().await,
        "ValidationError",
        400,
        "is not valid",
    );
    let large = format!("{{\"Statement\":[\"{}\"]}}", "x".repeat(2000));
    let outcome =
        lab.call(&lab.corp.respond(&lab.spec().with_principal_tag("Team", &"b".repeat(200)))).policy(large);
    assert_refused(outcome.send().await, "PackedPolicyTooLarge", 400, "Packed policy consumes");
}
