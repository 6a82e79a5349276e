//! Roles: every input that the API has, and what each refusal is told as.

use leapp_core::aws::{AssumeRole, SessionTag};
use leapp_core::{
    Error, ErrorKind, ExternalId, PolicyArn, Principal, RoleSessionName, Secret, SourceIdentity,
};
use leapp_testkit::aws::{Fault, RoleSpec};

use crate::scene::{HOUR, Scene, words};

const POLICY: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}"#;

#[tokio::test]
async fn every_input_reaches_the_service() {
    let scene = Scene::new().await;
    let external_id = ExternalId::parse("of-the-customer").unwrap();
    let spec = RoleSpec::new(&scene.account, "Deploy").with_external_id(external_id.clone());
    let role = scene
        .role(spec.with_max_session_duration(12 * HOUR))
        .with_external_id(external_id)
        .with_role_session_name(RoleSessionName::parse("alice").unwrap())
        .with_source_identity(SourceIdentity::parse("alice@example.com").unwrap())
        .with_duration(12 * HOUR)
        .and_then(|role| role.with_policy(POLICY))
        .and_then(|role| {
            role.with_policy_arns(vec![PolicyArn::parse("arn:aws:iam::aws:policy/ReadOnlyAccess")?])
        })
        .and_then(|role| role.with_tags(vec![SessionTag::parse("Project", "Apollo")?.transitive()]))
        .and_then(|role| role.with_minimum_session_token_size(3000))
        .unwrap();

    let set = scene.issue_from_user(&role).await.unwrap();

    let said = set.metadata();
    assert_eq!(said.arn.as_deref(), Some("arn:aws:sts::111122223333:assumed-role/Deploy/alice"));
    assert_eq!(said.source_identity.as_ref().unwrap().as_str(), "alice@example.com");
    assert!(said.packed_policy_size.unwrap() > 0 && !said.is_chained && !said.lacks_policy);
    assert_eq!(set.session_token().expose().len(), 3000);
    // The tag is carried on: the next role may not be given it again.
    let tagged = scene.role(RoleSpec::new(&scene.account, "Next"));
    let tagged = tagged.with_tags(vec![SessionTag::parse("Project", "Gemini").unwrap()]).unwrap();
    let error = scene.issue_from(&tagged, set.clone(), Principal::Role).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error:?}");
    let plain = scene.role(RoleSpec::new(&scene.account, "Next"));
    assert!(scene.issue_from(&plain, set, Principal::Role).await.unwrap().metadata().is_chained);
}

#[tokio::test]
async fn each_refusal_is_told_by_kind() {
    let scene = Scene::new().await;
    let spec = |name: &str| RoleSpec::new(&scene.account, name);
    let large = "x".repeat(200);
    let tags = (0..11).map(|n| SessionTag::parse(&format!("key-{n}"), &large).unwrap()).collect();
    let stranger = scene.aws.add_user(&scene.account, "bob");
    for (role, kind, said) in [
        (
            scene.role(spec("Strict").with_trusted(stranger)),
            ErrorKind::AccessDenied,
            "not authorized to perform: sts:AssumeRole",
        ),
        (
            scene.role(spec("Deploy")).with_policy("{}").unwrap(),
            ErrorKind::InvalidInput,
            "MalformedPolicyDocument",
        ),
        (scene.role(spec("Deploy")).with_tags(tags).unwrap(), ErrorKind::TooLarge, "PackedPolicyTooLarge"),
    ] {
        is_told(&scene.issue_from_user(&role).await.unwrap_err(), kind, said, false);
    }
    let role = scene.role(spec("Deploy"));
    scene.aws.fail_next_of("AssumeRole", Fault::Throttle, 1);
    is_told(&scene.issue_from_user(&role).await.unwrap_err(), ErrorKind::Throttled, "Rate exceeded", true);
    let user = scene.issue(&leapp_core::aws::GetSessionToken::new(scene.sts())).await.unwrap();
    for seconds in [-301, 301] {
        scene.aws.set_clock_offset(seconds);
        let error = scene.issue_from(&role, user.clone(), Principal::User).await.unwrap_err();
        is_told(&error, ErrorKind::ClockSkew, "Signature", true);
    }
    for seconds in [-299, 299] {
        scene.aws.set_clock_offset(seconds);
        scene.issue_from(&role, user.clone(), Principal::User).await.unwrap();
    }
    scene.aws.set_clock_offset(0);
    scene.clock.advance(11 * HOUR);
    let error = scene.issue_from(&role, user, Principal::User).await.unwrap_err();
    is_told(&error, ErrorKind::Expired, "ExpiredToken", false);
}

