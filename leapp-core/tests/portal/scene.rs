//! An instance with two people, a vault, and a person at the page where they log in.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::SdkConfig;
use leapp_core::aws::LoginFlow::DeviceCode;
use leapp_core::aws::{GetRoleCredentials, LoginFlow, LoginHost, LoginPage, LoginPrompt, PortalLogin, Sso};
use leapp_core::{
    AccountId, Clock, Error, Grant, IssueRequest, Issued, Login, MemoryVault, Region, Secret, Session,
    SessionId, SessionProvider, Vault, VaultItem, VaultKey,
};
use leapp_testkit::aws::{FakeAws, IdentityCenterSpec};
use leapp_testkit::clock::ManualClock;

pub(crate) const START_URL: &str = "https://d-1234567890.awsapps.com/start";
pub(crate) const OTHER_START_URL: &str = "https://d-0987654321.awsapps.com/start";
pub(crate) const PARTNER_ROLE: &str = "Partner";
pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const HOUR: Duration = Duration::from_secs(3600);
pub(crate) const CODE: LoginFlow = LoginFlow::AuthorizationCode { port: None };

#[derive(Clone)]
pub(crate) struct Scene {
    pub(crate) clock: ManualClock,
    pub(crate) aws: FakeAws,
    pub(crate) vault: Arc<MemoryVault>,
    pub(crate) person: Arc<Person>,
    pub(crate) account: AccountId,
}

/// A person at a page: what they do, and what they were shown.
#[derive(Debug)]
pub(crate) struct Person {
    aws: FakeAws,
    does: Mutex<Does>,
    pub(crate) pages: Mutex<Vec<LoginPage>>,
    pub(crate) shown: Mutex<Vec<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Does {
    Allow,
    Deny,
    Nothing,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self::with(|spec| spec)
    }

    /// The usual instance, changed, and one more. Alice has fifty roles in the first, and bob one in the other, of a name
    /// that no role of hers has.
    pub(crate) fn with(change: impl FnOnce(IdentityCenterSpec) -> IdentityCenterSpec) -> Self {
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000));
        let aws = FakeAws::new(Arc::new(clock.clone()));
        let account = AccountId::parse("111122223333").unwrap();
        aws.add_identity_center(change(instance(START_URL, &account, "alice", 50)));
        let other = instance(OTHER_START_URL, &account, "bob", 0).with_permission_set(PARTNER_ROLE, HOUR);
        aws.add_identity_center(other.with_assignment("bob", &account, PARTNER_ROLE));
        let person = Arc::new(Person {
            aws: aws.clone(),
            does: Mutex::new(Does::Allow),
            pages: Mutex::default(),
            shown: Mutex::default(),
        });
        Self { clock, aws, vault: Arc::new(MemoryVault::new()), person, account }
    }

    pub(crate) fn sso(&self) -> Sso {
        sso(self.aws.http_client())
    }

    pub(crate) fn portal(&self) -> PortalLogin {
        PortalLogin::new(self.sso(), id("company"), START_URL).unwrap()
    }

    pub(crate) fn host(&self, flow: LoginFlow) -> LoginHost {
        LoginHost::new(self.vault.clone(), AtThePage(self.person.clone()))
            .with_clock(Arc::new(self.clock.clone()))
            .with_flow(flow)
    }

    pub(crate) fn person_will(&self, does: Does) {
        *self.person.does.lock().unwrap() = does;
    }

    /// Logs in, as time passes.
    pub(crate) async fn log_in(&self, portal: &PortalLogin, flow: LoginFlow) -> Result<Login, Error> {
        let host = self.host(flow);
        if flow == DeviceCode || *self.person.does.lock().unwrap() == Does::Nothing {
            return self.as_time_passes(portal.log_in(&host)).await;
        }
        // A browser comes back by itself, and must not find the login's five minutes used up.
        tokio::time::timeout(MINUTE, portal.log_in(&host)).await.unwrap()
    }

    /// Awaits something while time goes from one sleeper's moment to the next.
    pub(crate) async fn as_time_passes<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        loop {
            if let Ok(output) = tokio::time::timeout(Duration::from_millis(20), &mut future).await {
                return output;
            }
            self.clock.advance(self.clock.next_wake().unwrap_or_default());
        }
    }

    /// One attempt of the login's session.
    pub(crate) async fn attempt(
        &self,
        portal: &PortalLogin,
        rejected: Option<&Login>,
    ) -> Result<Issued, Error> {
        let rejected = rejected.cloned().map(Grant::from);
        let session = portal.session().clone();
        let request =
            IssueRequest::new(&session, self.clock.now(), &*self.vault).with_rejected(rejected.as_ref());
        portal.issue(&request).await
    }

    pub(crate) fn role(&self, number: usize) -> Session {
        let provider = GetRoleCredentials::new(
            self.sso(),
            id("company"),
            self.account.clone(),
            &format!("Role{number}"),
        );
        Session::new(id(&format!("role-{number}")), provider.unwrap())
    }

    /// How many requests of an action reached the service.
    pub(crate) fn calls(&self, action: &str) -> usize {
        self.requests(action).len()
    }

    /// When the requests of an action came.
    pub(crate) fn requests(&self, action: &str) -> Vec<SystemTime> {
        let all = self.aws.requests();
        all.iter().filter(|request| request.action() == action).map(leapp_testkit::aws::Request::at).collect()
    }

    pub(crate) async fn record(&self) -> Option<String> {
        let record = self.vault.get(&place()).await.unwrap();
        record.map(|record| record.expose().to_owned())
    }

    /// The port that a page comes back to.
    pub(crate) fn port_of_page(&self, number: usize) -> u16 {
        let url = self.person.pages.lock().unwrap()[number].url().expose().to_owned();
        let rest = url.split_once("127.0.0.1%3A").unwrap().1;
        rest.split('%').next().unwrap().parse().unwrap()
    }

    pub(crate) fn pages_shown(&self) -> usize {
        self.person.pages.lock().unwrap().len()
    }
}

