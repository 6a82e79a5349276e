//! `GetFederationToken` keeps the provider's contract.

use std::time::SystemTime;

use async_trait::async_trait;
use leapp_core::aws::GetFederationToken;
use leapp_core::{FederatedUserName, IssueRequest, SessionProvider};
use leapp_testkit::aws::Fault;
use leapp_testkit::conformance::provider::{ProviderHarness, Variant};

use crate::scene::{Scene, start};
use crate::service::{SECRET_ACCESS_KEY, SESSION_TOKEN};

mod of_a_user {
    leapp_testkit::provider_tests!(super::Federation::new);
}

struct Federation {
    scene: Scene,
    provider: GetFederationToken,
}

impl Federation {
    fn new() -> Self {
        let scene = Scene::new();
        let name = FederatedUserName::parse("bob").unwrap();
        let provider = GetFederationToken::new(scene.sts("eu-west-1"), name);
        Self { scene, provider }
    }
}

#[async_trait]
impl ProviderHarness for Federation {
    fn provider(&self) -> &dyn SessionProvider {
        &self.provider
    }

    fn request(&self) -> IssueRequest<'_> {
        IssueRequest::new(&self.scene.session, start(), &self.scene.vault)
    }

    /// The API takes no MFA code.
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
        self.scene.aws.fail_next(Fault::Throttle, 1);
    }

    /// What is made for somebody else is never kept.
    fn variants(&self) -> Vec<Variant<'_>> {
        Vec::new()
    }

    fn secrets(&self) -> Vec<String> {
        [self.scene.key.secret_access_key().expose(), SECRET_ACCESS_KEY, SESSION_TOKEN]
            .map(str::to_owned)
            .into()
    }
}