/// The service's own limit, met because the source was declared to be what it is not.
#[tokio::test]
async fn the_limit_of_role_chaining_is_told_as_such_when_the_service_says_it() {
    let scene = Scene::new().await;
    let first = scene.issue_from_user(&scene.role(RoleSpec::new(&scene.account, "First"))).await.unwrap();
    let spec = RoleSpec::new(&scene.account, "Second").with_max_session_duration(2 * HOUR);
    let second = scene.role(spec).with_duration(2 * HOUR).unwrap();

    let error = scene.issue_from(&second, first.clone(), Principal::User).await.unwrap_err();
    is_told(&error, ErrorKind::RoleChainingLimit, "role chaining", false);
    let calls = scene.calls("AssumeRole");
    let error = scene.issue_from(&second, first, Principal::Role).await.unwrap_err();
    assert_eq!((error.kind(), scene.calls("AssumeRole")), (ErrorKind::RoleChainingLimit, calls), "{error:?}");
}

#[test]
fn inputs_keep_to_the_services_bounds() {
    let role = || {
        let region = aws_types::region::Region::from_static("eu-west-1");
        let client = leapp_testkit::aws::FakeAws::new(std::sync::Arc::new(leapp_core::SystemClock::new()))
            .http_client();
        let config = aws_types::SdkConfig::builder().region(region).http_client(client).build();
        let arn = leapp_core::RoleArn::parse("arn:aws:iam::111122223333:role/Deploy").unwrap();
        AssumeRole::new(
            leapp_core::aws::Sts::from_sdk_config(&config).unwrap(),
            crate::scene::id("alice"),
            arn,
        )
    };
    let arns = |count| vec![PolicyArn::parse("arn:aws:iam::aws:policy/ReadOnlyAccess").unwrap(); count];
    let tags =
        |count| (0..count).map(|n| SessionTag::parse(&format!("k{n}"), "v").unwrap()).collect::<Vec<_>>();
    let twice = vec![SessionTag::parse("Team", "a").unwrap(), SessionTag::parse("team", "b").unwrap()];
    let context = "arn:aws:iam::aws:contextProvider/IdentityCenter";
    for (result, said) in [
        (role().with_policy(""), "0 characters"),
        (role().with_policy("x".repeat(2049)), "2049 characters"),
        (role().with_policy("\u{100}"), "byte 0"),
        (role().with_policy_arns(arns(11)), "11 session policy ARNs"),
        (role().with_tags(tags(51)), "51 session tags"),
        (role().with_tags(twice), "\"team\""),
        (role().with_minimum_session_token_size(4097), "4097 bytes"),
        (role().with_provided_context("arn", Secret::new("assertion")), "20 to 2048"),
        (role().with_provided_context(context, Secret::new("abc")), "4 to 2048"),
    ] {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains(said), "no {said} in: {error}");
    }
    role().with_policy("x".repeat(2048)).unwrap();
    role().with_policy("\u{ff}\t\r\n").unwrap();
    role().with_policy_arns(arns(10)).unwrap();
    role().with_tags(tags(50)).unwrap();
    role().with_minimum_session_token_size(4096).unwrap();
    let contexts =
        (0..5).try_fold(role(), |role, _| role.with_provided_context(context, Secret::new("assertion")));
    contexts.unwrap().with_provided_context(context, Secret::new("assertion")).unwrap_err();
}

#[track_caller]
fn is_told(error: &Error, kind: ErrorKind, said: &str, is_passing: bool) {
    assert_eq!(error.kind(), kind, "{error:?}");
    assert!(
        words(error).contains(said) && words(error).contains("AssumeRole for session `role`"),
        "{error:?}"
    );
    assert_eq!(error.is_retryable(), is_passing, "{error:?}");
}
