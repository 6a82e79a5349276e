//! `AssumeRoleWithSaml` keeps the provider's contract, with one role offered, with a choice, and where the role allows less.

use std::time::{Duration, SystemTime};

use leapp_core::aws::{AssumeRoleWithSaml, IdentityProviderLogin};
use leapp_core::{
    Answer, Grant, IssueRequest, Issued, Principal, Region, RoleArn, SamlAssertion, SessionId,
    SessionProvider, Source,
};
use leapp_testkit::aws::{Fault, RoleSpec, SamlAssertionSpec, SamlProvider};
use leapp_testkit::conformance::provider::{ProviderHarness, Variant};

use crate::scene::{self, Scene, start};
use crate::service::{SECRET_ACCESS_KEY, SESSION_TOKEN};

mod with_one_role {
    leapp_testkit::provider_tests!(super::Federated::with_one_role);
}

mod with_a_shared_login {
    leapp_testkit::provider_tests!(super::Federated::with_a_shared_login);
}

mod with_a_choice {
    leapp_testkit::provider_tests!(super::Federated::with_a_choice);
}

struct Federated {
    scene: Scene,
    provider: AssumeRoleWithSaml,
    login: Answer,
    /// The answer to the question that follows the login, if one does.
    choice: Option<Answer>,
    /// The login of another session, when it is that one's.
    shared: Option<Source>,
}

impl Federated {
    fn with_one_role() -> Self {
        let scene = Scene::new();
        let (corp, role) = corp(&scene);
        let spec = SamlAssertionSpec::new("alice").with_role(&role, corp.arn());
        Self::new(scene, &corp, &spec, None)
    }

    fn with_a_shared_login() -> Self {
        let mut subject = Self::with_one_role();
        let corp = SessionId::parse("corp").unwrap();
        let page = "https://idp.example.com/idp/Corp";
        let login = IdentityProviderLogin::new(Region::parse("eu-west-1").unwrap(), page);
        let answered = subject.bare().with_answer(Some(&subject.login));
        let Issued::Assertion { assertion, expiration } = scene::now(login.issue(&answered)).unwrap() else {
            panic!("no assertion")
        };
        let grant = Grant::Assertion { assertion, expiration };
        subject.shared = Some(Source::new(grant, Principal::Person));
        subject.provider = AssumeRoleWithSaml::from_login(subject.scene.sts("eu-west-1"), corp);
        subject
    }

    fn with_a_choice() -> Self {
        let scene = Scene::new();
        let (corp, role) = corp(&scene);
        let other = RoleArn::parse("arn:aws:iam::111122223333:role/Other").unwrap();
        let spec = SamlAssertionSpec::new("alice").with_role(&role, corp.arn()).with_role(&other, corp.arn());
        Self::new(scene, &corp, &spec, Some(Answer::Role(role)))
    }

    fn new(scene: Scene, corp: &SamlProvider, spec: &SamlAssertionSpec, choice: Option<Answer>) -> Self {
        let login = Answer::SamlAssertion(SamlAssertion::parse(&corp.respond(spec)).unwrap());
        let provider = AssumeRoleWithSaml::new(scene.sts("eu-west-1"), "https://idp.example.com/idp/Corp");
        Self { scene, provider, login, choice, shared: None }
    }

    fn bare(&self) -> IssueRequest<'_> {
        IssueRequest::new(&self.scene.session, start(), &self.scene.vault)
    }
}

fn corp(scene: &Scene) -> (SamlProvider, RoleArn) {
    let corp = scene.aws.add_saml_provider(&scene.account, "Corp");
    let role = scene.aws.add_role(RoleSpec::new(&scene.account, "Dev").with_trusted(corp.arn().clone()));
    (corp, role)
}

#[async_trait::async_trait]
impl ProviderHarness for Federated {
    fn provider(&self) -> &dyn SessionProvider {
        &self.provider
    }

    /// The login is answered; where a choice follows, it is the choice that this request answers.
    fn request(&self) -> IssueRequest<'_> {
        if self.shared.is_some() {
            return self.bare().with_source(self.shared.as_ref());
        }
        let login = self.bare().with_answer(Some(&self.login));
        let Some(choice) = &self.choice else { return login };
        let asked = scene::now(self.provider.issue(&login)).unwrap();
        assert!(matches!(asked, Issued::Challenge(_)), "{asked:?}");
        self.bare().with_answer(Some(choice))
    }

    fn unanswered(&self) -> Option<IssueRequest<'_>> {
        self.provider.forget();
        // Whose login is another session's asks nothing itself.
        self.shared.is_none().then(|| self.bare())
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

    /// A federated set is never kept.
    fn variants(&self) -> Vec<Variant<'_>> {
        Vec::new()
    }

    fn secrets(&self) -> Vec<String> {
        let Answer::SamlAssertion(assertion) = &self.login else { panic!("a login") };
        [assertion.expose(), SECRET_ACCESS_KEY, SESSION_TOKEN].map(str::to_owned).to_vec()
    }
}

/// The one call more that the contract allows: where nothing but the duration was refused.
#[tokio::test(flavor = "multi_thread")]
async fn a_duration_that_is_refused_is_asked_for_once_more_and_shorter() {
    let mut subject = Federated::with_one_role();
    let provider =
        AssumeRoleWithSaml::new(subject.scene.sts("eu-west-1"), "https://idp.example.com/idp/Corp");
    subject.provider = provider.with_duration(Duration::from_secs(7200)).unwrap();
    let issued = subject.provider.issue(&subject.request()).await.unwrap();
    assert!(matches!(issued, Issued::Credentials(_)), "{issued:?}");
    assert_eq!(subject.calls(), 2);
    // Nor does it go on when the second is refused too.
    subject.scene.aws.fail_next_of("AssumeRoleWithSAML", Fault::ServerError, 1);
    subject.provider.issue(&subject.request()).await.unwrap_err();
    assert_eq!(subject.calls(), 3);
}
