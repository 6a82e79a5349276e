//! Every input of a role: as it is sent, and as a service that looks at it takes it.

use std::time::Duration;

use leapp_core::aws::{AssumeRole, SessionTag};
use leapp_core::{Clock, ErrorKind, ExternalId, RoleSessionName, SourceIdentity, SystemClock};

use crate::clients::python;
use crate::readers::boto3;
use crate::servers::{Ministack, Moto};
use crate::sessions::{MinistackUser, Plan, assert_active};

const POLICY: &str = concat!(
    r#"{"Version":"2012-10-17","Statement":["#,
    r#"{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}]}"#
);
const DURATION: Duration = Duration::from_secs(1800);
/// Prints what becomes of two calls: the error code of one that is refused.
const TWO_CALLS: &str = "
import boto3, botocore.exceptions
session = boto3.Session(profile_name='deploy')
for call in [session.client('s3').list_buckets, session.client('iam').list_users]:
    try:
        call()
        print('allowed')
    except botocore.exceptions.ClientError as error:
        print(error.response['Error']['Code'])
";

fn filled(role: AssumeRole) -> AssumeRole {
    let tags = vec![
        SessionTag::parse("Project", "Apollo 11").unwrap().transitive(),
        SessionTag::parse("cost-center", "a+b=c/d@e").unwrap(),
    ];
    role.with_external_id(ExternalId::parse("between:us+two/1").unwrap())
        .with_role_session_name(RoleSessionName::parse("alice@example.com,ci=1").unwrap())
        .with_source_identity(SourceIdentity::parse("alice@example.com").unwrap())
        .with_tags(tags)
        .unwrap()
        .with_policy(POLICY)
        .unwrap()
        .with_duration(DURATION)
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn moto_is_sent_every_input_as_it_was_given() {
    let moto = Moto::start();
    let role_arn = "arn:aws:iam::123456789012:role/team/Deploy";
    let plan = Plan::new(&moto.endpoint(), ["AKIAIOSFODNN7EXAMPLE", "any"], role_arn);
    let sessions = plan.with_role(filled).play(|builder| builder).await;
    assert_active(sessions.start("deploy").await);

    let sent = moto.request("AssumeRole");
    for (name, value) in [
        ("RoleArn", role_arn),
        ("RoleSessionName", "alice@example.com,ci=1"),
        ("ExternalId", "between:us+two/1"),
        ("SourceIdentity", "alice@example.com"),
        ("DurationSeconds", "1800"),
        ("Policy", POLICY),
        ("Tags.member.1.Key", "Project"),
        ("Tags.member.1.Value", "Apollo 11"),
        ("Tags.member.2.Key", "cost-center"),
        ("Tags.member.2.Value", "a+b=c/d@e"),
        ("TransitiveTagKeys.member.1", "Project"),
    ] {
        assert_eq!(sent.get(name).map(String::as_str), Some(value), "{name}");
    }
    // Only this much comes back: moto ignores the rest, where AWS echoes the source identity too.
    let caller = boto3(&sessions.file, "deploy", &sessions.endpoint).unwrap();
    assert_eq!(caller.arn, "arn:aws:sts::123456789012:assumed-role/Deploy/alice@example.com,ci=1");
}

/// Unlike AWS, ministack does not look at the source identity, nor for `sts:SetSourceIdentity` in the trust policy.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn ministack_takes_inputs_that_a_trust_policy_demands() {
    let ministack = Ministack::start();
    let alice = MinistackUser::new(&ministack, "alice");
    let condition = r#"{"StringEquals":{
        "sts:ExternalId":"between:us+two/1",
        "sts:RoleSessionName":"alice@example.com,ci=1",
        "aws:RequestTag/Project":"Apollo 11",
        "aws:RequestTag/cost-center":"a+b=c/d@e"
    }}"#;
    let role_arn = ministack.new_role("Deploy", &alice.trust_policy(condition));
    let plan = || Plan::new(&ministack.endpoint(), alice.access_key(), &role_arn);
    let bare = plan().play(|builder| builder).await;
    let error = bare.start("deploy").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied, "{error:?}");

    let sessions = plan().with_role(filled).play(|builder| builder).await;
    assert_active(sessions.start("deploy").await);
    let caller = boto3(&sessions.file, "deploy", &sessions.endpoint).unwrap();
    assert_eq!(caller.arn, "arn:aws:sts::000000000000:assumed-role/Deploy/alice@example.com,ci=1");
    let remaining = sessions.current("deploy").await.remaining_at(SystemClock::new().now());
    assert!((DURATION - Duration::from_secs(60)..=DURATION).contains(&remaining), "{remaining:?}");
    // The role may do both, the session policy leaves one.
    let env = sessions.file.env(&sessions.endpoint);
    let said = python(TWO_CALLS, &[], &env.each_ref().map(|(name, value)| (*name, value.as_str()))).said();
    assert_eq!(said.as_deref(), Ok("allowed\nAccessDenied"));
    sessions.stop_both().await;
}
