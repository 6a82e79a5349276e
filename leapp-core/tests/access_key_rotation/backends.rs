//! Vaults and HTTP clients that stop, refuse or lie where a test wants them to.

use std::future::pending;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use std::time::Duration;

use async_trait::async_trait;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use leapp_core::{Error, ErrorKind, MemoryVault, Secret, Vault, VaultKey};
use leapp_testkit::aws::{FakeAws, Fault};
use leapp_testkit::clock::ManualClock;
use tokio::sync::Notify;

/// On which side of an operation something happens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum When {
    Before,
    After,
}

/// Counts the operations of vault and network together, and stops at one as a process does that is killed.
#[derive(Debug)]
pub(crate) struct Stop {
    at: usize,
    when: When,
    count: AtomicUsize,
    pub(crate) stopped: Notify,
}

impl Stop {
    pub(crate) fn new(at: usize, when: When) -> Arc<Self> {
        Arc::new(Self { at, when, count: AtomicUsize::new(0), stopped: Notify::new() })
    }

    async fn pass<T>(&self, operation: impl Future<Output = T>) -> T {
        let is_it = self.count.fetch_add(1, Ordering::SeqCst) == self.at;
        if is_it && self.when == When::Before {
            return self.stop().await;
        }
        let outcome = operation.await;
        if is_it { self.stop().await } else { outcome }
    }

    async fn stop<T>(&self) -> T {
        self.stopped.notify_one();
        pending().await
    }
}

#[derive(Debug)]
pub(crate) struct StoppingVault(pub(crate) Arc<MemoryVault>, pub(crate) Arc<Stop>);

#[async_trait]
impl Vault for StoppingVault {
    async fn put(&self, key: &VaultKey, secret: &Secret) -> Result<(), Error> {
        self.1.pass(self.0.put(key, secret)).await
    }

    async fn get(&self, key: &VaultKey) -> Result<Option<Secret>, Error> {
        self.1.pass(self.0.get(key)).await
    }

    async fn delete(&self, key: &VaultKey) -> Result<(), Error> {
        self.1.pass(self.0.delete(key)).await
    }
}

/// What happens around each request.
#[derive(Clone, Debug)]
enum Around {
    Fault(Arc<Faulty>),
    /// `CreateAccessKey` is done, and told in another way.
    Create(Created, Kept),
    /// The answers are without a date.
    NoDate,
    /// The secrets that IAM told are noted.
    Overheard(Arc<Mutex<Vec<String>>>),
    /// The answers to one action have other words.
    Rewrite(&'static str, Rewritten),
    Stop(Arc<Stop>),
    /// As many deletions are refused yet, as by an IAM that gets to know a key later than STS does.
    Unknown(Arc<AtomicUsize>),
}

type Rewritten = fn(&str) -> String;

/// What becomes of a `CreateAccessKey`.
#[derive(Clone, Debug)]
pub(crate) enum Created {
    /// Its time is over before IAM gets to it.
    Late(ManualClock),
    /// The network goes down on the open connection, before the answer.
    NetworkDown,
    /// Somebody on the way sends it again, and hands on the second answer.
    Twice,
}

/// The request that IAM gets to when its caller has gone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept(Arc<Mutex<Option<(SharedHttpConnector, HttpRequest)>>>);

impl Kept {
    pub(crate) async fn deliver(&self) {
        let (inner, request) = self.0.lock().unwrap().take().unwrap();
        assert!(inner.call(request).await.unwrap().status().is_success());
    }
}

#[derive(Clone, Debug)]
struct Http<T>(T, Around);

pub(crate) fn creating(http: SharedHttpClient, how: Created, kept: Kept) -> SharedHttpClient {
    SharedHttpClient::new(Http(http, Around::Create(how, kept)))
}

pub(crate) fn undated(http: SharedHttpClient) -> SharedHttpClient {
    SharedHttpClient::new(Http(http, Around::NoDate))
}

pub(crate) fn rewriting(
    http: SharedHttpClient,
    action: &'static str,
    rewritten: Rewritten,
) -> SharedHttpClient {
    SharedHttpClient::new(Http(http, Around::Rewrite(action, rewritten)))
}

pub(crate) fn stopping(http: SharedHttpClient, stop: Arc<Stop>) -> SharedHttpClient {
    SharedHttpClient::new(Http(http, Around::Stop(stop)))
}

pub(crate) fn late_iam(http: SharedHttpClient, refusals: usize) -> SharedHttpClient {
    SharedHttpClient::new(Http(http, Around::Unknown(Arc::new(AtomicUsize::new(refusals)))))
}

pub(crate) fn overheard(http: SharedHttpClient, secrets: Arc<Mutex<Vec<String>>>) -> SharedHttpClient {
    SharedHttpClient::new(Http(http, Around::Overheard(secrets)))
}

fn unknown_key() -> HttpResponse {
    const DOCUMENT: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>The security \
                            token included in the request is invalid.</Message></Error></ErrorResponse>";
    HttpResponse::new(403.try_into().unwrap(), SdkBody::from(DOCUMENT))
}

/// Makes requests for one action fail, from one of them on.
#[derive(Debug)]
pub(crate) struct Faulty {
    pub(crate) aws: FakeAws,
    pub(crate) action: &'static str,
    pub(crate) fault: Fault,
    /// How many of them go well before.
    pub(crate) from: usize,
    pub(crate) times: usize,
    pub(crate) count: AtomicUsize,
}

pub(crate) fn faulty(faulty: Faulty) -> SharedHttpClient {
    SharedHttpClient::new(Http(faulty.aws.http_client(), Around::Fault(Arc::new(faulty))))
}

fn is_for(request: &HttpRequest, action: &str) -> bool {
    request.body().bytes().unwrap_or_default().starts_with(format!("Action={action}&").as_bytes())
}

impl Faulty {
    fn prepare(&self, request: &HttpRequest) {
        if is_for(request, self.action) {
            let count = self.count.fetch_add(1, Ordering::SeqCst);
            if (self.from..self.from.saturating_add(self.times)).contains(&count) {
                self.aws.fail_next_of(self.action, self.fault, 1);
            }
        }
    }
}

impl HttpClient for Http<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Http(self.0.http_connector(settings, components), self.1.clone()))
    }
}

