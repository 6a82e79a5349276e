//! Each clause of the provider's suite rejects a provider that breaks it.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed test says where")]

mod sabotage_support;

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use leapp_core::{
    AccessKeyId, Answer, CacheKey, Challenge, Error, ErrorKind, IssueRequest, Issued, MemoryVault, Principal,
    Refresh, Secret, SerialNumber, SessionCredentials, SessionId, SessionKind, SessionProvider, TokenCode,
};
use leapp_testkit::conformance::provider::{CLAUSES, ProviderHarness, Variant};
use sabotage_support::Saboteur;

const SECRET: &str = "hunter2-hunter2";

#[derive(Clone, Copy, Debug, PartialEq)]
enum How {
    KeepsTheContract,
    Retries,
    Caches,
    CallsTwice,
    SwallowsRefusals,
    ComputesTheExpiration,
    CapsTheExpiration,
    CallsBeforeItAsks,
    NeverAsks,
    AsksForAnother,
    LosesItsSource,
    IgnoresTheRole,
    IgnoresTheDuration,
    HasAnotherKeyEachTime,
    PrintsInDebug,
    TellsInErrors,
    PutsTheSecretInTheKey,
    Logs,
}

/// A service that counts and obeys.
#[derive(Debug)]
struct Service {
    calls: AtomicUsize,
    refuses: AtomicBool,
    expiration: Mutex<SystemTime>,
}

struct Provider {
    how: How,
    service: Arc<Service>,
    role: &'static str,
    duration: u64,
    source: SessionId,
    attempts: AtomicUsize,
    kept: Mutex<Option<SessionCredentials>>,
}

struct Harness {
    provider: Provider,
    other_role: Provider,
    other_duration: Provider,
    session: SessionId,
    vault: MemoryVault,
    answer: Answer,
}

impl Service {
    fn call(&self) -> Result<SessionCredentials, Error> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        if self.refuses.swap(false, Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::Throttled, "the service refuses a call"));
        }
        Ok(set(*self.expiration.lock().unwrap()))
    }
}

impl Provider {
    fn new(how: How, service: &Arc<Service>, role: &'static str, duration: u64) -> Self {
        let (service, source) = (Arc::clone(service), SessionId::parse("source").unwrap());
        Self { how, service, role, duration, source, attempts: AtomicUsize::new(0), kept: Mutex::default() }
    }

    fn challenge(&self, request: &IssueRequest<'_>) -> Issued {
        let session = if self.how == How::AsksForAnother { &self.source } else { request.session };
        let serial = SerialNumber::parse("arn:aws:iam::123456789012:mfa/alice").unwrap();
        Issued::Challenge(Challenge::token_code(session.clone(), serial))
    }

    fn attempt(&self, request: &IssueRequest<'_>) -> Result<SessionCredentials, Error> {
        let first = self.service.call();
        match (self.how, first) {
            (How::CallsTwice, Ok(_)) => self.service.call(),
            (How::Retries, Err(_)) => self.service.call(),
            (How::SwallowsRefusals, Err(_)) => Ok(set(request.now)),
            (How::TellsInErrors, Err(error)) => {
                Err(error.with_source(format!("request signed with {SECRET}")))
            }
            (How::ComputesTheExpiration, Ok(_)) => Ok(set(request.now + Duration::from_secs(4321))),
            (How::CapsTheExpiration, Ok(found)) => {
                Ok(set(found.expiration().max(request.now + Duration::from_secs(900))))
            }
            (_, outcome) => outcome,
        }
    }
}

#[async_trait]
impl SessionProvider for Provider {
    fn source(&self) -> Option<&SessionId> {
        let lost = self.how == How::LosesItsSource && self.attempts.load(Ordering::Relaxed) > 0;
        (!lost).then_some(&self.source)
    }

    fn kind(&self) -> SessionKind {
        SessionKind::new("Toy", Principal::User, Refresh::Reuse)
    }

    async fn cache_key(&self, _: &IssueRequest<'_>) -> Result<Option<CacheKey>, Error> {
        let role = if self.how == How::IgnoresTheRole { "any" } else { self.role };
        let duration = if self.how == How::IgnoresTheDuration { 0 } else { self.duration };
        let extra = match self.how {
            How::HasAnotherKeyEachTime => self.attempts.fetch_add(1, Ordering::Relaxed).to_string(),
            How::PutsTheSecretInTheKey => SECRET.to_owned(),
            _ => String::new(),
        };
        Ok(Some(CacheKey::of([role, &duration.to_string(), &extra])))
    }

