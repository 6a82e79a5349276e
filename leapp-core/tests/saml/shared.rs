//! One login at an identity provider for several roles.

use std::sync::Arc;
use std::time::Duration;

use leapp_core::aws::{AssumeRole, AssumeRoleWithSaml, GetRoleCredentials, IdentityProviderLogin, Sso};
use leapp_core::{
    Answer, Challenge, Error, ErrorKind, Event, IssueRequest, Leapp, Principal, Question, Region, Session,
    SessionId, SessionProvider, SessionState, Source, Started,
};
use leapp_testkit::aws::{Fault, RoleSpec, SamlAssertionSpec};

use crate::scene::{LOGIN_URL, MINUTE, Scene, document, is_login, set};

const ROLES: usize = 5;

/// The login `corp` and five roles behind it.
async fn leapp(scene: &Scene) -> Leapp {
    let leapp = Leapp::builder(scene.vault.clone())
        .with_clock(Arc::new(scene.clock.clone()))
        .with_seed(1)
        .build()
        .unwrap();
    leapp.add(Session::new(scene.session.clone(), login(scene))).await.unwrap();
    for number in 0..ROLES {
        let spec = RoleSpec::new(&scene.account, &format!("Role{number}"));
        let role = scene.aws.add_role(spec.with_trusted(scene.corp.arn().clone()));
        let provider = AssumeRoleWithSaml::from_login(scene.sts(), scene.session.clone()).with_role(role);
        leapp.add(Session::new(role_session(number), provider)).await.unwrap();
    }
    leapp
}

fn login(scene: &Scene) -> IdentityProviderLogin {
    IdentityProviderLogin::new(Region::parse(scene.region).unwrap(), LOGIN_URL)
}

fn role_session(number: usize) -> SessionId {
    SessionId::parse(&format!("role-{number}")).unwrap()
}

/// What the identity provider says of a person who may assume all of them.
fn all_roles(scene: &Scene) -> SamlAssertionSpec {
    (0..ROLES).fold(SamlAssertionSpec::new("alice"), |spec, number| {
        let arn = format!("arn:aws:iam::111122223333:role/Role{number}");
        spec.with_role(&leapp_core::RoleArn::parse(&arn).unwrap(), scene.corp.arn())
    })
}

#[track_caller]
fn asked(started: Started) -> Challenge {
    match started {
        Started::NeedsAnswer(challenge) => challenge,
        other => panic!("no question: {other:?}"),
    }
}

async fn start_all(scene: &Scene, leapp: &Leapp) {
    for number in 0..ROLES {
        let challenge = asked(leapp.start(&role_session(number)).await.unwrap());
        assert!(is_login(&challenge.question) && challenge.session == scene.session, "{challenge}");
    }
    leapp.answer(&scene.session, scene.answer(&all_roles(scene))).await.unwrap();
    for number in 0..ROLES {
        let started = leapp.start(&role_session(number)).await.unwrap();
        assert!(matches!(started, Started::Active), "{started:?}");
    }
}

#[tokio::test]
async fn five_roles_of_one_identity_provider_cost_one_login() {
    let scene = Scene::new();
    let leapp = leapp(&scene).await;
    start_all(&scene, &leapp).await;
    assert_eq!(scene.calls(), ROLES);
    for number in 0..ROLES {
        let set = leapp.credentials(&role_session(number)).unwrap().current().await.unwrap();
        assert!(set.metadata().arn.as_deref().unwrap().contains(&format!("/Role{number}/")));
    }
}

/// AWS takes a response for five minutes; a role that starts later needs another one.
#[tokio::test]
async fn a_role_that_starts_later_uses_the_login_while_aws_takes_it() {
    let scene = Scene::new();
    let leapp = leapp(&scene).await;
    leapp.start(&role_session(0)).await.unwrap();
    leapp.answer(&scene.session, scene.answer(&all_roles(&scene))).await.unwrap();
    scene.clock.advance(4 * MINUTE);
    assert!(matches!(leapp.start(&role_session(1)).await.unwrap(), Started::Active));
    scene.clock.advance(2 * MINUTE);
    assert!(is_login(&asked(leapp.start(&role_session(2)).await.unwrap()).question));
}

