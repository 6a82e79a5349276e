//! Web identity: what vouches, what is told of it, and what each refusal is told as.

use std::sync::Arc;
use std::time::Duration;

use aws_types::SdkConfig;
use leapp_core::aws::{AssumeRoleWithWebIdentity, Sts, WebIdentityToken};
use leapp_core::{
    Clock, Error, ErrorKind, Event, Leapp, PolicyArn, RoleSessionName, Secret, Session, SessionState, Started,
};
use leapp_testkit::aws::{Fault, OidcFailure, RoleSpec, TokenDamage, WebIdentityClaims};
use leapp_testkit::leak::capture_logs_async;

use crate::scene::{AUDIENCE, HOUR, Scene, id, renew, words};

const ACTION: &str = "AssumeRoleWithWebIdentity";
const POLICY: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}"#;

#[tokio::test]
async fn what_the_service_says_of_the_token_comes_with_the_set() {
    let scene = Scene::new().await;
    let token = scene.token(&scene.claims().with_source_identity("alice@example.com"));
    let workload = scene.workload(token).with_role_session_name(RoleSessionName::parse("billing").unwrap());

    let set = scene.issue(&workload).await.unwrap();

    let said = set.metadata();
    assert_eq!(said.arn.as_deref(), Some("arn:aws:sts::111122223333:assumed-role/Pod/billing"));
    assert!(said.id.as_deref().unwrap().ends_with(":billing"));
    assert_eq!(said.audience.as_deref(), Some(AUDIENCE));
    assert_eq!(said.issuer.as_deref(), Some(scene.oidc.arn()));
    assert_eq!(said.subject.as_deref(), Some("pod"));
    assert_eq!(said.source_identity.as_ref().unwrap().as_str(), "alice@example.com");
    assert_eq!((said.packed_policy_size, said.is_chained, said.reduced_from), (None, false, None));
    assert_eq!(set.remaining_at(scene.clock.now()), HOUR);
}

#[tokio::test]
async fn every_input_reaches_the_service() {
    let scene = Scene::new().await;
    let role = scene.aws.add_role(scene.pod_spec().with_max_session_duration(12 * HOUR));
    let read_only = PolicyArn::parse("arn:aws:iam::aws:policy/ReadOnlyAccess").unwrap();
    let workload = AssumeRoleWithWebIdentity::new(scene.sts(), role, scene.token(&scene.claims()))
        .with_duration(12 * HOUR)
        .and_then(|workload| workload.with_policy(POLICY))
        .and_then(|workload| workload.with_policy_arns(vec![read_only]))
        .and_then(|workload| workload.with_minimum_session_token_size(3000))
        .unwrap();

    let set = scene.issue(&workload).await.unwrap();

    assert_eq!(set.remaining_at(scene.clock.now()), 12 * HOUR);
    assert!(set.metadata().packed_policy_size.unwrap() > 0);
    assert_eq!(set.session_token().expose().len(), 3000);
    let error = scene.issue(&workload.with_provider_id("www.amazon.com").unwrap()).await.unwrap_err();
    assert!(words(&error).contains("ProviderId"), "an OIDC token is its own name: {error:?}");
}

/// A host's own credentials say nothing here, and need not be valid.
#[tokio::test]
async fn nothing_is_signed_whatever_credentials_the_host_has() {
    let scene = Scene::new().await;
    let (region, credentials) = (
        aws_types::region::Region::from_static("eu-west-1"),
        aws_credential_types::Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None, None, "host"),
    );
    let config = SdkConfig::builder()
        .region(region)
        .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(credentials))
        .http_client(scene.aws.http_client());
    let sts = Sts::from_sdk_config(&config.build()).unwrap();
    let workload = AssumeRoleWithWebIdentity::new(sts, scene.pod(), scene.token(&scene.claims()));

    scene.issue(&workload).await.unwrap();

    let requests = scene.aws.requests();
    assert!(!requests[0].checks().contains(&"signature"), "{:?}", requests[0].checks());
}

