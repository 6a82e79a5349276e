//! Durations at AWS's bounds: taken or refused here as the service would.

use std::time::Duration;

use leapp_core::aws::{AssumeRole, GetSessionToken};
use leapp_core::{Error, ErrorKind, Session, Started};
use leapp_testkit::aws::RoleSpec;

use crate::scene::{Scene, session};

const SUB_SECOND: Duration = Duration::from_millis(3_600_500);

/// What is taken here must be taken by the service too.
#[tokio::test]
async fn of_get_session_token() {
    let scene = Scene::new().await;
    for seconds in [900, 3600, 43_200, 43_201, 129_600] {
        let name = format!("for-{seconds}");
        let provider = GetSessionToken::new(scene.sts()).with_duration(Duration::from_secs(seconds)).unwrap();
        start(&scene, &name, provider).await;
        let status = scene.leapp.status(&session(&name)).await.unwrap();
        let at = scene.aws.requests().last().unwrap().at();
        assert_eq!(status.expiration, Some(at + Duration::from_secs(seconds)));
    }
    for duration in [seconds(0), seconds(899), seconds(129_601), Duration::MAX, SUB_SECOND] {
        refused(GetSessionToken::new(scene.sts()).with_duration(duration), duration, "129600");
    }
}

#[tokio::test]
async fn of_assume_role() {
    let scene = Scene::new().await;
    let spec = RoleSpec::new(&scene.account, "Deploy").with_max_session_duration(seconds(43_200));
    let role_arn = scene.aws.add_role(spec);
    let provider = || AssumeRole::new(scene.sts(), session("alice"), role_arn.clone());
    for secs in [900, 3600, 43_200] {
        let name = format!("for-{secs}");
        let provider = provider().with_duration(seconds(secs)).unwrap();
        scene.leapp.add(Session::new(session(&name), provider)).await.unwrap();
        assert!(matches!(scene.leapp.start(&session(&name)).await.unwrap(), Started::Active));
        let status = scene.leapp.status(&session(&name)).await.unwrap();
        let at = scene.aws.requests().last().unwrap().at();
        assert_eq!(status.expiration, Some(at + seconds(secs)));
    }
    for duration in [seconds(0), seconds(899), seconds(43_201), seconds(129_600), Duration::MAX, SUB_SECOND] {
        refused(provider().with_duration(duration), duration, "43200");
    }
}

#[track_caller]
fn refused<T>(result: Result<T, Error>, duration: Duration, most: &str) {
    let error = result.map(|_| ()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{duration:?}");
    for part in ["900", most] {
        assert!(error.to_string().contains(part), "{duration:?} is refused without {part}: {error}");
    }
}

/// Starts a session of a user of its own.
async fn start(scene: &Scene, name: &str, provider: GetSessionToken) {
    use leapp_core::{Vault, VaultItem, VaultKey};
    let key = scene.aws.add_access_key(&scene.aws.add_user(&scene.account, name));
    let place = VaultKey::new(session(name), VaultItem::AccessKey);
    scene.vault.put(&place, &key.to_record()).await.unwrap();
    scene.leapp.add(Session::new(session(name), provider)).await.unwrap();
    assert!(matches!(scene.leapp.start(&session(name)).await.unwrap(), Started::Active));
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}