/// One role's hour is over first; the next login serves all.
#[tokio::test]
async fn the_next_login_renews_every_role_that_goes_on() {
    let scene = Scene::new();
    let leapp = leapp(&scene).await;
    start_all(&scene, &leapp).await;
    let mut events = leapp.events();
    scene.clock.advance(52 * MINUTE);
    let challenge = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            if let Event::ChallengeRequired { challenge, .. } = events.next().await.unwrap() {
                return challenge;
            }
        }
    });
    let challenge = challenge.await.unwrap();
    assert!(challenge.session == scene.session && !challenge.is_attended);
    leapp.answer(&scene.session, scene.answer(&all_roles(&scene))).await.unwrap();
    let renewed = tokio::time::timeout(Duration::from_secs(20), async {
        while scene.calls() < 2 * ROLES {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    });
    renewed.await.unwrap();
    for number in 0..ROLES {
        assert_eq!(leapp.status(&role_session(number)).await.unwrap().state, SessionState::Active);
    }
    assert_eq!(scene.calls(), 2 * ROLES, "each takes its share, once");
}

/// The question which role is the role session's; the login is the source's, and stays.
#[tokio::test]
async fn a_role_can_be_chosen_from_a_shared_login() {
    let scene = Scene::new();
    let leapp = leapp(&scene).await;
    let any = SessionId::parse("any").unwrap();
    let provider = AssumeRoleWithSaml::from_login(scene.sts(), scene.session.clone());
    leapp.add(Session::new(any.clone(), provider)).await.unwrap();
    asked(leapp.start(&any).await.unwrap());
    leapp.answer(&scene.session, scene.answer(&all_roles(&scene))).await.unwrap();
    let choice = asked(leapp.start(&any).await.unwrap());
    let Question::Role { roles } = &choice.question else { panic!("{choice}") };
    assert_eq!((roles.len(), &choice.session), (ROLES, &any));
    // It chooses, a network is down for a moment, and nobody is asked again.
    scene.aws.fail_next(Fault::ServerError, 1);
    let error = leapp.answer(&any, Answer::Role(roles[3].clone())).await.unwrap_err();
    assert!(error.is_retryable(), "{error:?}");
    scene.clock.advance(MINUTE);
    let started = leapp.start(&any).await.unwrap();
    assert!(matches!(started, Started::Active), "{started:?}");
    let set = leapp.credentials(&any).unwrap().current().await.unwrap();
    assert!(set.metadata().arn.as_deref().unwrap().contains("/Role3/"));
}

/// STS has the better clock: it calls the response expired, and a person logs in once more, and no oftener.
#[tokio::test]
async fn a_response_that_sts_calls_expired_is_asked_for_again() {
    let scene = Scene::new();
    let leapp = leapp(&scene).await;
    asked(leapp.start(&role_session(0)).await.unwrap());
    scene.aws.fail_next(Fault::ExpiredToken, 1);
    leapp.answer(&scene.session, scene.answer(&all_roles(&scene))).await.unwrap();
    let again = asked(leapp.start(&role_session(0)).await.unwrap());
    assert!(is_login(&again.question) && again.session == scene.session);
    leapp.answer(&scene.session, scene.answer(&all_roles(&scene))).await.unwrap();
    assert!(matches!(leapp.start(&role_session(0)).await.unwrap(), Started::Active));
}

#[tokio::test]
async fn a_response_that_is_none_is_said_where_it_was_given() {
    let scene = Scene::new();
    let leapp = leapp(&scene).await;
    asked(leapp.start(&role_session(0)).await.unwrap());
    let error = leapp.answer(&scene.session, document("<hunter2/>")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("`corp`"), "{error}");
    assert!(!format!("{error:?}").contains("hunter2"));
    assert_eq!(scene.calls(), 0);
    assert!(is_login(&asked(leapp.start(&role_session(0)).await.unwrap()).question));
}

/// A start that failed for something that passes does not cost another login; a stop in between does.
#[tokio::test]
async fn after_a_failure_that_passes_the_next_start_needs_no_login() {
    for stops in [false, true] {
        let scene = Scene::new();
        let leapp = leapp(&scene).await;
        asked(leapp.start(&role_session(0)).await.unwrap());
        scene.aws.fail_next(Fault::ServerError, 1);
        leapp.answer(&scene.session, scene.answer(&all_roles(&scene))).await.unwrap();
        until_inactive(&leapp, &role_session(0)).await;
        if stops {
            leapp.stop(&role_session(0)).await.unwrap();
        }
        scene.clock.advance(MINUTE);
        let started = leapp.start(&role_session(0)).await.unwrap();
        assert_eq!(matches!(started, Started::Active), !stops, "{started:?}");
    }
}

