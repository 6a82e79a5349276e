//! Session tags and policies: keys, inheritance, space.

use aws_sdk_sts::Client;
use aws_sdk_sts::operation::assume_role::builders::AssumeRoleFluentBuilder;
use aws_sdk_sts::types::{PolicyDescriptorType, Tag};

use crate::lab::{Lab, packed_policy_size, temporary};
use crate::refusal::assert_refused;

const POLICY: &str = r#"{ "Version": "2012-10-17", "Statement": [] }"#;

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().unwrap()
}

fn call(lab: &Lab, client: &Client) -> AssumeRoleFluentBuilder {
    client.assume_role().role_arn(lab.role("Deploy").as_str()).role_session_name("session")
}

on_both_fronts! {
    async fn keys_differ_in_more_than_case(lab) {
        let result = call(&lab, &lab.client()).tags(tag("Team", "a")).tags(tag("team", "b")).send().await;

        assert_refused(result, "InvalidParameterValue", 400, "Duplicate tag keys found.");
    }

    async fn the_prefix_of_awss_own_tags_is_reserved(lab) {
        for (key, value) in [("aws:team", "a"), ("AWS:team", "a"), ("team", "aws:a")] {
            let result = call(&lab, &lab.client()).tags(tag(key, value)).send().await;
            assert_refused(result, "InvalidParameterValue", 400, "begin with aws: are reserved");
        }
        for (key, value) in [("aws", "aws"), ("awsteam", "a"), ("my:aws:team", "x aws:a")] {
            call(&lab, &lab.client()).tags(tag(key, value)).send().await.unwrap();
        }
    }

    async fn a_value_has_separators_and_no_control_characters(lab) {
        call(&lab, &lab.client()).tags(tag("team", "a b\u{a0}\u{2028}c")).send().await.unwrap();

        for control in ["a\nb", "a\tb", "a\u{85}b"] {
            let result = call(&lab, &lab.client()).tags(tag("team", control)).send().await;
            assert_refused(result, "ValidationError", 400, "'tags.member.value' failed to satisfy constraint");
        }
    }

    async fn a_transitive_key_needs_a_tag(lab) {
        let result = call(&lab, &lab.client()).tags(tag("team", "a")).transitive_tag_keys("cost").send().await;

        let words = "The specified transitive tag key must be included in the requested tags.";
        assert_refused(result, "InvalidParameterValue", 400, words);
    }

    async fn a_transitive_tag_is_inherited_for_good(lab) {
        let first = call(&lab, &lab.client()).tags(tag("Team", "a")).transitive_tag_keys("Team").send().await;
        let second = lab.client_of(temporary(first.unwrap().credentials()));
        let third = call(&lab, &second).transitive_tag_keys("team").send().await.unwrap();
        let third = lab.client_of(temporary(third.credentials()));

        for client in [second, third] {
            let result = call(&lab, &client).tags(tag("team", "b")).send().await;
            assert_refused(result, "InvalidParameterValue", 400, "conflicts with a transitive tag key");
        }
    }

    async fn another_tag_is_not_inherited(lab) {
        let first = call(&lab, &lab.client()).tags(tag("Team", "a")).send().await.unwrap();
        let second = lab.client_of(temporary(first.credentials()));

        call(&lab, &second).tags(tag("team", "b")).send().await.unwrap();
    }

    async fn the_packed_size_counts_policies_and_tags(lab) {
        let client = lab.client();
        let arn = PolicyDescriptorType::builder().arn("arn:aws:iam::aws:policy/ReadOnlyAccess").build();
        let tags = call(&lab, &client).tags(tag("team", &"x".repeat(200))).send().await.unwrap();
        let policy = call(&lab, &client).policy(POLICY).send().await.unwrap();
        let all = call(&lab, &client).policy(POLICY).policy_arns(arn).tags(tag("team", &"x".repeat(200)));
        let all = all.send().await.unwrap();

        assert_eq!(packed_policy_size(&tags), Some(10));
        assert_eq!(packed_policy_size(&policy), Some(2));
        assert_eq!(packed_policy_size(&all), Some(14));
    }

    async fn an_inherited_tag_takes_space(lab) {
        let first = call(&lab, &lab.client()).tags(tag("team", &"x".repeat(200))).transitive_tag_keys("team");
        let first = first.send().await.unwrap();

        let second = call(&lab, &lab.client_of(temporary(first.credentials()))).send().await.unwrap();

        assert_eq!(packed_policy_size(&second), Some(10));
    }

    async fn more_than_the_space_is_refused(lab) {
        let mut call = call(&lab, &lab.client());
        for number in 0..11 {
            call = call.tags(tag(&format!("key-{number}"), &"x".repeat(200)));
        }

        let result = call.send().await;

        assert_refused(result, "PackedPolicyTooLarge", 400, "Packed policy consumes 111% of allotted space");
    }

    async fn a_policy_is_json(lab) {
        for (policy, words) in [
            ("not json", "This policy contains invalid Json"),
            ("[]", "This policy contains invalid Json"),
            (r#"{"Version": "2012-10-17"}"#, "Syntax errors in policy."),
            (r#"{"Version": "2012-10-71", "Statement": []}"#, "Syntax errors in policy."),
            (r#"{"Version": 2012, "Statement": []}"#, "Syntax errors in policy."),
        ] {
            let result = call(&lab, &lab.client()).policy(policy).send().await;
            assert_refused(result, "MalformedPolicyDocument", 400, words);
        }
        for policy in [POLICY, r#"{"Version": "2008-10-17", "Statement": []}"#, r#"{"Statement": []}"#] {
            call(&lab, &lab.client()).policy(policy).send().await.unwrap();
        }
    }

    async fn a_policy_arn_is_one(lab) {
        let wrong = PolicyDescriptorType::builder().arn("arn:aws:iam::111122223333:role/Deploy").build();

        let result = call(&lab, &lab.client()).policy_arns(wrong).send().await;

        assert_refused(result, "ValidationError", 400, "ARN arn:aws:iam::111122223333:role/Deploy is not valid.");
        for arn in ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::111122223333:policy/Own"] {
            let one = PolicyDescriptorType::builder().arn(arn).build();
            call(&lab, &lab.client()).policy_arns(one).send().await.unwrap();
        }
    }
}
