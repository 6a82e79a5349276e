//! What a program does with secrets, from the first to the last.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_credential_types::provider::ProvideCredentials;
use leapp_core::aws::{
    AccessKeyRotation, AssumeRole, AssumeRoleWithSaml, AssumeRoleWithWebIdentity, GetRoleCredentials,
    GetSessionToken, Iam, LoginFlow, LoginHost, PortalLogin, Sso, WebIdentityToken,
};
use leapp_core::{
    AccessKey, AccessKeyId, AccountId, Answer, Error, ExportFormat, IssueRequest, Issued, Leapp, Principal,
    ProfileName, Refresh, RoleArn, SamlAssertion, Secret, SerialNumber, Session, SessionCredentials,
    SessionId, SessionKind, SessionProvider, Started, SystemClock, Vault, VaultItem, VaultKey,
    VaultTotpResponder,
};
use leapp_testkit::clock::AcceleratedClock;
use leapp_testkit::leak::Canary;

use crate::scene::Scene;
use crate::service::{AtThePage, ROLE, START_URL, Service};
use crate::watch::{Kind, Watch};

/// Ends with everything dropped.
pub(crate) type Flow = fn(Arc<Service>, Arc<Watch>) -> Pin<Box<dyn Future<Output = ()>>>;

/// No call is made: all that is done with the secrets, this library does.
pub(crate) const OWN: (&str, Flow) = ("a host's own provider, file, export", |s, w| Box::pin(own(s, w)));

pub(crate) const CALLS: &[(&str, Flow)] = &[
    ("GetSessionToken with MFA, AssumeRole", |s, w| Box::pin(iam_user(s, w))),
    ("AssumeRoleWithSAML", |s, w| Box::pin(saml(s, w))),
    ("AssumeRoleWithWebIdentity", |s, w| Box::pin(web_identity(s, w))),
    ("IAM Identity Center", |s, w| Box::pin(portal(s, w))),
    ("rotation of the access key", |s, w| Box::pin(rotation(s, w))),
];

const HOUR: Duration = Duration::from_secs(3600);

fn session(name: &str) -> SessionId {
    SessionId::parse(name).unwrap()
}

fn with_profile(session: Session, name: &str) -> Session {
    session.with_profile(ProfileName::parse(name).unwrap())
}

fn role(name: &str) -> RoleArn {
    RoleArn::parse(&format!("{ROLE}{name}")).unwrap()
}

/// Takes a set on all the ways there are.
async fn used(leapp: &Leapp, session: &SessionId, watch: &Watch) {
    let live = leapp.credentials(session).unwrap();
    let set = live.current().await.unwrap();
    watch.set(&set);
    live.provide_credentials().await.unwrap();
    for format in [ExportFormat::Posix, ExportFormat::CredentialProcess] {
        assert!(set.export(format).unwrap().expose().contains(set.session_token().expose()));
    }
}

async fn iam_user(service: Arc<Service>, watch: Arc<Watch>) {
    let scene = Scene::new(&service, &watch);
    let alice = session("alice");
    let (key, seed) = (service.access_key(), service.secret("seed"));
    watch.secret(Kind::AccessKey, key.secret_access_key());
    watch.secret(Kind::TotpSeed, &seed);
    scene.keep(&alice, VaultItem::AccessKey, &key.to_record()).await;
    scene.keep(&alice, VaultItem::TotpSeed, &seed).await;
    drop((key, seed));
    let device = SerialNumber::parse(service.secret("serial-number").expose()).unwrap();
    let totp = VaultTotpResponder::new(scene.vault.clone(), Arc::new(SystemClock::new()))
        .with_device(device.clone(), alice.clone());
    let leapp = scene.leapp().with_responder(totp).build().unwrap();
    let user = Session::new(alice.clone(), GetSessionToken::new(scene.sts()).with_mfa(device));
    leapp.add(with_profile(user, "alice")).await.unwrap();
    let deploy = Session::new(session("deploy"), AssumeRole::new(scene.sts(), alice.clone(), role("Deploy")));
    leapp.add(with_profile(deploy, "deploy")).await.unwrap();
    leapp.start(&session("deploy")).await.unwrap();
    leapp.start(&alice).await.unwrap();
    used(&leapp, &alice, &watch).await;
    for _ in 0..2 {
        used(&leapp, &session("deploy"), &watch).await;
        leapp.refresh(&session("deploy")).await.unwrap();
    }
    leapp.shutdown().await.unwrap();
}

/// Hands out a set that nobody had to send.
#[derive(Debug)]
struct Given;

#[async_trait]
impl SessionProvider for Given {
    fn kind(&self) -> SessionKind {
        SessionKind::new("Given", Principal::Role, Refresh::Reuse)
    }

    async fn issue(&self, request: &IssueRequest<'_>) -> Result<Issued, Error> {
        let secret = || Secret::from(Canary::new().text());
        let id = AccessKeyId::parse("ASIAIOSFODNN7EXAMPLE")?;
        SessionCredentials::new(id, secret(), secret(), request.now + HOUR).map(Issued::Credentials)
    }
}

