//! Federation tokens: for whom, for how long, and for what.

use std::time::Duration;

use leapp_core::aws::{AssumeRole, GetFederationToken, GetSessionToken, SessionTag};
use leapp_core::{
    AccessKey, ErrorKind, FederatedUserName, MemoryVault, PolicyArn, Principal, SessionCredentials, Vault,
    VaultItem, VaultKey,
};
use leapp_testkit::aws::RoleSpec;

use crate::scene::{HOUR, Scene, id, words};

const POLICY: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}"#;

#[tokio::test]
async fn a_federated_user_is_told_by_name_and_lasts_twelve_hours() {
    let scene = Scene::new().await;

    let set = scene.issue(&federation(&scene).with_policy(POLICY).unwrap()).await.unwrap();

    let said = set.metadata();
    assert_eq!(said.arn.as_deref(), Some("arn:aws:sts::111122223333:federated-user/bob"));
    assert_eq!(said.id.as_deref(), Some("111122223333:bob"));
    assert!(said.packed_policy_size.unwrap() > 0);
    assert!(!said.lacks_policy && said.reduced_from.is_none());
    assert_eq!(lasts(&scene, &set), 12 * HOUR);
}

#[tokio::test]
async fn without_a_policy_it_is_said_that_nothing_is_allowed() {
    let scene = Scene::new().await;
    let read_only = PolicyArn::parse("arn:aws:iam::aws:policy/ReadOnlyAccess").unwrap();
    let tags = vec![SessionTag::parse("Project", "Apollo").unwrap()];
    for (provider, lacks_policy) in [
        (federation(&scene), true),
        (federation(&scene).with_tags(tags).unwrap(), true),
        (federation(&scene).with_policy(POLICY).unwrap(), false),
        (federation(&scene).with_policy_arns(vec![read_only]).unwrap(), false),
    ] {
        let set = scene.issue(&provider).await.unwrap();
        assert_eq!(set.metadata().lacks_policy, lacks_policy, "{provider:?}");
    }
}

#[tokio::test]
async fn durations_keep_to_the_services_bounds() {
    let scene = Scene::new().await;
    for seconds in [900, 129_600] {
        let duration = Duration::from_secs(seconds);
        let set = scene.issue(&federation(&scene).with_duration(duration).unwrap()).await.unwrap();
        assert_eq!(lasts(&scene, &set), duration);
    }
    for seconds in [0, 899, 129_601] {
        let error = federation(&scene).with_duration(Duration::from_secs(seconds)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{seconds}");
    }
}

#[tokio::test]
async fn the_root_user_gets_an_hour_and_it_is_said() {
    let scene = Scene::new().await;
    put(&scene, &scene.aws.add_access_key(&scene.aws.root_user(&scene.account))).await;

    let set = scene.issue(&federation(&scene)).await.unwrap();
    assert_eq!((lasts(&scene, &set), set.metadata().reduced_from), (HOUR, Some(12 * HOUR)));
    let set = scene.issue(&GetSessionToken::new(scene.sts())).await.unwrap();
    assert_eq!((lasts(&scene, &set), set.metadata().reduced_from), (HOUR, Some(10 * HOUR)));
    let set = scene.issue(&federation(&scene).with_duration(HOUR).unwrap()).await.unwrap();
    assert_eq!((lasts(&scene, &set), set.metadata().reduced_from), (HOUR, None));
}

#[tokio::test]
async fn what_the_service_refuses_is_told_by_kind() {
    let scene = Scene::new().await;
    let large = "x".repeat(200);
    let tags = (0..11).map(|n| SessionTag::parse(&format!("key-{n}"), &large).unwrap()).collect();
    for (provider, kind, said) in [
        (federation(&scene).with_policy("[]").unwrap(), ErrorKind::InvalidInput, "MalformedPolicyDocument"),
        (federation(&scene).with_tags(tags).unwrap(), ErrorKind::TooLarge, "Packed policy consumes 111%"),
    ] {
        let error = scene.issue(&provider).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error:?}");
        assert!(words(&error).contains(said) && words(&error).contains("GetFederationToken"), "{error:?}");
        assert!(!error.is_retryable());
    }
    let transitive = vec![SessionTag::parse("Project", "Apollo").unwrap().transitive()];
    assert_eq!(federation(&scene).with_tags(transitive).unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn a_vault_without_a_key_is_told_and_nothing_is_called() {
    let scene = Scene::new().await;
    scene.vault.delete(&VaultKey::new(id("alice"), VaultItem::AccessKey)).await.unwrap();
    let error = scene.issue(&federation(&scene)).await.unwrap_err();
    assert_eq!((error.kind(), scene.aws.requests().len()), (ErrorKind::NotFound, 0));
    assert!(error.to_string().contains("`alice`"), "{error}");
}

/// The service would refuse it too, and say less.
#[tokio::test]
async fn no_role_is_assumed_with_it_and_nothing_is_called() {
    let scene = Scene::new().await;
    let set = scene.issue(&federation(&scene)).await.unwrap();
    let role = AssumeRole::new(
        scene.sts(),
        id("alice"),
        scene.aws.add_role(RoleSpec::new(&scene.account, "Deploy")),
    );
    let error = scene.issue_from(&role, set, Principal::FederatedUser).await.unwrap_err();
    assert_eq!((error.kind(), scene.calls("AssumeRole")), (ErrorKind::InvalidInput, 0));
    assert!(error.to_string().contains("`alice`"), "{error}");
}

fn federation(scene: &Scene) -> GetFederationToken {
    GetFederationToken::new(scene.sts(), FederatedUserName::parse("bob").unwrap())
}

fn lasts(scene: &Scene, set: &SessionCredentials) -> Duration {
    set.remaining_at(scene.aws.requests()[0].at())
}

async fn put(scene: &Scene, key: &AccessKey) {
    let vault: &MemoryVault = &scene.vault;
    vault.put(&VaultKey::new(id("alice"), VaultItem::AccessKey), &key.to_record()).await.unwrap();
}