#[tokio::test]
async fn each_refusal_is_told_by_kind() {
    let scene = Scene::new().await;
    let at = |claims: &WebIdentityClaims| scene.token(claims);
    let damaged = |damage| {
        WebIdentityToken::parse(&scene.oidc.damaged_token_at(&scene.claims(), scene.clock.now(), damage))
            .unwrap()
    };
    let none = WebIdentityToken::parse(&Secret::new("not-a-token")).unwrap();
    for (token, kind, said) in [
        (
            at(&scene.claims().with_issuer("https://else.example")),
            ErrorKind::IdentityRefused,
            "No OpenIDConnect provider",
        ),
        (at(&WebIdentityClaims::new("somebody-else", "pod")), ErrorKind::IdentityRefused, "audience"),
        (at(&scene.claims().with_roles(&[])), ErrorKind::IdentityRefused, "not for this role"),
        (damaged(TokenDamage::OtherKey), ErrorKind::IdentityRefused, "signature"),
        (damaged(TokenDamage::UnknownKey), ErrorKind::Service, "retrieve verification key"),
        (none, ErrorKind::IdentityRefused, "not a valid JWT"),
    ] {
        let error = scene.issue(&scene.workload(token)).await.unwrap_err();
        is_told(&error, kind, said);
    }
    let calls = scene.calls(ACTION);
    let token = at(&scene.claims());
    for (failure, kind, said) in [
        (OidcFailure::OutOfReach, ErrorKind::Service, "IDPCommunicationError"),
        (OidcFailure::RejectsClaims, ErrorKind::IdentityRefused, "IDPRejectedClaim"),
    ] {
        scene.aws.fail_oidc_provider(&scene.oidc, Some(failure));
        is_told(&scene.issue(&scene.workload(token.clone())).await.unwrap_err(), kind, said);
    }
    scene.aws.fail_oidc_provider(&scene.oidc, None);
    let strict = scene.oidc.trust().with_subject("somebody-else");
    let role = scene.aws.add_role(RoleSpec::new(&scene.account, "Strict").with_trusted(strict));
    let denied = AssumeRoleWithWebIdentity::new(scene.sts(), role, token.clone());
    is_told(&scene.issue(&denied).await.unwrap_err(), ErrorKind::AccessDenied, "Not authorized");
    let malformed = scene.workload(token.clone()).with_policy("[]").unwrap();
    is_told(&scene.issue(&malformed).await.unwrap_err(), ErrorKind::InvalidInput, "MalformedPolicyDocument");
    scene.aws.fail_next(Fault::Throttle, 1);
    is_told(
        &scene.issue(&scene.workload(token.clone())).await.unwrap_err(),
        ErrorKind::Throttled,
        "Rate exceeded",
    );
    assert_eq!(scene.calls(ACTION) - calls, 5, "one call an attempt");
    scene.issue(&scene.workload(token)).await.unwrap();
}

#[track_caller]
fn is_told(error: &Error, kind: ErrorKind, said: &str) {
    assert_eq!(error.kind(), kind, "{error:?}");
    assert!(words(error).contains(said) && error.to_string().contains("`alice`"), "{error:?}");
    let is_passing = matches!(kind, ErrorKind::Service | ErrorKind::Throttled);
    assert_eq!((error.is_retryable(), error.needs_person()), (is_passing, false));
}

/// Whoever renews the token may have been late: the session looks again, but shows no token that it knows to be expired.
#[tokio::test]
async fn an_expired_token_is_shown_once_and_a_newer_one_is_taken() {
    let scene = Scene::new().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let workload = scene.workload(leapp_core::aws::TokenFile::new(&path));
    renew(&path, scene.token(&scene.claims()).expose());
    scene.clock.advance(2 * HOUR);

    for _ in 0..2 {
        let error = scene.issue(&workload).await.unwrap_err();
        assert_eq!((error.kind(), scene.calls(ACTION)), (ErrorKind::IdentityTokenExpired, 1), "{error:?}");
        assert!(error.is_retryable());
    }
    renew(&path, scene.token(&scene.claims()).expose());
    scene.issue(&workload).await.unwrap();
    assert_eq!(scene.calls(ACTION), 2);
}