/// The person, as a prompt finds them.
#[derive(Debug)]
pub(crate) struct AtThePage(pub(crate) Arc<Person>);

#[async_trait]
impl LoginPrompt for AtThePage {
    async fn show(&self, page: &LoginPage) -> Result<(), Error> {
        let Person { aws, does, pages, .. } = &*self.0;
        pages.lock().unwrap().push(page.clone());
        let does = *does.lock().unwrap();
        let user = if page.start_url == START_URL { "alice" } else { "bob" };
        let url = page.url().expose();
        match (&page.user_code, does) {
            (_, Does::Nothing) => {}
            (Some(user_code), Does::Allow) => aws.approve_device(user_code, user).unwrap(),
            (Some(user_code), Does::Deny) => aws.deny_device(user_code).unwrap(),
            (None, Does::Allow) => {
                let location = aws.approve_authorization(url, user).unwrap();
                self.0.comes_back(location);
            }
            (None, Does::Deny) => self.0.comes_back(aws.deny_authorization(url).unwrap()),
        }
        Ok(())
    }
}

impl Person {
    /// The browser goes where it is sent.
    fn comes_back(self: &Arc<Self>, location: Secret) {
        let person = self.clone();
        std::thread::spawn(move || {
            let answer = get(location.expose());
            person.shown.lock().unwrap().push(answer);
        });
    }
}

/// What a browser is answered.
pub(crate) fn get(url: &str) -> String {
    let (address, target) = split(url);
    ask(&address, &format!("GET {target} HTTP/1.1\r\nhost: {address}\r\n\r\n"))
}

/// Writes bytes and reads to the end; nothing comes of a connection that is refused or cut.
pub(crate) fn ask(address: &str, request: &str) -> String {
    let Ok(mut stream) = TcpStream::connect(address) else { return String::new() };
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let _ = stream.write_all(request.as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

/// The address and the target of an `http` URL.
pub(crate) fn split(url: &str) -> (String, String) {
    let (address, target) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    (address.to_owned(), format!("/{target}"))
}

/// An instance in which a user has so many roles in an account.
pub(crate) fn instance(start_url: &str, account: &AccountId, user: &str, roles: usize) -> IdentityCenterSpec {
    let region = Region::parse("eu-west-1").unwrap();
    let mut spec = IdentityCenterSpec::new(start_url, &region)
        .with_user(user, Secret::new("made up for a test"))
        .with_account(account, "Development", "dev@example.com");
    for number in 0..roles {
        let name = format!("Role{number}");
        spec = spec.with_permission_set(&name, HOUR).with_assignment(user, account, &name);
    }
    spec
}

pub(crate) fn sso(client: SharedHttpClient) -> Sso {
    let region = aws_types::region::Region::from_static("eu-west-1");
    Sso::from_sdk_config(&SdkConfig::builder().region(region).http_client(client).build()).unwrap()
}

pub(crate) fn id(name: &str) -> SessionId {
    SessionId::parse(name).unwrap()
}

pub(crate) fn place() -> VaultKey {
    VaultKey::new(id("company"), VaultItem::PortalLogin)
}
