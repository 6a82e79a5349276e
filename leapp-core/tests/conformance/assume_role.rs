//! `AssumeRole` keeps the provider's contract, from a user's and from a role's session, with and without MFA.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use leapp_core::aws::{AssumeRole, GetSessionToken, Sts};
use leapp_core::{
    Answer, IssueRequest, Issued, Principal, Refresh, RoleArn, Secret, SessionId, SessionProvider, Source,
};
use leapp_testkit::aws::{Fault, MfaDevice, RoleSpec};
use leapp_testkit::conformance::provider::{ProviderHarness, Variant};

use crate::scene::{self, Scene, start};
use crate::service::{SECRET_ACCESS_KEY, SESSION_TOKEN};

mod from_a_user {
    leapp_testkit::provider_tests!(super::Role::from_a_user);
}

mod from_a_user_with_mfa {
    leapp_testkit::provider_tests!(super::Role::from_a_user_with_mfa);
}

mod from_a_role {
    leapp_testkit::provider_tests!(super::Role::from_a_role);
}

/// A set that cost a person a code is not given up every 20 minutes.
#[tokio::test(flavor = "multi_thread")]
async fn only_a_role_without_mfa_is_rotated() {
    assert_eq!(Role::from_a_user().provider.kind().refresh, Refresh::Rotate);
    assert_eq!(Role::from_a_user_with_mfa().provider.kind().refresh, Refresh::Reuse);
}

const STEP: Duration = Duration::from_secs(30);
const CONTEXT_ASSERTION: &str = "hunter2-hunter2.eyJhbGciOiJFUzI1NiJ9.c2lnbmVk";

struct Role {
    scene: Scene,
    provider: AssumeRole,
    source: Source,
    has_mfa: bool,
    /// The device's code of each time step from the start on.
    answers: Vec<Answer>,
    asked: AtomicUsize,
}

impl Role {
    fn from_a_user() -> Self {
        let scene = Scene::new();
        let source = user_session(&scene);
        Self::new(scene, source, None)
    }

    fn from_a_user_with_mfa() -> Self {
        let scene = Scene::new();
        let source = user_session(&scene);
        let device = scene.aws.add_mfa_device(&scene.alice);
        Self::new(scene, source, Some(device))
    }

    fn from_a_role() -> Self {
        let scene = Scene::new();
        let user = user_session(&scene);
        let first = scene.aws.add_role(RoleSpec::new(&scene.account, "First"));
        let provider = AssumeRole::new(plain(&scene), scene.session.clone(), first);
        let session = SessionId::parse("first").unwrap();
        let request = IssueRequest::new(&session, start(), &scene.vault).with_source(Some(&user));
        let source = Source::new(set(&provider, &request), Principal::Role);
        Self::new(scene, source, None)
    }

    fn new(scene: Scene, source: Source, device: Option<MfaDevice>) -> Self {
        let spec = RoleSpec::new(&scene.account, "Deploy");
        let role_arn = scene.aws.add_role(if device.is_some() { spec.requiring_mfa() } else { spec });
        let provider = provider(&scene, role_arn, device.as_ref());
        let codes =
            (0..40).map(|step| device.iter().map(move |device| device.code_at(start() + STEP * step)));
        let answers = codes.flatten().map(Answer::TokenCode).collect();
        Self { scene, provider, source, has_mfa: device.is_some(), answers, asked: AtomicUsize::new(0) }
    }
}

#[async_trait]
impl ProviderHarness for Role {
    fn provider(&self) -> &dyn SessionProvider {
        &self.provider
    }

    fn request(&self) -> IssueRequest<'_> {
        // Each request comes in a time step of its own, whose code nobody has used.
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        let now = start() + STEP * u32::try_from(asked).unwrap();
        self.scene.clock.set_wall(now);
        let answer = self.has_mfa.then(|| &self.answers[asked]);
        IssueRequest::new(&self.scene.session, now, &self.scene.vault)
            .with_source(Some(&self.source))
            .with_answer(answer)
    }

    fn unanswered(&self) -> Option<IssueRequest<'_>> {
        self.has_mfa.then(|| self.request().with_answer(None))
    }

    fn calls(&self) -> usize {
        self.scene.aws.requests().len()
    }

    fn expire_at(&self, expiration: SystemTime) {
        self.scene.service.expire_at(expiration);
    }

    fn fail_next(&self) {
        self.scene.aws.fail_next(Fault::ServerError, 1);
    }

    /// A role's sets are never kept.
    fn variants(&self) -> Vec<Variant<'_>> {
        Vec::new()
    }

    fn secrets(&self) -> Vec<String> {
        let codes = self.answers.iter().filter_map(|answer| match answer {
            Answer::TokenCode(code) => Some(code.expose().to_owned()),
            _ => None,
        });
        let credentials = self.source.grant.credentials().unwrap();
        let source = [credentials.secret_access_key(), credentials.session_token()].map(Secret::expose);
        let known = source.into_iter().chain([SECRET_ACCESS_KEY, SESSION_TOKEN, CONTEXT_ASSERTION]);
        codes.chain(known.map(str::to_owned)).collect()
    }
}

fn provider(scene: &Scene, role_arn: RoleArn, device: Option<&MfaDevice>) -> AssumeRole {
    let provider = AssumeRole::new(scene.sts("eu-west-1"), scene.session.clone(), role_arn)
        .with_provided_context(
            "arn:aws:iam::aws:contextProvider/IdentityCenter",
            Secret::new(CONTEXT_ASSERTION),
        );
    let provider = provider.unwrap();
    match device {
        None => provider,
        Some(device) => provider.with_mfa(device.serial_number().clone()),
    }
}

/// A user's session that is real, so that the service takes what it signs.
fn user_session(scene: &Scene) -> Source {
    let request = IssueRequest::new(&scene.session, start(), &scene.vault);
    Source::new(set(&GetSessionToken::new(plain(scene)), &request), Principal::User)
}

fn set(provider: &dyn SessionProvider, request: &IssueRequest<'_>) -> leapp_core::SessionCredentials {
    match scene::now(provider.issue(request)).unwrap() {
        Issued::Credentials(set) => set,
        other => panic!("no credentials: {other:?}"),
    }
}

fn plain(scene: &Scene) -> Sts {
    scene::sts("eu-west-1", scene.aws.http_client())
}