/// Nothing but what is this library's own: no call is made.
async fn own(service: Arc<Service>, watch: Arc<Watch>) {
    let scene = Scene::new(&service, &watch);
    let leapp = scene.leapp().build().unwrap();
    leapp.add(with_profile(Session::new(session("own"), Given), "own")).await.unwrap();
    leapp.start(&session("own")).await.unwrap();
    // All that a vault keeps, at once.
    for item in VaultItem::ALL {
        let (place, canary) = (VaultKey::new(session("kept"), *item), Canary::new());
        let secret = Secret::from(canary.text());
        watch.secret(Kind::AccessKey, &secret);
        scene.vault.put(&place, &secret).await.unwrap();
        drop(secret);
        assert!(scene.vault.get(&place).await.unwrap().is_some());
    }
    for _ in 0..3 {
        used(&leapp, &session("own"), &watch).await;
        leapp.refresh(&session("own")).await.unwrap();
    }
    leapp.shutdown().await.unwrap();
}

async fn saml(service: Arc<Service>, watch: Arc<Watch>) {
    let scene = Scene::new(&service, &watch);
    let leapp = scene.leapp().build().unwrap();
    let dev = AssumeRoleWithSaml::new(scene.sts(), "https://idp.example.com/idp/Corp").with_role(role("Dev"));
    leapp.add(with_profile(Session::new(session("dev"), dev), "dev")).await.unwrap();
    let Started::NeedsAnswer(challenge) = leapp.start(&session("dev")).await.unwrap() else {
        panic!("no challenge")
    };
    let response = service.secret("saml");
    watch.secret(Kind::SamlResponse, &response);
    let response = SamlAssertion::parse(&response).unwrap();
    leapp.answer(&challenge.session, Answer::SamlAssertion(response)).await.unwrap();
    leapp.start(&session("dev")).await.unwrap();
    used(&leapp, &session("dev"), &watch).await;
    leapp.shutdown().await.unwrap();
}

async fn web_identity(service: Arc<Service>, watch: Arc<Watch>) {
    let scene = Scene::new(&service, &watch);
    let leapp = scene.leapp().build().unwrap();
    let token = service.secret("web-identity");
    watch.secret(Kind::WebIdentityToken, &token);
    let token = WebIdentityToken::parse(&token).unwrap();
    let ci = AssumeRoleWithWebIdentity::new(scene.sts(), role("CI"), token);
    leapp.add(with_profile(Session::new(session("ci"), ci), "ci")).await.unwrap();
    leapp.start(&session("ci")).await.unwrap();
    used(&leapp, &session("ci"), &watch).await;
    leapp.shutdown().await.unwrap();
}

async fn portal(service: Arc<Service>, watch: Arc<Watch>) {
    let scene = Scene::new(&service, &watch);
    let sso = Sso::from_sdk_config(&scene.sdk_config).unwrap();
    let portal = PortalLogin::new(sso.clone(), session("corp"), START_URL).unwrap();
    let host =
        LoginHost::new(scene.vault.clone(), AtThePage(service.clone())).with_flow(LoginFlow::DeviceCode);
    portal.log_in(&host).await.unwrap();
    let record =
        scene.vault.get(&VaultKey::new(session("corp"), VaultItem::PortalLogin)).await.unwrap().unwrap();
    let secrets = record.expose().lines().filter(|line| line.len() >= 40 && !line.contains(' '));
    let secrets: Vec<&str> = secrets.collect();
    assert_eq!(secrets.len(), 3, "a client's secret, an access token and a refresh token");
    secrets.into_iter().for_each(|secret| watch.text(Kind::PortalToken, secret));
    drop(record);
    let leapp = scene.leapp().build().unwrap();
    leapp.add(Session::new(session("corp"), portal.clone())).await.unwrap();
    assert_eq!(portal.assigned_roles(&host).await.unwrap().len(), 1);
    let account = AccountId::parse("111122223333").unwrap();
    let admin = GetRoleCredentials::new(sso, session("corp"), account, "Admin").unwrap();
    leapp.add(with_profile(Session::new(session("admin"), admin), "admin")).await.unwrap();
    leapp.start(&session("admin")).await.unwrap();
    used(&leapp, &session("admin"), &watch).await;
    leapp.shutdown().await.unwrap();
    portal.log_out(&host).await.unwrap();
}

async fn rotation(service: Arc<Service>, watch: Arc<Watch>) {
    let scene = Scene::new(&service, &watch);
    let alice = session("alice");
    let key = service.access_key();
    watch.secret(Kind::AccessKey, key.secret_access_key());
    scene.keep(&alice, VaultItem::AccessKey, &key.to_record()).await;
    drop(key);
    let iam = Iam::from_sdk_config(&scene.sdk_config).unwrap();
    let rotation = AccessKeyRotation::new(iam, scene.sts(), alice.clone(), scene.vault.clone())
        .with_clock(Arc::new(AcceleratedClock::new(SystemClock::new(), 10)))
        .with_grace(Duration::ZERO);
    rotation.rotate().await.unwrap();
    let record = scene.vault.get(&VaultKey::new(alice, VaultItem::AccessKey)).await.unwrap().unwrap();
    let key = AccessKey::from_record(&record).unwrap();
    watch.secret(Kind::CreatedAccessKey, key.secret_access_key());
}
