//! Roles assumed with the credentials of every kind there is, and of each other: what it costs, and what of it fails.

use std::sync::Arc;

use leapp_core::aws::{AssumeRole, AssumeRoleWithSaml, GetFederationToken, GetSessionToken};
use leapp_core::engine::{Detour, Limit};
use leapp_core::{
    Answer, Clock, ErrorKind, Event, FederatedUserName, Leapp, SamlAssertion, Session, SessionProvider,
    Started,
};
use leapp_testkit::aws::{MfaDevice, RoleSpec, SamlAssertionSpec};

use crate::scene::{HOUR, Scene, id};

/// The figure: ten sessions in one chain, and what a person has to do for them.
#[tokio::test]
async fn ten_chained_sessions_on_one_mfa_user_cost_one_code() {
    let scene = Scene::new().await;
    let device = scene.aws.add_mfa_device(&scene.alice);
    let leapp = leapp(&scene);
    leapp.add(user(&scene, Some(&device))).await.unwrap();
    let mut source = "alice".to_owned();
    for n in 1..=10 {
        let name = format!("role-{n}");
        leapp.add(role(&scene, &name, &source)).await.unwrap();
        source = name;
    }
    let mut codes = 0;
    while let Started::NeedsAnswer(challenge) = leapp.start(&id("role-10")).await.unwrap() {
        codes += 1;
        let code = Answer::TokenCode(device.code_at(scene.clock.now()));
        leapp.answer(&challenge.session, code).await.unwrap();
    }
    assert_eq!((codes, scene.calls("GetSessionToken"), scene.calls("AssumeRole")), (1, 1, 10));
    for n in 1..=10 {
        leapp.start(&id(&format!("role-{n}"))).await.unwrap();
    }
    assert_eq!(
        (scene.calls("GetSessionToken"), scene.calls("AssumeRole")),
        (1, 10),
        "what is there is shared"
    );
    let set = leapp.credentials(&id("role-10")).unwrap().current().await.unwrap();
    assert_eq!(
        set.metadata().arn.as_deref(),
        Some("arn:aws:sts::111122223333:assumed-role/role-10/assumed-from-leapp")
    );
}

#[tokio::test]
async fn each_kind_that_may_assume_a_role_is_a_source() {
    let scene = Scene::new().await;
    let leapp = leapp(&scene);
    let workload = scene.workload(scene.token(&scene.claims()));
    leapp.add_all(vec![user(&scene, None), Session::new(id("pod"), workload)]).await.unwrap();
    leapp
        .add_all(vec![
            role(&scene, "of-user", "alice"),
            role(&scene, "of-pod", "pod"),
            role(&scene, "of-role", "of-user"),
        ])
        .await
        .unwrap();
    for (name, is_chained) in [("of-user", false), ("of-pod", true), ("of-role", true)] {
        assert!(matches!(leapp.start(&id(name)).await.unwrap(), Started::Active), "{name}");
        let set = leapp.credentials(&id(name)).unwrap().current().await.unwrap();
        assert_eq!(set.metadata().is_chained, is_chained, "{name}");
        let plan = leapp.plan(&id(name)).await.unwrap();
        let limit = plan.hops.last().unwrap().limit.clone();
        assert_eq!(
            matches!(limit, Some(Limit::OneHour { .. })),
            is_chained,
            "the plan of {name} says what came: {plan}"
        );
    }
}

/// One login at the identity provider, one call with what came of it, and a call for each role behind it.
#[tokio::test]
async fn one_login_serves_however_many_roles_are_behind_it() {
    let scene = Scene::new().await;
    let corp = scene.aws.add_saml_provider(&scene.account, "Corp");
    let person = scene.aws.add_role(RoleSpec::new(&scene.account, "Person").with_trusted(corp.arn().clone()));
    let login = SamlAssertionSpec::new("alice").with_role(&person, corp.arn());
    let leapp = leapp(&scene);
    let federated = AssumeRoleWithSaml::new(scene.sts(), "https://idp.example.com/aws");
    leapp.add(Session::new(id("corp"), federated)).await.unwrap();
    let names: Vec<String> = (0..10).map(|n| format!("role-{n}")).collect();
    leapp.add_all(names.iter().map(|name| role(&scene, name, "corp")).collect()).await.unwrap();
    for name in &names {
        let Started::NeedsAnswer(challenge) = leapp.start(&id(name)).await.unwrap() else {
            panic!("it asks")
        };
        assert_eq!(challenge.session, id("corp"));
    }
    let mut events = leapp.events();
    let answer = Answer::SamlAssertion(SamlAssertion::parse(&corp.respond(&login)).unwrap());
    leapp.answer(&id("corp"), answer).await.unwrap();
    let mut started = 0;
    while started < 10 {
        started += usize::from(matches!(events.next().await, Some(Event::Started { .. })));
    }
    assert_eq!((scene.calls("AssumeRoleWithSAML"), scene.calls("AssumeRole")), (1, 10));
    let set = leapp.credentials(&id("role-9")).unwrap().current().await.unwrap();
    assert!(set.metadata().is_chained);
    let plan = leapp.plan(&id("role-9")).await.unwrap();
    let Some(Limit::OneHour { instead, .. }) = &plan.hops[1].limit else { panic!("{plan}") };
    assert_eq!(*instead, Some(Detour::As(id("corp"))), "a role of one's own at the identity provider");
}

