//! A world with one SAML provider and two roles behind it, and the provider under test.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_types::SdkConfig;
use leapp_core::aws::{AssumeRoleWithSaml, Sts};
use leapp_core::{
    AccountId, Answer, Clock as _, Error, IssueRequest, Issued, MemoryVault, Question, RoleArn,
    SamlAssertion, SamlProviderArn, Secret, SessionCredentials, SessionId, SessionProvider,
};
use leapp_testkit::aws::{FakeAws, Partition, RoleSpec, SamlAssertionSpec, SamlProvider};
use leapp_testkit::clock::ManualClock;

pub(crate) const LOGIN_URL: &str = "https://idp.example.com/idp/Corp";
pub(crate) const MINUTE: Duration = Duration::from_secs(60);

pub(crate) struct Scene {
    pub(crate) clock: ManualClock,
    pub(crate) aws: FakeAws,
    pub(crate) region: &'static str,
    pub(crate) account: AccountId,
    pub(crate) corp: SamlProvider,
    /// Allows twelve hours.
    pub(crate) dev: RoleArn,
    /// Allows an hour.
    pub(crate) ops: RoleArn,
    pub(crate) session: SessionId,
    pub(crate) vault: Arc<MemoryVault>,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self::of(Partition::Aws, "eu-west-1")
    }

    pub(crate) fn of(partition: Partition, region: &'static str) -> Self {
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000));
        let aws = FakeAws::new(Arc::new(clock.clone()));
        let account = AccountId::parse("111122223333").unwrap();
        aws.add_account(&account, partition);
        let corp = aws.add_saml_provider(&account, "Corp");
        let trusted = |spec: RoleSpec| aws.add_role(spec.with_trusted(corp.arn().clone()));
        let dev = RoleSpec::new(&account, "Dev").with_max_session_duration(Duration::from_secs(43_200));
        let dev = trusted(dev);
        let ops = trusted(RoleSpec::new(&account, "Ops"));
        let session = SessionId::parse("corp").unwrap();
        Self { clock, region, account, corp, dev, ops, session, vault: Arc::default(), aws }
    }

    pub(crate) fn sts(&self) -> Sts {
        let region = aws_types::region::Region::new(self.region);
        let config = SdkConfig::builder().region(region).http_client(self.aws.http_client());
        Sts::from_sdk_config(&config.build()).unwrap()
    }

    /// No role is set.
    pub(crate) fn provider(&self) -> AssumeRoleWithSaml {
        AssumeRoleWithSaml::new(self.sts(), LOGIN_URL)
    }

    pub(crate) fn now(&self) -> SystemTime {
        self.clock.now()
    }

    pub(crate) fn after(&self, seconds: u64) -> SystemTime {
        self.now() + Duration::from_secs(seconds)
    }

    /// A person who may assume one role.
    pub(crate) fn one_role(&self) -> SamlAssertionSpec {
        SamlAssertionSpec::new("alice").with_role(&self.dev, self.corp.arn())
    }

    pub(crate) fn two_roles(&self) -> SamlAssertionSpec {
        self.one_role().with_role(&self.ops, self.corp.arn())
    }

    pub(crate) fn answer(&self, spec: &SamlAssertionSpec) -> Answer {
        Answer::SamlAssertion(SamlAssertion::parse(&self.corp.respond(spec)).unwrap())
    }

    pub(crate) async fn issue(
        &self,
        provider: &AssumeRoleWithSaml,
        answer: Option<&Answer>,
    ) -> Result<Issued, Error> {
        provider.issue(&IssueRequest::new(&self.session, self.now(), &*self.vault).with_answer(answer)).await
    }

    /// What the provider makes of a response of the identity provider.
    pub(crate) async fn redeem(
        &self,
        provider: &AssumeRoleWithSaml,
        spec: &SamlAssertionSpec,
    ) -> Result<Issued, Error> {
        self.issue(provider, Some(&self.answer(spec))).await
    }

    pub(crate) fn calls(&self) -> usize {
        self.aws.requests().len()
    }

    /// How long a set that was just issued lasts.
    pub(crate) fn life(&self, set: &SessionCredentials) -> u64 {
        set.remaining_at(self.now()).as_secs()
    }
}

pub(crate) fn principal(text: &str) -> SamlProviderArn {
    SamlProviderArn::parse(text).unwrap()
}

#[track_caller]
pub(crate) fn set(issued: Result<Issued, Error>) -> SessionCredentials {
    match issued.unwrap() {
        Issued::Credentials(set) => set,
        other => panic!("no credentials: {other:?}"),
    }
}

#[track_caller]
pub(crate) fn question(issued: Result<Issued, Error>) -> Question {
    match issued.unwrap() {
        Issued::Challenge(challenge) => challenge.question,
        other => panic!("no question: {other:?}"),
    }
}

pub(crate) fn is_login(question: &Question) -> bool {
    matches!(question, Question::SamlAssertion { login_url, .. } if login_url == LOGIN_URL)
}

/// A document of one's own, as an answer.
pub(crate) fn document(text: &str) -> Answer {
    let base64 = Secret::new(data_encoding::BASE64.encode(text.as_bytes()));
    Answer::SamlAssertion(SamlAssertion::parse(&base64).unwrap())
}
