//! The other session kinds as a host runs them: a workload, a federated user, robots with several devices, codes that are
//! spent, roles that are refused.

use std::sync::Arc;
use std::time::Duration;

use leapp_core::aws::{
    AssumeRole, AssumeRoleWithWebIdentity, GetFederationToken, GetSessionToken, WebIdentityToken,
};
use leapp_core::{
    Answer, Clock, ErrorKind, Event, FederatedUserName, Leapp, Session, SessionId, Started, Vault, VaultItem,
    VaultKey, VaultTotpResponder,
};
use leapp_testkit::aws::{RoleSpec, TokenDamage, WebIdentityClaims};
use leapp_testkit::leak::capture_logs_async;

use crate::scene::{Scene, alice};

#[tokio::test]
async fn no_kind_tells_a_secret_whether_it_is_granted_or_refused() {
    let mut scene = Scene::new().await;
    let ((), log) = capture_logs_async(run(&mut scene)).await;
    scene.heard.log(log);
    assert_eq!(scene.heard.leaks(&scene.secrets), Vec::<String>::new());
}

async fn run(scene: &mut Scene) {
    let place = VaultKey::new(alice(), VaultItem::TotpSeed);
    scene.vault.put(&place, scene.device.seed()).await.unwrap();
    let now = scene.clock.now();
    scene.code_at(now);
    let clock = Arc::new(scene.clock.clone());
    let device = scene.device.serial_number().clone();
    let responder = VaultTotpResponder::new(scene.vault.clone(), clock.clone()).with_device(device, alice());
    scene.heard.debug("the responder", &responder);
    let leapp = Leapp::builder(scene.vault.clone())
        .with_responder(responder)
        .with_clock(clock)
        .with_seed(1)
        .build()
        .unwrap();
    let mut events = leapp.events();
    let (granted, refused) = sessions(scene).await;
    for session in granted.iter().chain(&refused) {
        scene.heard.debug("a session", session);
    }
    let names = |sessions: &[Session]| sessions.iter().map(|session| session.id.clone()).collect::<Vec<_>>();
    let (granted_names, refused_names) = (names(&granted), names(&refused));
    leapp.add_all(granted.into_iter().chain(refused).collect()).await.unwrap();
    for name in granted_names {
        assert!(matches!(leapp.start(&name).await.unwrap(), Started::Active), "{name}");
        let set = leapp.credentials(&name).unwrap().current().await.unwrap();
        scene.learn(&set);
        scene.heard.debug("what is said of a set", set.metadata());
        scene.heard.debug("a plan", &leapp.plan(&name).await.unwrap());
    }
    for name in refused_names {
        let error = leapp.start(&name).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::IdentityRefused, "{error:?}");
        scene.heard.error("a refusal", &error);
    }
    spend_twice(scene, &leapp).await;
    scene.heard.debug("the statuses", &leapp.statuses().await.unwrap());
    leapp.shutdown().await.unwrap();
    while let Some(event) = events.next().await {
        assert!(!matches!(event, Event::Missed { .. }));
        scene.heard.debug("an event", &event);
    }
}

/// One code, answered twice: the second answer is refused, and its refusal does not repeat it.
async fn spend_twice(scene: &mut Scene, leapp: &Leapp) {
    let second = scene.aws.add_mfa_device(&scene.aws.add_user(&scene.account, "bob"));
    scene.secrets.push(second.seed().expose().to_owned());
    scene.clock.advance(Duration::from_secs(30));
    for (name, expected) in [("bob", ErrorKind::MfaRefused), ("bob-too", ErrorKind::MfaRefused)] {
        let session = SessionId::parse(name).unwrap();
        // Alice's key and bob's device: the service refuses the first, nobody calls it for the second.
        let place = VaultKey::new(session.clone(), VaultItem::AccessKey);
        scene.vault.put(&place, &scene.key.to_record()).await.unwrap();
        let provider = GetSessionToken::new(scene.sts()).with_mfa(second.serial_number().clone());
        leapp.add(Session::new(session.clone(), provider)).await.unwrap();
        assert!(matches!(leapp.start(&session).await.unwrap(), Started::NeedsAnswer(_)));
        let code = second.code_at(scene.clock.now());
        scene.secrets.push(code.expose().to_owned());
        let error = leapp.answer(&session, Answer::TokenCode(code)).await.unwrap_err();
        assert_eq!(error.kind(), expected);
        scene.heard.error("a code", &error);
    }
    let calls = scene.aws.requests().iter().filter(|request| request.action() == "GetSessionToken").count();
    assert_eq!(calls, 2, "alice's, and bob's first");
}

/// Those that are granted, each kind once, and one that is not.
async fn sessions(scene: &mut Scene) -> (Vec<Session>, Vec<Session>) {
    let id = |name: &str| SessionId::parse(name).unwrap();
    let oidc =
        scene.aws.add_oidc_provider(&scene.account, "https://token.example.com", &["sts.amazonaws.com"]);
    let claims = WebIdentityClaims::new("sts.amazonaws.com", "pod");
    let now = scene.clock.now();
    let tokens = [oidc.token_at(&claims, now), oidc.damaged_token_at(&claims, now, TokenDamage::OtherKey)];
    // The head is the same for every token, and says nothing; the claims are the same for both.
    scene.secrets.extend(tokens.iter().map(|token| token.expose().rsplit_once('.').unwrap().1.to_owned()));
    scene.secrets.push(tokens[0].expose().split('.').nth(1).unwrap().to_owned());
    let place = VaultKey::new(id("bob-at-work"), VaultItem::AccessKey);
    scene.vault.put(&place, &scene.key.to_record()).await.unwrap();
    let role = |name: &str, spec: RoleSpec| (id(name), scene.aws.add_role(spec));
    let (pod, pod_arn) = role("pod", RoleSpec::new(&scene.account, "Pod").with_trusted(oidc.trust()));
    let (behind, behind_arn) = role("behind", RoleSpec::new(&scene.account, "Behind"));
    let workload = |token| {
        let token = WebIdentityToken::parse(token).unwrap();
        AssumeRoleWithWebIdentity::new(scene.sts(), pod_arn.clone(), token)
    };
    let federated = GetFederationToken::new(scene.sts(), FederatedUserName::parse("bob").unwrap());
    let granted = vec![
        Session::new(alice(), scene.user()),
        Session::new(id("bob-at-work"), federated),
        Session::new(pod.clone(), workload(&tokens[0])),
        Session::new(behind, AssumeRole::new(scene.sts(), pod, behind_arn)),
    ];
    (granted, vec![Session::new(id("forged"), workload(&tokens[1]))])
}