#[tokio::test]
async fn a_started_session_goes_on_when_its_token_is_renewed_late() {
    let scene = Scene::new().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let short = scene.claims().with_lifetime(Duration::from_secs(600));
    renew(&path, scene.token(&short).expose());
    let leapp = Leapp::builder(scene.vault.clone())
        .with_clock(Arc::new(scene.clock.clone()))
        .with_seed(1)
        .build()
        .unwrap();
    let workload = scene.workload(leapp_core::aws::TokenFile::new(&path));
    leapp.add(Session::new(id("pod"), workload)).await.unwrap();
    assert!(matches!(leapp.start(&id("pod")).await.unwrap(), Started::Active));
    let first = leapp.credentials(&id("pod")).unwrap().current().await.unwrap();
    let mut events = leapp.events();

    scene.clock.advance(Duration::from_secs(20 * 60));
    let failed = next(&mut events, |event| matches!(event, Event::RefreshFailed { .. })).await;
    let Event::RefreshFailed { error, next_attempt, .. } = failed else { unreachable!() };
    assert_eq!(error.kind(), ErrorKind::IdentityTokenExpired);
    assert!(next_attempt.is_some(), "it looks again");
    assert_eq!(
        leapp.status(&id("pod")).await.unwrap().state,
        SessionState::Active,
        "what it has is valid still"
    );

    renew(&path, scene.token(&scene.claims()).expose());
    scene.clock.advance(Duration::from_secs(60));
    next(&mut events, |event| matches!(event, Event::Issued { .. })).await;
    let second = leapp.credentials(&id("pod")).unwrap().current().await.unwrap();
    assert_ne!(first.access_key_id(), second.access_key_id());
}

async fn next(events: &mut leapp_core::Events, is_it: impl Fn(&Event) -> bool) -> Event {
    let found = async {
        loop {
            let event = events.next().await.unwrap();
            if is_it(&event) {
                return event;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), found).await.unwrap()
}

/// In the log at every level, the SDK's own included, and in what a refusal says.
#[tokio::test]
async fn no_part_of_a_token_or_of_a_set_is_told() {
    let scene = Scene::new().await;
    let (good, foreign) =
        (scene.token(&scene.claims()), scene.token(&scene.claims().with_issuer("https://else.example")));
    let mut seen = String::new();
    let (secrets, log) = capture_logs_async(async {
        let workload = scene.workload(good.clone());
        let set = scene.issue(&workload).await.unwrap();
        let refused = scene.issue(&scene.workload(foreign.clone())).await.unwrap_err();
        seen.push_str(&format!("{workload:?} {set:?} {good:?} {}", leapp_testkit::leak::text_of(&refused)));
        // The head of a token is the same for all of them, and says nothing.
        let claims = |token: &WebIdentityToken| token.expose().split_once('.').unwrap().1.to_owned();
        [
            claims(&good),
            claims(&foreign),
            set.secret_access_key().expose().to_owned(),
            set.session_token().expose().to_owned(),
        ]
    })
    .await;
    leapp_testkit::leak::assert_clean(seen + &log, secrets.iter().map(String::as_str));
}

#[test]
fn what_is_no_token_is_refused_and_not_repeated() {
    for (text, said) in [
        ("", "0 bytes"),
        ("abc", "3 bytes"),
        (&*"x".repeat(20_001), "20001 bytes"),
        ("hunter2 hunter2 hunter2", "a space"),
        ("hunter2\0hunter2\0hunter2", "a space or another character"),
    ] {
        let error = WebIdentityToken::parse(&Secret::new(text)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains(said) && !error.to_string().contains("hunter2"), "{error}");
    }
    for text in ["abcd", " abcd\n", &*"x".repeat(20_000)] {
        assert_eq!(WebIdentityToken::parse(&Secret::new(text)).unwrap().expose(), text.trim());
    }
}
