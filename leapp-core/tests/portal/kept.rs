//! What the vault keeps of logins: each under its own session's name, and beyond the session.

use std::sync::Arc;

use leapp_core::aws::GetRoleCredentials;
use leapp_core::aws::LoginFlow::DeviceCode;
use leapp_core::{
    Clock, ErrorKind, IssueRequest, Leapp, Login, Principal, Secret, Session, SessionProvider, SessionState,
    Source, Started, Vault, VaultItem, VaultKey,
};

use crate::scene::{HOUR, OTHER_START_URL, PARTNER_ROLE, START_URL, Scene, id};

/// The records of both portals hold their own start URL, and a token that opens their own role and not the other's.
pub(crate) async fn each_login_is_its_own_portals(scene: &Scene) {
    let portals = [("company", START_URL, "Role0"), ("partner", OTHER_START_URL, PARTNER_ROLE)];
    for (session, start_url, own) in portals {
        let place = VaultKey::new(id(session), VaultItem::PortalLogin);
        let record = scene.vault.get(&place).await.unwrap().unwrap();
        let lines: Vec<&str> = record.expose().lines().collect();
        assert!(lines.contains(&start_url), "{session}");
        let is_token = |line: &&&str| line.starts_with("aoaAAAAAG");
        let token = lines.iter().find(is_token).unwrap();
        for (_, _, role) in portals {
            let outcome = opens(scene, token, role).await;
            assert_eq!(
                outcome,
                (role == own).then_some(()).ok_or(ErrorKind::AccessDenied),
                "{session}: {role}"
            );
        }
    }
}

/// What comes of a token that is shown for a role.
async fn opens(scene: &Scene, token: &str, role: &str) -> Result<(), ErrorKind> {
    let provider = GetRoleCredentials::new(scene.sso(), id("any"), scene.account.clone(), role).unwrap();
    let login = Login::new(Secret::new(token), scene.clock.now() + HOUR).unwrap();
    let (session, source) = (id("probe"), Source::new(login, Principal::Person));
    let request = IssueRequest::new(&session, scene.clock.now(), &*scene.vault).with_source(Some(&source));
    provider.issue(&request).await.map(drop).map_err(|error| error.kind())
}

#[tokio::test]
async fn a_login_with_roles_behind_it_is_not_removed_and_what_is_removed_stays_logged_in() {
    let scene = Scene::new();
    scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
    let logged_in = scene.record().await;
    let calls = scene.aws.requests().len();
    let leapp = leapp(&scene).await;

    let error = leapp.remove(&id("company")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InUse);
    assert!(error.to_string().contains("`role-0`"), "{error}");
    assert_eq!(leapp.status(&id("role-0")).await.unwrap().state, SessionState::Inactive);

    leapp.remove(&id("role-0")).await.unwrap();
    leapp.remove(&id("company")).await.unwrap();
    assert_eq!(leapp.status(&id("company")).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(scene.record().await, logged_in);
    assert_eq!(scene.aws.requests().len(), calls, "the portal hears nothing of it");

    // Whoever adds it again is still logged in.
    leapp.add(Session::new(id("company"), scene.portal())).await.unwrap();
    leapp.add(scene.role(0)).await.unwrap();
    let started = scene.as_time_passes(leapp.start(&id("role-0"))).await.unwrap();
    assert!(matches!(started, Started::Active), "{started:?}");
    assert_eq!(scene.pages_shown(), 1);
}

#[tokio::test]
async fn whoever_logs_out_and_removes_the_session_leaves_no_token() {
    let scene = Scene::new();
    let portal = scene.portal();
    scene.log_in(&portal, DeviceCode).await.unwrap();
    let leapp = leapp(&scene).await;
    portal.log_out(&scene.host(DeviceCode)).await.unwrap();
    leapp.remove(&id("role-0")).await.unwrap();
    leapp.remove(&id("company")).await.unwrap();
    let left = scene.record().await.unwrap();
    assert!(!left.contains("aoaAAAAAG") && !left.contains("aorAAAAAG"));
}

/// An engine with the login `company` and one of its roles, neither of them started.
async fn leapp(scene: &Scene) -> Leapp {
    let clock = Arc::new(scene.clock.clone());
    let leapp = Leapp::builder(scene.vault.clone()).with_clock(clock).with_seed(1).build().unwrap();
    leapp.add(Session::new(id("company"), scene.portal())).await.unwrap();
    leapp.add(scene.role(0)).await.unwrap();
    leapp
}
