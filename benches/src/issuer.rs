//! A source of credentials that answers at once.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, future};
use leapp_core::{
    AccessKeyId, Clock, Error, IssueRequest, Issued, Principal, Refresh, Secret, SessionCredentials,
    SessionKind, SessionProvider,
};

/// How long a set lasts: what AssumeRole gives by default.
pub const LIFETIME: Duration = Duration::from_secs(3600);
/// About what STS gives; longer ones cost no hit more, as nobody may copy them.
const SESSION_TOKEN_BYTES: usize = 800;

/// Gives numbered sets, as a session's provider and as an SDK provider. Clones count together.
#[derive(Clone)]
pub struct Issuer {
    issued: Arc<AtomicU64>,
    clock: Arc<dyn Clock>,
}

impl Issuer {
    /// An issuer whose first set is number 1.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { issued: Arc::default(), clock }
    }

    /// The access key id of the `number`th set. Later ones sort behind earlier ones.
    pub fn id(number: u64) -> String {
        format!("ASIA{number:016}")
    }

    /// The access key id of the latest set.
    pub fn latest_id(&self) -> String {
        Self::id(self.issued.load(Ordering::SeqCst))
    }

    fn next_id(&self) -> String {
        Self::id(self.issued.fetch_add(1, Ordering::SeqCst) + 1)
    }

    fn next(&self, now: SystemTime) -> Result<SessionCredentials, Error> {
        let (secret_access_key, session_token) = secrets();
        SessionCredentials::new(
            AccessKeyId::parse(&self.next_id())?,
            Secret::new(secret_access_key),
            Secret::new(session_token),
            now + LIFETIME,
        )
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer").field("issued", &self.issued).finish_non_exhaustive()
    }
}

#[async_trait]
impl SessionProvider for Issuer {
    fn kind(&self) -> SessionKind {
        SessionKind::new("Bench", Principal::Role, Refresh::Rotate)
    }

    async fn issue(&self, request: &IssueRequest<'_>) -> Result<Issued, Error> {
        self.next(request.now).map(Issued::Credentials)
    }
}

impl ProvideCredentials for Issuer {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let (secret_access_key, session_token) = secrets();
        let expiration = self.clock.now() + LIFETIME;
        future::ProvideCredentials::ready(Ok(Credentials::new(
            self.next_id(),
            secret_access_key,
            Some(session_token),
            Some(expiration),
            "bench",
        )))
    }
}

fn secrets() -> (String, String) {
    ("k".repeat(40), "t".repeat(SESSION_TOKEN_BYTES))
}
