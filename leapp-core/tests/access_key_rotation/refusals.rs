//! What is refused before anything has changed, and in which words.

use std::time::Duration;

use leapp_core::aws::{AccessKeyRotation, GetSessionToken};
use leapp_core::{
    AccessKey, Error, ErrorKind, IssueRequest, Issued, Secret, SessionProvider, Vault, VaultItem,
};
use leapp_testkit::aws::{Fault, Partition};

use crate::happy::mfa_set;
use crate::scene::{Scene, alice, place};

/// Nothing has changed: the vault's key, what IAM lists, what is under way.
async fn refused(scene: &Scene, rotation: AccessKeyRotation) -> Error {
    let before = scene.held().await;
    let error = scene.run(rotation.rotate()).await.unwrap_err();
    assert_eq!(scene.held().await.access_key_id(), before.access_key_id());
    assert!(scene.vault.get(&place(VaultItem::AccessKeyRotation)).await.unwrap().is_none());
    let made = scene.aws.requests().into_iter().filter(|request| request.error_code().is_none());
    assert_eq!(made.filter(|request| request.action().ends_with("teAccessKey")).count(), 0);
    error
}

#[tokio::test(start_paused = true)]
async fn two_keys_are_named_with_all_that_is_known_of_them() {
    let scene = Scene::new().await;
    scene.clock.advance(Duration::from_secs(86_400));
    let other = scene.aws.add_access_key(&scene.alice);
    let (held, other) = (scene.key.access_key_id(), other.access_key_id());

    let error = refused(&scene, scene.rotation()).await;

    assert_eq!(error.kind(), ErrorKind::InUse);
    assert_eq!(
        error.to_string(),
        format!(
            "arn:aws:iam::111122223333:user/alice has as many access keys as IAM allows: {held} (in the vault, made \
             2027-01-15T08:00:00Z, last used 2027-01-16T08:00:00Z) and {other} (not in the vault, made \
             2027-01-16T08:00:00Z, never used); delete the one that is not needed"
        )
    );

    scene.run(scene.rotation().delete_key(other)).await.unwrap();
    scene.run(scene.rotation().rotate()).await.unwrap();
    scene.assert_settled("told").await;
}

#[tokio::test(start_paused = true)]
async fn the_vaults_own_key_is_not_deleted_whoever_says_so() {
    let scene = Scene::new().await;

    let error = scene.run(scene.rotation().delete_key(scene.key.access_key_id())).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let unknown = leapp_core::AccessKeyId::parse("AKIAIOSFODNN7EXAMPLE").unwrap();
    let error = scene.run(scene.rotation().delete_key(&unknown)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error:?}");
    scene.assert_settled("kept").await;
}

