//! `GetSessionToken` keeps the provider's contract, with and without MFA.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use leapp_core::aws::GetSessionToken;
use leapp_core::{Answer, IssueRequest, MemoryVault, SessionProvider};
use leapp_testkit::aws::{Fault, MfaDevice};
use leapp_testkit::conformance::provider::{ProviderHarness, Variant};

use crate::scene::{Scene, start, vault_with};
use crate::service::{SECRET_ACCESS_KEY, SESSION_TOKEN};

mod without_mfa {
    leapp_testkit::provider_tests!(super::User::without_mfa);
}

mod with_mfa {
    leapp_testkit::provider_tests!(super::User::with_mfa);
}

const STEP: Duration = Duration::from_secs(30);

struct User {
    scene: Scene,
    provider: GetSessionToken,
    device: Option<MfaDevice>,
    /// The device's code of each time step from the start on.
    answers: Vec<Answer>,
    asked: AtomicUsize,
    /// The same provider but for one input.
    others: Vec<(&'static str, GetSessionToken)>,
    /// A vault that holds another key of the same user.
    other_vault: MemoryVault,
}

impl User {
    fn without_mfa() -> Self {
        Self::new(Scene::new(), None)
    }

    fn with_mfa() -> Self {
        let scene = Scene::new();
        let device = scene.aws.add_mfa_device(&scene.alice);
        Self::new(scene, Some(device))
    }

    fn new(scene: Scene, device: Option<MfaDevice>) -> Self {
        let provider = of_device(GetSessionToken::new(scene.sts("eu-west-1")), device.as_ref());
        let other_device = scene.aws.add_mfa_device(&scene.alice);
        let elsewhere = of_device(GetSessionToken::new(scene.sts("eu-west-2")), device.as_ref());
        let sts = scene.sts("eu-west-1").with_endpoint_url("https://sts.example");
        let variant = |fips, dual_stack| {
            of_device(GetSessionToken::new(scene.sts_variant(fips, dual_stack)), device.as_ref())
        };
        let others = vec![
            ("FIPS", variant(true, false)),
            ("dual-stack", variant(false, true)),
            ("FIPS and dual-stack", variant(true, true)),
            ("device", provider.clone().with_mfa(other_device.serial_number().clone())),
            ("duration", provider.clone().with_duration(Duration::from_secs(900)).unwrap()),
            ("region", elsewhere),
            ("endpoint", of_device(GetSessionToken::new(sts), device.as_ref())),
        ];
        let codes =
            (0..40).map(|step| device.iter().map(move |device| device.code_at(start() + STEP * step)));
        let answers = codes.flatten().map(Answer::TokenCode).collect();
        let other_vault = vault_with(&scene.session, &scene.aws.add_access_key(&scene.alice));
        Self { scene, provider, device, answers, asked: AtomicUsize::new(0), others, other_vault }
    }

    fn request_to<'a>(&'a self, vault: &'a MemoryVault) -> IssueRequest<'a> {
        // Each request comes in a time step of its own, whose code nobody has used.
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        let now = start() + STEP * u32::try_from(asked).unwrap();
        self.scene.clock.set_wall(now);
        let request = IssueRequest::new(&self.scene.session, now, vault);
        match &self.device {
            None => request,
            Some(_) => request.with_answer(Some(&self.answers[asked])),
        }
    }
}

#[async_trait]
impl ProviderHarness for User {
    fn provider(&self) -> &dyn SessionProvider {
        &self.provider
    }

    fn request(&self) -> IssueRequest<'_> {
        self.request_to(&self.scene.vault)
    }

    fn unanswered(&self) -> Option<IssueRequest<'_>> {
        self.device.as_ref().map(|_| self.request().with_answer(None))
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

    fn variants(&self) -> Vec<Variant<'_>> {
        let others = self.others.iter();
        let mut variants: Vec<Variant<'_>> =
            others.map(|(input, provider)| Variant { input, provider, request: self.request() }).collect();
        let request = self.request_to(&self.other_vault);
        variants.push(Variant { input: "access key", provider: &self.provider, request });
        variants
    }

    fn secrets(&self) -> Vec<String> {
        let codes = self.answers.iter().filter_map(|answer| match answer {
            Answer::TokenCode(code) => Some(code.expose().to_owned()),
            _ => None,
        });
        let key = self.scene.key.secret_access_key().expose();
        let known = [key, SECRET_ACCESS_KEY, SESSION_TOKEN].map(str::to_owned);
        codes.chain(known).collect()
    }
}

fn of_device(provider: GetSessionToken, device: Option<&MfaDevice>) -> GetSessionToken {
    match device {
        None => provider,
        Some(device) => provider.with_mfa(device.serial_number().clone()),
    }
}