#[tokio::test]
async fn a_federation_token_is_no_source_and_nothing_is_called() {
    let scene = Scene::new().await;
    let leapp = leapp(&scene);
    let bob = GetFederationToken::new(scene.sts(), FederatedUserName::parse("bob").unwrap());
    leapp.add_all(vec![Session::new(id("alice"), bob), role(&scene, "deploy", "alice")]).await.unwrap();
    let error = leapp.start(&id("deploy")).await.unwrap_err();
    assert_eq!((error.kind(), scene.aws.requests().len()), (ErrorKind::InvalidInput, 0));
    for words in ["federation token", "`deploy` <- `alice`"] {
        assert!(error.to_string().contains(words), "no {words} in: {error}");
    }
    assert!(matches!(leapp.start(&id("alice")).await.unwrap(), Started::Active), "by itself it is good");
}

/// The plan's advice, taken, against the service: two hours where an hour was the limit.
#[tokio::test]
async fn what_a_plan_advises_lasts_longer() {
    let scene = Scene::new().await;
    let leapp = leapp(&scene);
    let long = |name: &str, source| for_two_hours(&scene, name, source);
    leapp.add_all(vec![user(&scene, None), role(&scene, "dev", "alice"), long("prod", "dev")]).await.unwrap();
    let plan = leapp.plan(&id("prod")).await.unwrap();
    let Some(Limit::OneHour { source, instead: Some(Detour::From(user)) }) = &plan.hops[2].limit else {
        panic!("{plan}")
    };
    assert_eq!((source, user), (&id("dev"), &id("alice")));
    assert_eq!(leapp.start(&id("prod")).await.unwrap_err().kind(), ErrorKind::RoleChainingLimit);

    leapp.remove(&id("prod")).await.unwrap();
    leapp.add(long("prod", user.as_str())).await.unwrap();
    assert!(matches!(leapp.start(&id("prod")).await.unwrap(), Started::Active));
    let status = leapp.status(&id("prod")).await.unwrap();
    assert_eq!(status.expiration, Some(scene.clock.now() + 2 * HOUR));
}

#[tokio::test]
async fn a_role_behind_a_web_identity_is_better_obtained_by_one() {
    let scene = Scene::new().await;
    let leapp = leapp(&scene);
    let pod = Session::new(id("pod"), scene.workload(scene.token(&scene.claims())));
    leapp.add_all(vec![pod, role(&scene, "dev", "pod"), role(&scene, "prod", "dev")]).await.unwrap();
    let plan = leapp.plan(&id("prod")).await.unwrap();
    for hop in &plan.hops[1..] {
        let Some(Limit::OneHour { instead, .. }) = &hop.limit else { panic!("{hop}") };
        assert_eq!(*instead, Some(Detour::As(id("pod"))), "{hop}");
    }
    assert_eq!(leapp.plan(&id("nobody")).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert!(scene.aws.requests().is_empty(), "nothing is called for a plan");
}

/// A role in the middle that denies: all behind it are told, nothing is tried behind it, and it can be mended.
#[tokio::test]
async fn a_denied_role_in_the_middle_is_named_to_whoever_waits_behind_it() {
    let scene = Scene::new().await;
    let leapp = leapp(&scene);
    leapp
        .add_all(vec![
            user(&scene, None),
            role(&scene, "dev", "alice"),
            role(&scene, "stage", "dev"),
            role(&scene, "prod", "stage"),
        ])
        .await
        .unwrap();
    let strict = RoleSpec::new(&scene.account, "stage").with_trusted(scene.alice.clone());
    scene.aws.add_role(strict);

    let error = leapp.start(&id("prod")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    let said = error.to_string();
    assert_eq!(said, "session `prod` has no source: `stage` failed in `prod` <- `stage` <- `dev` <- `alice`");
    let cause = std::error::Error::source(&error).unwrap();
    assert!(cause.to_string().contains("`stage`"), "{cause}");
    assert!(cause.source().unwrap().to_string().contains("not authorized to perform: sts:AssumeRole"));
    assert_eq!(scene.calls("AssumeRole"), 2, "nothing was tried behind it");

    scene.aws.add_role(RoleSpec::new(&scene.account, "stage"));
    assert!(matches!(leapp.start(&id("prod")).await.unwrap(), Started::Active));
}

fn leapp(scene: &Scene) -> Leapp {
    Leapp::builder(scene.vault.clone())
        .with_clock(Arc::new(scene.clock.clone()))
        .with_seed(1)
        .build()
        .unwrap()
}

fn user(scene: &Scene, device: Option<&MfaDevice>) -> Session {
    let provider = GetSessionToken::new(scene.sts());
    Session::new(
        id("alice"),
        match device {
            None => provider,
            Some(device) => provider.with_mfa(device.serial_number().clone()),
        },
    )
}

fn role(scene: &Scene, name: &str, source: &str) -> Session {
    Session::new(id(name), assume(scene, name, source))
}

fn for_two_hours(scene: &Scene, name: &str, source: &str) -> Session {
    let provider = assume(scene, name, source).with_duration(2 * HOUR).unwrap();
    assert_eq!(provider.duration(), Some(2 * HOUR));
    Session::new(id(name), provider)
}

fn assume(scene: &Scene, name: &str, source: &str) -> AssumeRole {
    let spec = RoleSpec::new(&scene.account, name).with_max_session_duration(2 * HOUR);
    AssumeRole::new(scene.sts(), id(source), scene.aws.add_role(spec))
}
