//! Session tags, source identity and policies of web identities, and what a chain inherits of them.

use aws_sdk_sts::operation::assume_role_with_web_identity::AssumeRoleWithWebIdentityOutput;
use aws_sdk_sts::types::Tag;
use leapp_testkit::aws::WebIdentityClaims;

use crate::lab::{Lab, temporary};
use crate::refusal::assert_refused;
use crate::web_identity::{call, claims, provider, role};

type Answer = Result<
    AssumeRoleWithWebIdentityOutput,
    aws_sdk_sts::error::SdkError<
        aws_sdk_sts::operation::assume_role_with_web_identity::AssumeRoleWithWebIdentityError,
        aws_smithy_runtime_api::client::orchestrator::HttpResponse,
    >,
>;

async fn answer(lab: &Lab, claims: &WebIdentityClaims) -> Answer {
    let provider = provider(lab);
    call(lab, &role(lab, &provider), &provider.token_at(claims, lab.now())).send().await
}

#[expect(deprecated, reason = "the service still answers it")]
fn packed_policy_size(answer: &AssumeRoleWithWebIdentityOutput) -> Option<i32> {
    answer.packed_policy_size()
}

on_both_fronts! {
    async fn a_chain_begins_here(lab) {
        let set = answer(&lab, &claims().with_source_identity("octo").with_transitive_tag("Team", "a")).await.unwrap();
        let client = lab.client_of(temporary(set.credentials()));
        let next = lab.role("Next");
        let call = client.assume_role().role_arn(next.as_str()).role_session_name("next");

        let chained = call.clone().send().await.unwrap();
        assert_eq!(chained.source_identity(), Some("octo"));
        let words = "exceeds the 1 hour session limit for roles assumed by role chaining";
        assert_refused(call.clone().duration_seconds(3601).send().await, "ValidationError", 400, words);
        let changed = call.clone().source_identity("other").send().await;
        assert_refused(changed, "ValidationError", 400, "The source identity is already set");
        let team = Tag::builder().key("team").value("b").build().unwrap();
        let words = "conflicts with a transitive tag key from the calling session";
        assert_refused(call.tags(team).send().await, "InvalidParameterValue", 400, words);
    }

    async fn a_tag_that_is_not_transitive_is_not_inherited(lab) {
        let set = answer(&lab, &claims().with_tag("Team", "a")).await.unwrap();
        let client = lab.client_of(temporary(set.credentials()));
        let team = Tag::builder().key("team").value("b").build().unwrap();

        let call = client.assume_role().role_arn(lab.role("Next").as_str()).role_session_name("next").tags(team);

        call.send().await.unwrap();
    }

    async fn tags_and_policies_take_space(lab) {
        let plain = answer(&lab, &claims()).await.unwrap();
        let tagged = answer(&lab, &claims().with_tag("team", &"x".repeat(200))).await.unwrap();
        let provider = provider(&lab);
        let token = provider.token_at(&claims().with_tag("team", &"x".repeat(200)), lab.now());
        let policy = r#"{ "Version": "2012-10-17", "Statement": [] }"#;
        let both = call(&lab, &role(&lab, &provider), &token).policy(policy).send().await.unwrap();

        assert_eq!(packed_policy_size(&plain), None);
        assert_eq!(packed_policy_size(&tagged), Some(10));
        assert_eq!(packed_policy_size(&both), Some(12));
    }

    async fn more_than_the_space_is_refused(lab) {
        let tagged = (0..11).fold(claims(), |claims, n| claims.with_tag(&format!("key-{n}"), &"x".repeat(200)));

        assert_refused(answer(&lab, &tagged).await, "PackedPolicyTooLarge", 400, "Packed policy consumes 111%");
    }

    async fn tags_keep_to_the_bounds_of_tags(lab) {
        let fifty = |count| (0..count).fold(claims(), |claims, n| claims.with_tag(&format!("k{n}"), "v"));

        answer(&lab, &fifty(50)).await.unwrap();
        assert_refused(answer(&lab, &fifty(51)).await, "ValidationError", 400, "'tags'");
        let twice = claims().with_tag("Team", "a").with_tag("team", "b");
        assert_refused(answer(&lab, &twice).await, "InvalidParameterValue", 400, "Duplicate tag keys found.");
        let long = claims().with_tag("team", &"x".repeat(257));
        assert_refused(answer(&lab, &long).await, "ValidationError", 400, "'tags.member.value'");
        answer(&lab, &claims().with_tag("team", &"x".repeat(256))).await.unwrap();
    }

    async fn tags_may_stand_in_claims_of_their_own(lab) {
        let name = |rest: &str| format!("https://aws.amazon.com/tags/{rest}");
        let flat = claims()
            .with_claim(&name("principal_tags/Team"), &"x".repeat(200))
            .with_claim(&name("transitive_tag_keys"), "Team");

        let set = answer(&lab, &flat).await.unwrap();
        assert_eq!(packed_policy_size(&set), Some(10));
        let unknown = claims().with_claim(&name("other"), "x");
        let words = "The session tags in the token are malformed";
        assert_refused(answer(&lab, &unknown).await, "InvalidIdentityToken", 400, words);
        let no_object = claims().with_claim("https://aws.amazon.com/tags", "x");
        assert_refused(answer(&lab, &no_object).await, "InvalidIdentityToken", 400, words);
    }

    async fn a_source_identity_keeps_to_its_bounds(lab) {
        answer(&lab, &claims().with_source_identity("me")).await.unwrap();
        for wrong in ["m", "a b", &"x".repeat(65)] {
            let result = answer(&lab, &claims().with_source_identity(wrong)).await;
            assert_refused(result, "ValidationError", 400, "'sourceIdentity'");
        }
    }

    async fn a_policy_is_json(lab) {
        let provider = provider(&lab);
        let call = call(&lab, &role(&lab, &provider), &provider.token_at(&claims(), lab.now()));

        let result = call.clone().policy("not json").send().await;
        assert_refused(result, "MalformedPolicyDocument", 400, "This policy contains invalid Json");
        call.policy(r#"{"Version": "2012-10-17", "Statement": []}"#).send().await.unwrap();
    }
}