impl HttpConnector for Http<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Self(inner, around) = self.clone();
        HttpConnectorFuture::new(async move {
            match around {
                Around::Fault(faulty) => {
                    faulty.prepare(&request);
                    inner.call(request).await
                }
                Around::Create(how, kept) if is_for(&request, "CreateAccessKey") => match how {
                    Created::Late(clock) => {
                        clock.advance(Duration::from_secs(20));
                        *kept.0.lock().unwrap() = Some((inner, request));
                        Err(ConnectorError::timeout("no answer".into()))
                    }
                    Created::NetworkDown => {
                        inner.call(request).await?;
                        Err(ConnectorError::io(std::io::Error::from(std::io::ErrorKind::NetworkDown).into()))
                    }
                    Created::Twice => {
                        let again = request.try_clone().unwrap();
                        inner.call(request).await?;
                        inner.call(again).await
                    }
                },
                Around::NoDate => {
                    let mut response = inner.call(request).await?;
                    response.headers_mut().remove("date");
                    Ok(response)
                }
                Around::Rewrite(action, rewritten) if is_for(&request, action) => {
                    let response = inner.call(request).await?;
                    let text = std::str::from_utf8(response.body().bytes().unwrap()).unwrap();
                    Ok(HttpResponse::new(response.status(), SdkBody::from(rewritten(text))))
                }
                Around::Overheard(secrets) => {
                    let response = inner.call(request).await?;
                    let text =
                        String::from_utf8_lossy(response.body().bytes().unwrap_or_default()).into_owned();
                    for part in text.split("<SecretAccessKey>").skip(1) {
                        secrets.lock().unwrap().extend(part.split('<').next().map(str::to_owned));
                    }
                    Ok(response)
                }
                Around::Unknown(left) if is_for(&request, "DeleteAccessKey") => {
                    let one_less = |left: usize| left.checked_sub(1);
                    match left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less) {
                        Ok(_) => Ok(unknown_key()),
                        Err(_) => inner.call(request).await,
                    }
                }
                Around::Create(..) | Around::Rewrite(..) | Around::Unknown(_) => inner.call(request).await,
                Around::Stop(stop) => stop.pass(async { inner.call(request).await }).await,
            }
        })
    }
}

/// Refuses operations from one on, before or after they are carried out.
#[derive(Debug)]
pub(crate) struct Refusing {
    pub(crate) vault: Arc<MemoryVault>,
    pub(crate) from: usize,
    pub(crate) times: usize,
    pub(crate) when: When,
    pub(crate) count: AtomicUsize,
}

