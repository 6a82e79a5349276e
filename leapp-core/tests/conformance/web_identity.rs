//! `AssumeRoleWithWebIdentity` keeps the provider's contract.

use std::time::SystemTime;

use async_trait::async_trait;
use leapp_core::aws::{AssumeRoleWithWebIdentity, WebIdentityToken};
use leapp_core::{IssueRequest, SessionProvider};
use leapp_testkit::aws::{Fault, RoleSpec, WebIdentityClaims};
use leapp_testkit::conformance::provider::{ProviderHarness, Variant};

use crate::scene::{Scene, start};
use crate::service::{SECRET_ACCESS_KEY, SESSION_TOKEN};

mod of_a_workload {
    leapp_testkit::provider_tests!(super::Workload::new);
}

const ISSUER: &str = "https://token.example.com";
const AUDIENCE: &str = "sts.amazonaws.com";

struct Workload {
    scene: Scene,
    provider: AssumeRoleWithWebIdentity,
    token: WebIdentityToken,
}

impl Workload {
    fn new() -> Self {
        let scene = Scene::new();
        let oidc = scene.aws.add_oidc_provider(&scene.account, ISSUER, &[AUDIENCE]);
        let role = scene.aws.add_role(RoleSpec::new(&scene.account, "Pod").with_trusted(oidc.trust()));
        let token = oidc.token_at(&WebIdentityClaims::new(AUDIENCE, "pod"), start());
        let token = WebIdentityToken::parse(&token).unwrap();
        let provider = AssumeRoleWithWebIdentity::new(scene.sts("eu-west-1"), role, token.clone());
        Self { scene, provider, token }
    }
}

#[async_trait]
impl ProviderHarness for Workload {
    fn provider(&self) -> &dyn SessionProvider {
        &self.provider
    }

    fn request(&self) -> IssueRequest<'_> {
        IssueRequest::new(&self.scene.session, start(), &self.scene.vault)
    }

    /// A token is there, or there is none: nobody is asked.
    fn unanswered(&self) -> Option<IssueRequest<'_>> {
        None
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
        [self.token.expose(), SECRET_ACCESS_KEY, SESSION_TOKEN].map(str::to_owned).into()
    }
}
