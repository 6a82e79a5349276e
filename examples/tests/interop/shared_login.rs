//! One login for this library, boto3 and the AWS SDK for JavaScript: each finds what the other put into the token cache, and
//! renews it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use leapp_core::aws::{
    GetRoleCredentials, LoginFlow, LoginHost, LoginPage, LoginPrompt, PortalLogin, Sso, SsoTokenCache,
};
use leapp_core::{
    AccountId, Error, IssueRequest, Issued, Leapp, Login, MemoryVault, Region, Secret, Session, SessionId,
    SessionProvider, Started, SystemClock,
};
use leapp_testkit::aws::{FakeAws, IdentityCenterSpec, LoopbackServer};
use serde_json::Value;

use crate::clients::{home, javascript, python};

const START_URL: &str = "https://d-1234567890.awsapps.com/start";
/// Behind the role's name stands the instance's own number.
const ROLE: &str = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_";
const PYTHON: &str =
    "import boto3; print(boto3.Session(profile_name='portal').client('sts').get_caller_identity()['Arn'])";
const JAVASCRIPT: &str = r#"
import { createRequire } from "node:module";
const require = createRequire(`${process.env.MODULES}/`);
const { STSClient, GetCallerIdentityCommand } = require("@aws-sdk/client-sts");
const { fromSSO } = require("@aws-sdk/credential-providers");
const sts = new STSClient({ region: "eu-west-1", credentials: fromSSO({ profile: "portal" }) });
console.log((await sts.send(new GetCallerIdentityCommand({}))).Arn);
"#;

/// A home with a profile of the portal, and the portal.
struct Scene {
    home: tempfile::TempDir,
    aws: FakeAws,
    server: LoopbackServer,
    vault: Arc<MemoryVault>,
    portal: PortalLogin,
    sso: Sso,
}

/// The person confirms every page.
#[derive(Debug)]
struct Confirms(FakeAws);

#[async_trait]
impl LoginPrompt for Confirms {
    async fn show(&self, page: &LoginPage) -> Result<(), Error> {
        self.0.approve_device(page.user_code.as_deref().expect("a device's page"), "alice")
    }
}

impl Scene {
    async fn new() -> Self {
        let aws = FakeAws::new(Arc::new(SystemClock::new()));
        let (account, region) =
            (AccountId::parse("111122223333").unwrap(), Region::parse("eu-west-1").unwrap());
        let spec = IdentityCenterSpec::new(START_URL, &region)
            .with_user("alice", Secret::new("correct horse"))
            .with_account(&account, "Development", "dev@example.com")
            .with_permission_set("Admin", Duration::from_secs(3600))
            .with_assignment("alice", &account, "Admin")
            .with_polling_interval(1);
        aws.add_identity_center(spec);
        let server = aws.listen().await.unwrap();
        let home = home();
        std::fs::create_dir(home.path().join(".aws")).unwrap();
        let config = format!(
            "[sso-session corp]\nsso_start_url = {START_URL}\nsso_region = eu-west-1\n\
             sso_registration_scopes = sso:account:access\n\
             [profile portal]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\nregion = eu-west-1\n"
        );
        std::fs::write(home.path().join(".aws/config"), config).unwrap();
        let sso = Sso::new(region)
            .with_portal_endpoint_url(server.endpoint_url())
            .with_oidc_endpoint_url(server.endpoint_url());
        let cache = SsoTokenCache::of_session(home.path().join(".aws/sso/cache"), "corp").with_writing();
        let portal = PortalLogin::new(sso.clone(), corp(), START_URL).unwrap().with_token_cache(cache);
        Self { home, aws, server, vault: Arc::default(), portal, sso }
    }

    async fn log_in(&self) -> Login {
        let host =
            LoginHost::new(self.vault.clone(), Confirms(self.aws.clone())).with_flow(LoginFlow::DeviceCode);
        self.portal.log_in(&host).await.unwrap()
    }

    fn env(&self) -> Vec<(String, String)> {
        let url = self.server.endpoint_url();
        let mut env = vec![("HOME".to_owned(), self.home.path().display().to_string())];
        for name in
            ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SSO_OIDC", "AWS_ENDPOINT_URL_STS"]
        {
            env.push((name.to_owned(), url.clone()));
        }
        env
    }

