//! What cannot be is refused where it comes in.

use aws_types::SdkConfig;
use leapp_core::aws::{GetSessionToken, Sts};
use leapp_core::{ErrorKind, Leapp, MemoryVault, PolicyArn, ProfileName, RoleArn, Session};

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
