//! What cannot be is refused where it comes in.

use std::time::{Duration, SystemTime};

use aws_types::SdkConfig;
use leapp_core::aws::{GetSessionToken, Sts};
use leapp_core::{
    AccessKey, AccessKeyId, ErrorKind, Leapp, MemoryVault, PolicyArn, ProfileName, RoleArn, Secret, Session,
    SessionCredentials,
};

use crate::scene::{Scene, profile, session};

#[test]
fn arns_that_are_none() {
    for text in [
        "",
        "Deploy",
        "arn:aws:iam::012345678901",
        "arn:aws:iam::012345678901:user/alice",
        "arn:aws:sts::012345678901:assumed-role/Deploy/me",
        "arn:aws:iam::01234567890:role/Deploy",
        "arn:other:iam::012345678901:role/Deploy",
        "arn:aws:iam::012345678901:role/Deploy\n",
        " arn:aws:iam::012345678901:role/Deploy",
    ] {
        assert_eq!(RoleArn::parse(text).unwrap_err().kind(), ErrorKind::InvalidInput, "{text:?}");
        assert_eq!(PolicyArn::parse(text).unwrap_err().kind(), ErrorKind::InvalidInput, "{text:?}");
    }
}

/// A profile's name becomes a section header in a file that other tools read.
#[test]
fn profile_names_that_would_write_more_than_a_header() {
    for text in ["a]", "a]\n[default", "a\n", "a\r", "a\0", "a\u{1b}[2J", "a\u{85}", "a b", "a#", "a;", ""] {
        let error = ProfileName::parse(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{text:?}");
        assert!(!error.to_string().chars().any(char::is_control), "{error:?} writes to the terminal itself");
    }
}

/// A secret becomes a value in a file that other tools read: an empty one is none, and a second line is another setting.
#[test]
fn secrets_that_no_line_of_a_file_can_hold() {
    let id = |text| AccessKeyId::parse(text).unwrap();
    let expiration = SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000);
    for text in
        ["", "\n", "secret\n", "secret\n[default]", "sec\rret", "sec\0ret", "\u{1b}[2J", "sec\u{85}ret"]
    {
        let set = |secret, token| {
            SessionCredentials::new(
                id("ASIAIOSFODNN7EXAMPLE"),
                Secret::new(secret),
                Secret::new(token),
                expiration,
            )
        };
        let refused = [
            ("secret access key", set(text, "token").unwrap_err()),
            ("session token", set("secret", text).unwrap_err()),
            ("secret access key", AccessKey::new(id("AKIAIOSFODNN7EXAMPLE"), Secret::new(text)).unwrap_err()),
        ];
        for (what, error) in refused {
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{text:?}");
            assert!(error.to_string().contains(what), "{text:?}: {error}");
            assert!(text.is_empty() || !error.to_string().contains(text), "{error:?} repeats it");
        }
    }
    SessionCredentials::new(id("ASIAIOSFODNN7EXAMPLE"), Secret::new("a b"), Secret::new("token"), expiration)
        .unwrap();
}

#[test]
fn a_temporary_key_is_no_users_access_key() {
    let key = |text| AccessKey::new(AccessKeyId::parse(text).unwrap(), Secret::new("secret"));
    let error = key("ASIAIOSFODNN7EXAMPLE").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("ASIAIOSFODNN7EXAMPLE"), "{error}");
    key("AKIAIOSFODNN7EXAMPLE").unwrap();
}

#[tokio::test]
async fn an_sdk_configuration_without_region_or_client() {
    let scene = Scene::new().await;
    let without_region = SdkConfig::builder().http_client(scene.aws.http_client()).build();
    let region = aws_types::region::Region::new("eu-west-1");
    let without_client = SdkConfig::builder().region(region).build();
    let unreal = aws_types::region::Region::new("eu-west-1/evil.example#");
    let unreal = SdkConfig::builder().region(unreal).http_client(scene.aws.http_client()).build();
    for (config, word) in [(without_region, "Region"), (without_client, "HTTP client"), (unreal, "region")] {
        let error = Sts::from_sdk_config(&config).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[tokio::test]
async fn a_profile_and_no_sink() {
    let scene = Scene::new().await;
    let leapp = Leapp::builder(MemoryVault::new()).build().unwrap();
    let alice = Session::new(session("alice"), GetSessionToken::new(scene.sts()));
    let error = leapp.add(alice.with_profile(profile())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(leapp.status(&session("alice")).await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn no_runtime_to_run_in() {
    let error = Leapp::builder(MemoryVault::new()).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}