#[tokio::test(start_paused = true)]
async fn a_root_users_key_is_not_rotated() {
    let scene = Scene::new().await;
    let root = scene.aws.add_access_key(&scene.aws.root_user(&scene.account));
    scene.vault.put(&place(VaultItem::AccessKey), &root.to_record()).await.unwrap();

    let error = refused(&scene, scene.rotation()).await;

    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("a root user's key is not to be rotated but deleted"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_vault_without_a_key_and_a_key_that_is_gone_are_said() {
    let scene = Scene::new().await;
    scene.aws.delete_access_key(scene.key.access_key_id());
    let error = refused(&scene, scene.rotation()).await;
    assert_eq!(error.kind(), ErrorKind::AccessDenied, "{error:?}");

    scene.vault.delete(&place(VaultItem::AccessKey)).await.unwrap();
    let error = scene.run(scene.rotation().rotate()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(error.to_string(), "the vault holds no access key for session `alice`");

    scene.vault.put(&place(VaultItem::AccessKey), &Secret::new("garbage")).await.unwrap();
    assert_eq!(scene.run(scene.rotation().rotate()).await.unwrap_err().kind(), ErrorKind::Corrupt);
}

/// Its end has not spread yet: STS still knows it, and IAM does not list it any more.
#[tokio::test(start_paused = true)]
async fn a_key_that_is_being_deleted_is_not_built_on() {
    let scene = Scene::with_key_propagation(Duration::from_secs(3600)).await;
    let second = scene.aws.add_access_key(&scene.alice);
    scene.vault.put(&place(VaultItem::AccessKey), &second.to_record()).await.unwrap();
    scene.run(scene.rotation().delete_key(scene.key.access_key_id())).await.unwrap();
    scene.vault.put(&place(VaultItem::AccessKey), &scene.key.to_record()).await.unwrap();

    let error = scene.run(scene.rotation().rotate()).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().ends_with("which the vault holds: it was deleted"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_forbids_it_leaves_nothing_behind() {
    for action in ["ListAccessKeys", "CreateAccessKey"] {
        let scene = Scene::new().await;
        scene.aws.fail_next_of(action, Fault::AccessDenied, 1);
        let error = refused(&scene, scene.rotation()).await;
        assert_eq!(error.kind(), ErrorKind::AccessDenied);
        assert_eq!(error.to_string(), format!("{action} for session `alice` was refused"));
        scene.assert_settled(action).await;
    }
}

#[tokio::test(start_paused = true)]
async fn session_credentials_are_the_same_users_with_mfa_and_have_not_ended() {
    let scene = Scene::new().await;
    let set = async |key: &AccessKey| {
        let vault = leapp_core::MemoryVault::new();
        vault.put(&place(VaultItem::AccessKey), &key.to_record()).await.unwrap();
        let (session, now) = (alice(), leapp_core::Clock::now(&scene.clock));
        let provider = GetSessionToken::new(scene.sts());
        match provider.issue(&IssueRequest::new(&session, now, &vault)).await.unwrap() {
            Issued::Credentials(set) => set,
            other => panic!("no credentials: {other:?}"),
        }
    };
    let bobs = scene.aws.add_access_key(&scene.aws.add_user(&scene.account, "bob"));

    let rotation = scene.rotation().with_session_credentials(set(&bobs).await);
    let error = refused(&scene, rotation).await;
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("are those of arn:aws:iam::111122223333:user/bob, not of"), "{error}");

    let rotation = scene.rotation().with_session_credentials(set(&scene.key).await);
    let error = refused(&scene, rotation).await;
    assert_eq!(error.kind(), ErrorKind::AccessDenied, "without MFA: {error:?}");

    let with_mfa = mfa_set(&scene).await;
    scene.clock.advance(Duration::from_secs(36 * 3600));
    let error = refused(&scene, scene.rotation().with_session_credentials(with_mfa)).await;
    assert_eq!(error.kind(), ErrorKind::Expired);
}

#[tokio::test(start_paused = true)]
async fn each_partition_has_its_own_iam() {
    for (partition, region) in [
        (Partition::China, "cn-northwest-1"),
        (Partition::UsGov, "us-gov-east-1"),
        (Partition::EuropeanSovereign, "eusc-de-east-1"),
    ] {
        let scene = Scene::new().await;
        let account = leapp_core::AccountId::parse("444455556666").unwrap();
        scene.aws.add_account(&account, partition);
        let key = scene.aws.add_access_key(&scene.aws.add_user(&account, "alice"));
        scene.vault.put(&place(VaultItem::AccessKey), &key.to_record()).await.unwrap();

        let http = || scene.aws.http_client();
        let rotated =
            scene.run(scene.rotation_in(region, scene.vault.clone(), http()).rotate()).await.unwrap();
        assert_eq!((scene.held().await.access_key_id(), &rotated.old), (&rotated.new, key.access_key_id()));
        // A key means nothing elsewhere.
        let abroad = scene.rotation_in("eu-west-1", scene.vault.clone(), http());
        assert_eq!(scene.run(abroad.rotate()).await.unwrap_err().kind(), ErrorKind::AccessDenied);
    }
}