    #[track_caller]
    fn is_let_in(&self, client: Client, what: &str) {
        let who = self.who(client);
        let is_alice = |who: &String| who.starts_with(ROLE) && who.ends_with("/alice");
        assert!(who.as_ref().is_ok_and(is_alice), "{client:?} {what}: {who:?}");
    }

    /// Who the client is let in as, or what it complains of.
    fn who(&self, client: Client) -> Result<String, String> {
        let env = self.env();
        let env: Vec<(&str, &str)> =
            env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        match client {
            Client::Boto3 => python(PYTHON, &[], &env).said(),
            Client::JavaScript => javascript(JAVASCRIPT, &[], &env).said(),
        }
    }

    fn file(&self) -> Value {
        let path = self.path();
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    }

    fn path(&self) -> PathBuf {
        SsoTokenCache::of_session(self.home.path().join(".aws/sso/cache"), "corp").path().to_owned()
    }

    /// Makes the login look all but over to whoever reads the file.
    fn end_soon(&self) {
        let mut file = self.file();
        file["expiresAt"] = "2026-01-01T00:00:00Z".into();
        std::fs::write(self.path(), file.to_string()).unwrap();
    }

    /// One attempt of the login's session.
    async fn attempt(&self, rejected: Option<&Login>) -> Login {
        let (session, rejected) = (corp(), rejected.cloned().map(Into::into));
        let request = IssueRequest::new(&session, SystemTime::now(), &*self.vault);
        match self.portal.issue(&request.with_rejected(rejected.as_ref())).await.unwrap() {
            Issued::Login(login) => login,
            Issued::Reused(grant) => grant.login().unwrap().clone(),
            other => panic!("no login: {other:?}"),
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Client {
    Boto3,
    JavaScript,
}

fn corp() -> SessionId {
    SessionId::parse("corp").unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn a_login_made_here_is_used_and_renewed_by_other_clients_and_found_again() {
    for client in [Client::Boto3, Client::JavaScript] {
        let scene = Scene::new().await;
        let login = scene.log_in().await;
        scene.is_let_in(client, "uses what was written here");
        assert_eq!(scene.file()["accessToken"], login.access_token().expose());

        // It renews, with the client that was registered here, and writes.
        scene.end_soon();
        scene.is_let_in(client, "renews what was written here");
        let theirs = scene.file();
        assert_ne!(theirs["accessToken"], login.access_token().expose());

        // Here their login is found, for an error of ours as for a restart, and renewed in its turn.
        let found = scene.attempt(Some(&login)).await;
        assert_eq!(theirs["accessToken"], found.access_token().expose());
        let ours = scene.attempt(Some(&found)).await;
        assert_eq!(scene.file()["accessToken"], ours.access_token().expose());
        scene.is_let_in(client, "goes on with the renewed one");

        let leapp = Leapp::builder(scene.vault.clone()).build().unwrap();
        let account = AccountId::parse("111122223333").unwrap();
        let role = GetRoleCredentials::new(scene.sso.clone(), corp(), account, "Admin").unwrap();
        let admin = SessionId::parse("admin").unwrap();
        leapp
            .add_all(vec![Session::new(corp(), scene.portal.clone()), Session::new(admin.clone(), role)])
            .await
            .unwrap();
        assert!(matches!(leapp.start(&admin).await.unwrap(), Started::Active));
        let pages = scene.aws.requests().into_iter().filter(|one| one.action() == "StartDeviceAuthorization");
        assert_eq!(pages.count(), 1, "one login in all");
    }
}

/// A refused refresh token is a sign-in that has ended: the other client says so, and the next login here mends it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn a_login_that_was_ended_here_is_ended_for_other_clients() {
    for client in [Client::Boto3, Client::JavaScript] {
        let scene = Scene::new().await;
        scene.log_in().await;
        scene.is_let_in(client, "before");
        let host = LoginHost::new(scene.vault.clone(), Confirms(scene.aws.clone()));
        scene.portal.log_out(&host).await.unwrap();
        scene.who(client).unwrap_err();
        scene.log_in().await;
        scene.is_let_in(client, "after another login");
    }
}
