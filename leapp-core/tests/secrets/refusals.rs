//! Every way in which AWS refuses, and every way in which it cannot be reached.

use std::time::Duration;

use leapp_core::{AccessKey, AccessKeyId, Clock, Error, ErrorKind, ExternalId, Secret, SessionCredentials};
use leapp_testkit::aws::{Fault, RoleSpec};
use leapp_testkit::leak::capture_logs_async;

use crate::scene::{Scene, vault_with};

pub(crate) const FAULTS: [(Fault, ErrorKind); 7] = [
    (Fault::AccessDenied, ErrorKind::AccessDenied),
    (Fault::AnswerLost, ErrorKind::Service),
    (Fault::ConnectionDropped, ErrorKind::Service),
    (Fault::ExpiredToken, ErrorKind::Expired),
    (Fault::ServerError, ErrorKind::Service),
    (Fault::Throttle, ErrorKind::Throttled),
    (Fault::Unavailable, ErrorKind::Service),
];

const WRONG: &str = "hunter2-hunter2/a+wrong+one";

#[tokio::test]
async fn no_failure_tells_a_secret() {
    let mut scene = Scene::new().await;
    let ((), log) = capture_logs_async(async {
        faults(&mut scene).await;
        of_the_user(&mut scene).await;
        of_the_role(&mut scene).await;
    })
    .await;
    scene.heard.log(log);
    scene.secrets.push(WRONG.to_owned());
    assert_eq!(scene.heard.leaks(&scene.secrets), Vec::<String>::new());
}

async fn faults(scene: &mut Scene) {
    let (role, vault) = (scene.deploy(), scene.vault.clone());
    let source = user_set(scene).await;
    for (fault, kind) in FAULTS {
        let code = scene.fresh_code();
        let now = scene.clock.now();
        scene.aws.fail_next(fault, 2);
        let outcome = scene.try_user("a user's session", &vault, code, now).await;
        is_refused(&format!("{fault:?}"), outcome, kind);
        let outcome = scene.try_role("a role's session", &role, &source, now).await;
        is_refused(&format!("{fault:?}"), outcome, kind);
    }
    scene.aws.outage(true);
    let (code, now) = (scene.fresh_code(), scene.clock.now());
    let outcome = scene.try_user("a user's session in an outage", &vault, code, now).await;
    is_refused("outage", outcome, ErrorKind::Unreachable);
    let outcome = scene.try_role("a role's session in an outage", &role, &source, now).await;
    is_refused("outage", outcome, ErrorKind::Unreachable);
    scene.aws.outage(false);
}

async fn of_the_user(scene: &mut Scene) {
    let vault = scene.vault.clone();
    let now = scene.clock.now();
    let code = scene.code_at(now + Duration::from_secs(3600));
    let outcome = scene.try_user("a wrong code", &vault, code, now).await;
    is_refused("a wrong code", outcome, ErrorKind::MfaRefused);

    let code = scene.fresh_code();
    let now = scene.clock.now();
    scene.try_user("a good code", &vault, code.clone(), now).await.unwrap();
    let outcome = scene.try_user("a code used twice", &vault, code, now).await;
    is_refused("a code used twice", outcome, ErrorKind::MfaRefused);

    let skewed = now + Duration::from_secs(3600);
    let code = scene.fresh_code();
    let outcome = scene.try_user("a clock that is off", &vault, code, skewed).await;
    is_refused("a clock that is off", outcome, ErrorKind::ClockSkew);

    let unknown = AccessKeyId::parse("AKIAUNKNOWN000000000").unwrap();
    for (place, id) in [("a wrong secret", scene.key.access_key_id().clone()), ("an unknown key", unknown)] {
        let wrong = vault_with(&AccessKey::new(id, Secret::new(WRONG)).unwrap()).await;
        let (code, now) = (scene.fresh_code(), scene.clock.now());
        let outcome = scene.try_user(place, &wrong, code, now).await;
        is_refused(place, outcome, ErrorKind::AccessDenied);
    }
}

async fn of_the_role(scene: &mut Scene) {
    let source = user_set(scene).await;
    let now = scene.clock.now();
    // Its answer repeats what was signed, session token included.
    let wrong_secret = with(&source, WRONG, source.session_token().expose());
    let wrong_token = with(&source, source.secret_access_key().expose(), WRONG);
    let deploy = scene.deploy();
    for (place, source) in [("a wrong secret", wrong_secret), ("a wrong session token", wrong_token)] {
        let outcome = scene.try_role(place, &deploy, &source, now).await;
        is_refused(place, outcome, ErrorKind::AccessDenied);
    }
    let other = scene.aws.add_user(&scene.account, "other");
    let spec = RoleSpec::new(&scene.account, "NotYours").with_trusted(other);
    let denied = scene.role(spec);
    is_refused(
        "another's role",
        scene.try_role("another's role", &denied, &source, now).await,
        ErrorKind::AccessDenied,
    );

    let spec =
        RoleSpec::new(&scene.account, "Partner").with_external_id(ExternalId::parse("customer-42").unwrap());
    let partner = scene.role(spec);
    let outcome = scene.try_role("no external id", &partner, &source, now).await;
    is_refused("no external id", outcome, ErrorKind::AccessDenied);

    let skewed = now - Duration::from_secs(3600);
    let outcome = scene.try_role("a clock that is off", &deploy, &source, skewed).await;
    is_refused("a clock that is off", outcome, ErrorKind::ClockSkew);

    scene.clock.advance(Duration::from_secs(11 * 3600));
    let now = scene.clock.now();
    let outcome = scene.try_role("an expired source", &deploy, &source, now).await;
    is_refused("an expired source", outcome, ErrorKind::Expired);
}

async fn user_set(scene: &mut Scene) -> SessionCredentials {
    let (code, vault) = (scene.fresh_code(), scene.vault.clone());
    let now = scene.clock.now();
    scene.try_user("a user's session", &vault, code, now).await.unwrap()
}

fn with(set: &SessionCredentials, secret_access_key: &str, session_token: &str) -> SessionCredentials {
    let (secret, token) = (Secret::new(secret_access_key), Secret::new(session_token));
    SessionCredentials::new(set.access_key_id().clone(), secret, token, set.expiration()).unwrap()
}

/// The failure is the one that was meant: another one would not have been put to the test.
#[track_caller]
fn is_refused(place: &str, outcome: Result<SessionCredentials, Error>, kind: ErrorKind) {
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), kind, "{place}: {error:?}");
}