impl Refusing {
    async fn pass<T>(&self, operation: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let count = self.count.fetch_add(1, Ordering::SeqCst);
        let refusal = || Err(Error::new(ErrorKind::Locked, "the vault is locked"));
        if !(self.from..self.from.saturating_add(self.times)).contains(&count) {
            return operation.await;
        }
        if self.when == When::After {
            operation.await?;
        }
        refusal()
    }
}

#[async_trait]
impl Vault for Refusing {
    async fn put(&self, key: &VaultKey, secret: &Secret) -> Result<(), Error> {
        self.pass(self.vault.put(key, secret)).await
    }

    async fn get(&self, key: &VaultKey) -> Result<Option<Secret>, Error> {
        self.pass(self.vault.get(key)).await
    }

    async fn delete(&self, key: &VaultKey) -> Result<(), Error> {
        self.pass(self.vault.delete(key)).await
    }
}

/// How a vault breaks its promises about the access key's item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Lie {
    /// It says that it took the new one, and keeps the old one.
    Keeps,
    /// Half of the new one is all that is left, and it takes nothing more.
    Tears,
    /// The same, and then it is well again.
    TearsOnce,
}

#[derive(Debug)]
pub(crate) struct Lying {
    pub(crate) vault: Arc<MemoryVault>,
    pub(crate) lie: Lie,
    pub(crate) has_torn: AtomicBool,
}

impl Lying {
    pub(crate) fn new(vault: Arc<MemoryVault>, lie: Lie) -> Self {
        Self { vault, lie, has_torn: AtomicBool::new(false) }
    }
}

#[async_trait]
impl Vault for Lying {
    async fn put(&self, key: &VaultKey, secret: &Secret) -> Result<(), Error> {
        let full = || Err(Error::new(ErrorKind::Unavailable, "the disk is full"));
        if key.item() != leapp_core::VaultItem::AccessKey {
            return self.vault.put(key, secret).await;
        }
        match (self.lie, self.has_torn.swap(true, Ordering::SeqCst)) {
            (Lie::Keeps, _) => Ok(()),
            (Lie::Tears | Lie::TearsOnce, false) => {
                self.vault.put(key, &Secret::new(&secret.expose()[..30])).await?;
                full()
            }
            (Lie::Tears, true) => full(),
            (Lie::TearsOnce, true) => self.vault.put(key, secret).await,
        }
    }

    async fn get(&self, key: &VaultKey) -> Result<Option<Secret>, Error> {
        self.vault.get(key).await
    }

    async fn delete(&self, key: &VaultKey) -> Result<(), Error> {
        self.vault.delete(key).await
    }
}

/// Has no room for what a rotation keeps once it knows a second secret.
#[derive(Debug)]
pub(crate) struct OneNote(pub(crate) Arc<MemoryVault>);

#[async_trait]
impl Vault for OneNote {
    async fn put(&self, key: &VaultKey, secret: &Secret) -> Result<(), Error> {
        if key.item() == leapp_core::VaultItem::AccessKeyRotation && self.0.get(key).await?.is_some() {
            return Err(Error::new(ErrorKind::TooLarge, "there is no room for it"));
        }
        self.0.put(key, secret).await
    }

    async fn get(&self, key: &VaultKey) -> Result<Option<Secret>, Error> {
        self.0.get(key).await
    }

    async fn delete(&self, key: &VaultKey) -> Result<(), Error> {
        self.0.delete(key).await
    }
}

/// Asks a person, who takes a minute, before it takes its first item.
#[derive(Debug)]
pub(crate) struct Asking {
    pub(crate) vault: Arc<MemoryVault>,
    pub(crate) clock: ManualClock,
    pub(crate) is_open: AtomicBool,
}

#[async_trait]
impl Vault for Asking {
    async fn put(&self, key: &VaultKey, secret: &Secret) -> Result<(), Error> {
        if !self.is_open.swap(true, Ordering::SeqCst) {
            self.clock.advance(Duration::from_secs(60));
        }
        self.vault.put(key, secret).await
    }

    async fn get(&self, key: &VaultKey) -> Result<Option<Secret>, Error> {
        self.vault.get(key).await
    }

    async fn delete(&self, key: &VaultKey) -> Result<(), Error> {
        self.vault.delete(key).await
    }
}