    async fn issue(&self, request: &IssueRequest<'_>) -> Result<Issued, Error> {
        self.attempts.fetch_add(1, Ordering::Relaxed);
        if request.answer.is_none() && self.how != How::NeverAsks {
            if self.how == How::CallsBeforeItAsks {
                self.service.call()?;
            }
            return Ok(self.challenge(request));
        }
        if self.how == How::Logs {
            tracing::info!("signing with {:?}", SECRET.as_bytes());
        }
        let kept = self.kept.lock().unwrap().clone();
        if let (How::Caches, Some(kept)) = (self.how, kept) {
            return Ok(Issued::Credentials(kept));
        }
        let found = self.attempt(request)?;
        *self.kept.lock().unwrap() = Some(found.clone());
        Ok(Issued::Credentials(found))
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = if self.how == How::PrintsInDebug { SECRET } else { "redacted" };
        f.debug_struct("Provider").field("secret", &shown).finish_non_exhaustive()
    }
}

impl Harness {
    fn open(how: How) -> Arc<dyn ProviderHarness> {
        let service = Arc::new(Service {
            calls: AtomicUsize::new(0),
            refuses: AtomicBool::new(false),
            expiration: Mutex::new(now() + Duration::from_secs(3600)),
        });
        Arc::new(Self {
            provider: Provider::new(how, &service, "reader", 900),
            other_role: Provider::new(how, &service, "writer", 900),
            other_duration: Provider::new(how, &service, "reader", 901),
            session: SessionId::parse("toy").unwrap(),
            vault: MemoryVault::new(),
            answer: Answer::TokenCode(TokenCode::parse("492039").unwrap()),
        })
    }
}

impl ProviderHarness for Harness {
    fn provider(&self) -> &dyn SessionProvider {
        &self.provider
    }

    fn request(&self) -> IssueRequest<'_> {
        IssueRequest::new(&self.session, now(), &self.vault).with_answer(Some(&self.answer))
    }

    fn unanswered(&self) -> Option<IssueRequest<'_>> {
        Some(IssueRequest::new(&self.session, now(), &self.vault))
    }

    fn calls(&self) -> usize {
        self.provider.service.calls.load(Ordering::Relaxed)
    }

    fn expire_at(&self, expiration: SystemTime) {
        *self.provider.service.expiration.lock().unwrap() = expiration;
    }

    fn fail_next(&self) {
        self.provider.service.refuses.store(true, Ordering::Relaxed);
    }

    fn variants(&self) -> Vec<Variant<'_>> {
        vec![
            Variant { input: "role", provider: &self.other_role, request: self.request() },
            Variant { input: "duration", provider: &self.other_duration, request: self.request() },
        ]
    }

    fn secrets(&self) -> Vec<String> {
        vec![SECRET.into(), "492039".into()]
    }
}

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000)
}

fn set(expiration: SystemTime) -> SessionCredentials {
    let id = AccessKeyId::parse("ASIAIOSFODNN7EXAMPLE").unwrap();
    SessionCredentials::new(id, Secret::new(SECRET), Secret::new(SECRET), expiration).unwrap()
}

fn saboteurs() -> Vec<Saboteur<dyn ProviderHarness>> {
    [
        ("one_attempt", How::Retries),
        ("one_attempt", How::Caches),
        ("one_attempt", How::CallsTwice),
        ("one_attempt", How::SwallowsRefusals),
        ("expiration_is_the_services", How::ComputesTheExpiration),
        ("expiration_is_the_services", How::CapsTheExpiration),
        ("asks_before_it_calls", How::CallsBeforeItAsks),
        ("asks_before_it_calls", How::NeverAsks),
        ("asks_before_it_calls", How::AsksForAnother),
        ("source_is_stable", How::LosesItsSource),
        ("cache_key_covers_the_inputs", How::IgnoresTheRole),
        ("cache_key_covers_the_inputs", How::IgnoresTheDuration),
        ("cache_key_covers_the_inputs", How::HasAnotherKeyEachTime),
        ("secrets_stay_hidden", How::PrintsInDebug),
        ("secrets_stay_hidden", How::TellsInErrors),
        ("secrets_stay_hidden", How::PutsTheSecretInTheKey),
        ("secrets_stay_hidden", How::Logs),
    ]
    .map(|(clause, how)| Saboteur::new(clause, how, Harness::open(how)))
    .into()
}

#[test]
fn clauses_are_the_contracts() {
    sabotage_support::clauses_are_the_contracts(CLAUSES, include_str!("../../leapp-core/src/provider.rs"));
}

#[test]
fn every_saboteur_is_rejected() {
    sabotage_support::every_saboteur_is_rejected(CLAUSES, saboteurs());
}

#[test]
fn a_provider_that_keeps_the_contract_passes() {
    sabotage_support::passes(CLAUSES, || Harness::open(How::KeepsTheContract));
}
