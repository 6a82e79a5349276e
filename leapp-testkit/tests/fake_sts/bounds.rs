//! Every bound of every parameter, on both of its sides.

use aws_sdk_sts::operation::assume_role::builders::AssumeRoleFluentBuilder as AssumeRole;
use aws_sdk_sts::operation::get_session_token::builders::GetSessionTokenFluentBuilder as GetSessionToken;
use aws_sdk_sts::types::{PolicyDescriptorType, Tag};

use crate::lab::Lab;
use crate::refusal::{assert_refused, refused};

type Change<Call> = fn(Call) -> Call;

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().unwrap()
}

fn policy_of(length: usize) -> String {
    let empty = r#"{"Statement":[]}"#;
    format!("{}{empty}", " ".repeat(length - empty.len()))
}

fn with_policy_arns(call: AssumeRole, count: usize) -> AssumeRole {
    let arn = PolicyDescriptorType::builder().arn("arn:aws:iam::aws:policy/ReadOnlyAccess").build();
    (0..count).fold(call, |call, _| call.policy_arns(arn.clone()))
}

fn with_tags(call: AssumeRole, count: usize) -> AssumeRole {
    (0..count).fold(call, |call, number| call.tags(tag(&format!("k{number}"), "v")))
}

const REFUSED_BY_ASSUME_ROLE: [(&str, Change<AssumeRole>, &str); 25] = [
    (
        "no role",
        |call| call.set_role_arn(None),
        "Value null at 'roleArn' failed to satisfy constraint: Member must not be null",
    ),
    (
        "a short role",
        |call| call.role_arn("arn:aws:iam::1:role"),
        "'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20",
    ),
    (
        "a long role",
        |call| call.role_arn("a".repeat(2049)),
        "'roleArn' failed to satisfy constraint: Member must have length less than or equal to 2048",
    ),
    (
        "a role that is a user",
        |call| call.role_arn("arn:aws:iam::111122223333:user/alice"),
        "arn:aws:iam::111122223333:user/alice is invalid",
    ),
    ("no session name", |call| call.set_role_session_name(None), "Value null at 'roleSessionName'"),
    (
        "a short session name",
        |call| call.role_session_name("a"),
        "Value 'a' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
    ),
    (
        "a long session name",
        |call| call.role_session_name("a".repeat(65)),
        "Member must have length less than or equal to 64",
    ),
    (
        "a session name with a space",
        |call| call.role_session_name("a b"),
        r"Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*",
    ),
    (
        "too short",
        |call| call.duration_seconds(899),
        "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    ),
    ("negative", |call| call.duration_seconds(-1), "Value '-1' at 'durationSeconds'"),
    ("too long", |call| call.duration_seconds(43_201), "Member must have value less than or equal to 43200"),
    ("a short external id", |call| call.external_id("a"), "'externalId'"),
    ("a long external id", |call| call.external_id("a".repeat(1225)), "less than or equal to 1224"),
    ("an external id with a space", |call| call.external_id("a b"), r"pattern: [\w+=,.@:\/-]*"),
    (
        "a short serial number",
        |call| call.serial_number("12345678").token_code("123456"),
        "'serialNumber' failed to satisfy constraint: Member must have length greater than or equal to 9",
    ),
    (
        "a long serial number",
        |call| call.serial_number("1".repeat(257)).token_code("123456"),
        "less than or equal to 256",
    ),
    (
        "five digits",
        |call| call.serial_number("123456789").token_code("12345"),
        "'tokenCode' failed to satisfy constraint: Member must have length greater than or equal to 6",
    ),
    (
        "letters",
        |call| call.serial_number("123456789").token_code("abcdef"),
        r"'tokenCode' failed to satisfy constraint: Member must satisfy regular expression pattern: [\d]*",
    ),
    ("a short source identity", |call| call.source_identity("a"), "'sourceIdentity'"),
    ("a reserved source identity", |call| call.source_identity("aws:alice"), "'sourceIdentity'"),
    (
        "a long policy",
        |call| call.policy(policy_of(2049)),
        "'policy' failed to satisfy constraint: Member must have length less than or equal to 2048",
    ),
    (
        "eleven policies",
        |call| with_policy_arns(call, 11),
        "'policyArns' failed to satisfy constraint: Member must have length less than or equal to 10",
    ),
    (
        "fifty-one tags",
        |call| with_tags(call, 51),
        "'tags' failed to satisfy constraint: Member must have length less than or equal to 50",
    ),
    ("a long tag key", |call| call.tags(tag(&"k".repeat(129), "v")), "less than or equal to 128"),
    ("a long tag value", |call| call.tags(tag("k", &"v".repeat(257))), "less than or equal to 256"),
];

const TAKEN_BY_ASSUME_ROLE: [(&str, Change<AssumeRole>); 10] = [
    ("two letters", |call| call.role_session_name("ab")),
    ("sixty-four letters", |call| call.role_session_name("a".repeat(64))),
    ("the shortest", |call| call.duration_seconds(900)),
    ("the longest", |call| call.duration_seconds(43_200)),
    ("a long external id", |call| call.external_id("a".repeat(1224))),
    ("a long policy", |call| call.policy(policy_of(2048))),
    ("ten policies", |call| with_policy_arns(call, 10)),
    ("fifty tags", |call| with_tags(call, 50)),
    ("long tags", |call| call.tags(tag(&"k".repeat(128), &"v".repeat(256)))),
    ("an empty tag", |call| call.tags(tag("k", ""))),
];

const REFUSED_BY_GET_SESSION_TOKEN: [(&str, Change<GetSessionToken>, &str); 6] = [
    ("too short", |call| call.duration_seconds(899), "Member must have value greater than or equal to 900"),
    (
        "too long",
        |call| call.duration_seconds(129_601),
        "Member must have value less than or equal to 129600",
    ),
    ("a short serial number", |call| call.serial_number("12345678").token_code("123456"), "'serialNumber'"),
    (
        "a serial number with a space",
        |call| call.serial_number("12345678 9").token_code("123456"),
        r"pattern: [\w+=/:,.@-]*",
    ),
    (
        "seven digits",
        |call| call.serial_number("123456789").token_code("1234567"),
        "'tokenCode' failed to satisfy constraint: Member must have length less than or equal to 6",
    ),
    (
        "a token size",
        |call| call.minimum_session_token_size(4097),
        "Member must have value less than or equal to 4096",
    ),
];

fn assume_role(lab: &Lab) -> AssumeRole {
    lab.client().assume_role().role_arn(lab.role("Deploy").as_str()).role_session_name("session")
}

on_both_fronts! {
    async fn assume_role_refuses(lab) {
        for (name, change, words) in REFUSED_BY_ASSUME_ROLE {
            println!("{name}");
            assert_refused(change(assume_role(&lab)).send().await, "ValidationError", 400, words);
        }
    }

    async fn assume_role_takes(lab) {
        for (name, change) in TAKEN_BY_ASSUME_ROLE {
            println!("{name}");
            change(assume_role(&lab)).send().await.unwrap();
        }
    }

    async fn get_session_token_refuses(lab) {
        for (name, change, words) in REFUSED_BY_GET_SESSION_TOKEN {
            println!("{name}");
            let result = change(lab.client().get_session_token()).send().await;
            assert_refused(result, "ValidationError", 400, words);
        }
    }

    async fn several_at_once_are_counted(lab) {
        let call = lab.client().assume_role().role_session_name("?");

        let message = refused(call.send().await).message;

        assert_eq!(message.matches("failed to satisfy constraint").count(), 3);
        assert!(message.starts_with("3 validation errors detected: Value null at 'roleArn'"), "{message}");
    }
}
