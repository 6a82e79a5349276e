//! `GetFederationToken`: for whom, how long, and what its credentials are good for.

use std::time::Duration;

use aws_sdk_sts::operation::get_federation_token::GetFederationTokenOutput;
use aws_sdk_sts::types::{PolicyDescriptorType, Tag};
use aws_smithy_types::DateTime;

use crate::lab::{Lab, long_lived, temporary};
use crate::refusal::assert_refused;

const POLICY: &str = r#"{ "Version": "2012-10-17", "Statement": [] }"#;

#[expect(deprecated, reason = "the service still answers it")]
fn packed_policy_size(answer: &GetFederationTokenOutput) -> Option<i32> {
    answer.packed_policy_size()
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().unwrap()
}

on_both_fronts! {
    async fn a_federated_user_is_who_was_named(lab) {
        let answer = lab.client().get_federation_token().name("b+o=b,c.@d-e_f").send().await.unwrap();

        let user = answer.federated_user().unwrap();
        assert_eq!(user.arn(), "arn:aws:sts::111122223333:federated-user/b+o=b,c.@d-e_f");
        assert_eq!(user.federated_user_id(), "111122223333:b+o=b,c.@d-e_f");
        assert_eq!(packed_policy_size(&answer), None);
        let set = answer.credentials().unwrap();
        assert!(set.access_key_id().starts_with("ASIA"));
        let identity = lab.client_of(temporary(Some(set))).get_caller_identity().send().await.unwrap();
        assert_eq!(identity.arn(), Some(user.arn()));
        assert_eq!(identity.user_id(), Some(user.federated_user_id()));
        assert_eq!(identity.account(), Some("111122223333"));
    }

    async fn twelve_hours_unless_told(lab) {
        let call = lab.client().get_federation_token().name("bob");

        for (call, seconds) in [
            (call.clone(), 43_200),
            (call.clone().duration_seconds(900), 900),
            (call.duration_seconds(129_600), 129_600),
        ] {
            let expected = DateTime::from(lab.now() + Duration::from_secs(seconds));
            assert_eq!(*call.send().await.unwrap().credentials().unwrap().expiration(), expected);
        }
    }

    async fn a_root_user_gets_an_hour(lab) {
        let key = lab.aws.add_access_key(&lab.aws.root_user(&lab.account));
        let call = lab.client_of(long_lived(&key)).get_federation_token().name("bob");

        for (call, seconds) in [
            (call.clone(), 3600),
            (call.clone().duration_seconds(900), 900),
            (call.duration_seconds(7200), 3600),
        ] {
            let expected = DateTime::from(lab.now() + Duration::from_secs(seconds));
            assert_eq!(*call.send().await.unwrap().credentials().unwrap().expiration(), expected);
        }
    }

    async fn its_credentials_end_when_it_said(lab) {
        let answer = lab.client().get_federation_token().name("bob").duration_seconds(900).send().await.unwrap();
        let client = lab.client_of(temporary(answer.credentials()));

        lab.clock.advance(Duration::from_secs(899));
        client.get_caller_identity().send().await.unwrap();
        lab.clock.advance(Duration::from_secs(1));
        assert_refused(client.get_caller_identity().send().await, "ExpiredToken", 403, "");
    }

    async fn parameters_keep_to_their_bounds(lab) {
        let valid = lab.client().get_federation_token().name("bob");

        for (call, words) in [
            (valid.clone().set_name(None), "Value null at 'name' failed to satisfy constraint: Member must not be null"),
            (valid.clone().name("b"), "Value 'b' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 2"),
            (valid.clone().name("b".repeat(33)), "Member must have length less than or equal to 32"),
            (valid.clone().name("b b"), r"Member must satisfy regular expression pattern: [\w+=,.@-]*"),
            (valid.clone().duration_seconds(899), "Member must have value greater than or equal to 900"),
            (valid.clone().duration_seconds(129_601), "Member must have value less than or equal to 129600"),
            (valid.clone().minimum_session_token_size(4097), "'minimumSessionTokenSize'"),
            (valid.clone().policy("x".repeat(2049)), "'policy'"),
        ] {
            assert_refused(call.send().await, "ValidationError", 400, words);
        }
        valid.clone().name("bo").send().await.unwrap();
        valid.name("b".repeat(32)).send().await.unwrap();
    }

    async fn policies_and_tags_are_looked_at(lab) {
        let valid = lab.client().get_federation_token().name("bob");
        let arn = |arn: &str| PolicyDescriptorType::builder().arn(arn).build();
        let tags = |count| (0..count).fold(valid.clone(), |call, n| call.tags(tag(&format!("k{n}"), "v")));

        assert_refused(valid.clone().policy("[]").send().await, "MalformedPolicyDocument", 400, "invalid Json");
        let wrong = valid.clone().policy_arns(arn("arn:aws:iam::111122223333:role/Deploy"));
        assert_refused(wrong.send().await, "ValidationError", 400, "is not valid.");
        let twice = valid.clone().tags(tag("Team", "a")).tags(tag("team", "b"));
        assert_refused(twice.send().await, "InvalidParameterValue", 400, "Duplicate tag keys found.");
        assert_refused(tags(51).send().await, "ValidationError", 400, "'tags'");
        tags(50).send().await.unwrap();
        let large = (0..11).fold(valid.clone(), |call, n| call.tags(tag(&format!("key-{n}"), &"x".repeat(200))));
        assert_refused(large.send().await, "PackedPolicyTooLarge", 400, "Packed policy consumes 111%");
        let all = valid.policy(POLICY).policy_arns(arn("arn:aws:iam::aws:policy/ReadOnlyAccess"));
        let answer = all.tags(tag("team", &"x".repeat(200))).send().await.unwrap();
        assert_eq!(packed_policy_size(&answer), Some(14));
    }

    async fn the_session_token_is_as_large_as_asked(lab) {
        let call = lab.client().get_federation_token().name("bob").minimum_session_token_size(3000);

        let answer = call.send().await.unwrap();

        assert_eq!(answer.credentials().unwrap().session_token().len(), 3000);
        assert_eq!(answer.session_token_size(), Some(3000));
        assert_eq!(answer.session_token_utilization().map(f64::from), Some(74.0));
    }
}