/// The role's start fails while the person is at the login of another session: who comes back hears of it, and is not
/// asked the same again.
#[tokio::test]
async fn a_start_that_failed_meanwhile_says_so_when_it_is_asked_for_again() {
    let scene = Scene::new();
    let leapp = leapp(&scene).await;
    let role = role_session(0);
    let nobody = SamlAssertionSpec::new("alice").with_role(&scene.dev, scene.corp.arn());
    asked(leapp.start(&role).await.unwrap());
    leapp.answer(&scene.session, scene.answer(&nobody)).await.unwrap();
    until_inactive(&leapp, &role).await;
    let error = leapp.start(&role).await.unwrap_err();
    assert!(
        error.kind() == ErrorKind::AccessDenied && format!("{error:?}").contains("does not offer role"),
        "{error:?}"
    );
    // Once: after that it is a start like any other, and so it is after a stop or a minute.
    for stops in [false, true] {
        assert!(is_login(&asked(leapp.start(&role).await.unwrap()).question));
        leapp.answer(&scene.session, scene.answer(&nobody)).await.unwrap();
        until_inactive(&leapp, &role).await;
        if stops {
            leapp.stop(&role).await.unwrap();
        } else {
            scene.clock.advance(2 * MINUTE);
        }
    }
    assert!(is_login(&asked(leapp.start(&role).await.unwrap()).question));
}

/// Nor is a person asked for ever when it is the role in between that is refused, which nobody started.
#[tokio::test]
async fn a_chain_that_failed_meanwhile_in_the_middle_says_so_too() {
    let scene = Scene::new();
    let leapp = leapp(&scene).await;
    let behind = SessionId::parse("behind").unwrap();
    let chained = AssumeRole::new(scene.sts(), role_session(0), scene.ops.clone());
    leapp.add(Session::new(behind.clone(), chained)).await.unwrap();
    let nobody = SamlAssertionSpec::new("alice").with_role(&scene.dev, scene.corp.arn());
    asked(leapp.start(&behind).await.unwrap());
    leapp.answer(&scene.session, scene.answer(&nobody)).await.unwrap();
    until_inactive(&leapp, &behind).await;
    let error = leapp.start(&behind).await.unwrap_err();
    assert!(format!("{error:?}").contains("does not offer role"), "{error:?}");
}

/// Until a start that waits has failed.
async fn until_inactive(leapp: &Leapp, session: &SessionId) {
    let failed = tokio::time::timeout(Duration::from_secs(20), async {
        while leapp.status(session).await.unwrap().state != SessionState::Inactive {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    });
    failed.await.unwrap();
}

/// The vault is never told: a response is as good as a password for its minutes.
#[tokio::test]
async fn a_shared_login_is_not_kept_in_the_vault() {
    let scene = Scene::new();
    let leapp = leapp(&scene).await;
    start_all(&scene, &leapp).await;
    let shown = format!("{:?}", scene.vault);
    assert!(shown.contains("MemoryVault") && !shown.contains("corp"), "{shown}");
}

/// Sources of the wrong kind are refused by name, either way.
#[tokio::test]
async fn a_login_of_another_kind_is_no_source() {
    let scene = Scene::new();
    let (corp, role) = (scene.session.clone(), scene.dev.clone());
    let set = set(scene.redeem(&scene.provider(), &scene.one_role()).await);
    let credentials = Source::new(set, Principal::Role);
    let federated = AssumeRoleWithSaml::from_login(scene.sts(), corp.clone()).with_role(role.clone());
    let refused = refused(&scene, &federated, &credentials).await;
    assert!(refused.to_string().contains("SAML identity provider"), "{refused}");

    let vouched = login(&scene);
    let answer = scene.answer(&scene.one_role());
    let request = IssueRequest::new(&corp, scene.now(), &*scene.vault).with_answer(Some(&answer));
    let leapp_core::Issued::Assertion { assertion, expiration } = vouched.issue(&request).await.unwrap()
    else {
        panic!("no assertion")
    };
    let source = Source::new(leapp_core::Grant::Assertion { assertion, expiration }, Principal::Person);
    let chained = AssumeRole::new(scene.sts(), corp.clone(), role);
    self::refused(&scene, &chained, &source).await;
    let config = aws_types::SdkConfig::builder()
        .region(aws_types::region::Region::from_static("eu-west-1"))
        .http_client(scene.aws.http_client());
    let sso = Sso::from_sdk_config(&config.build()).unwrap();
    let portal_role = GetRoleCredentials::new(sso, corp, scene.account.clone(), "Dev").unwrap();
    self::refused(&scene, &portal_role, &source).await;
}

async fn refused(scene: &Scene, provider: &dyn SessionProvider, source: &Source) -> Error {
    let calls = scene.calls();
    let request = IssueRequest::new(&scene.session, scene.now(), &*scene.vault).with_source(Some(source));
    let error = provider.issue(&request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error:?}");
    assert_eq!(scene.calls(), calls);
    error
}
