//! The clauses of [`SessionProvider`].

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use leapp_core::{CacheKey, IssueRequest, Issued, SessionCredentials, SessionProvider};

use super::{Clause, ensure, must, scan, settle};
use crate::leak::{self, Scanner};

/// A provider over a service that counts and obeys, such as a fake of the AWS API it calls.
#[async_trait]
pub trait ProviderHarness: Send + Sync {
    /// The provider.
    fn provider(&self) -> &dyn SessionProvider;

    /// A request the service grants, with an answer in it if the provider asks for one.
    ///
    /// Each call gives one that is good for an attempt of its own: an MFA code, say, that was not used before.
    fn request(&self) -> IssueRequest<'_>;

    /// A request the provider must answer with a challenge. `None` declares that this kind never asks.
    fn unanswered(&self) -> Option<IssueRequest<'_>>;

    /// How many calls have reached the service.
    fn calls(&self) -> usize;

    /// Makes the service give this expiration, in whole seconds, from the next call on.
    fn expire_at(&self, expiration: SystemTime);

    /// Makes the service refuse the next call that reaches it, as a retry would repair: throttling, say, or a 500.
    fn fail_next(&self);

    /// Providers and requests that differ from [`provider`](Self::provider) and [`request`](Self::request) in one input each.
    ///
    /// One for every input that changes which set the service gives: role, policy, tags, duration, the access key in the vault.
    /// An empty list declares that sets of this kind are never kept ([`cache_key`](SessionProvider::cache_key) is `None`).
    fn variants(&self) -> Vec<Variant<'_>>;

    /// Every secret the provider is given and obtains: access keys, session tokens, codes, assertions.
    fn secrets(&self) -> Vec<String>;
}

/// A provider and a request that differ in one input from those of a [`ProviderHarness`].
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "harnesses build it, and every field must be given")]
pub struct Variant<'a> {
    /// The input that differs, for the message.
    pub input: &'static str,
    /// The provider.
    pub provider: &'a dyn SessionProvider,
    /// Its request.
    pub request: IssueRequest<'a>,
}

/// Every clause of the contract.
pub const CLAUSES: &[Clause<dyn ProviderHarness>] = crate::__provider_clauses!(__clause_table);

/// Makes one test of each clause of [`SessionProvider`], given what makes a
/// [`ProviderHarness`]: a function or a closure.
#[macro_export]
macro_rules! provider_tests {
    ($open:expr $(,)?) => {
        $crate::__provider_clauses!(__clause_tests provider $open);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __provider_clauses {
    ($then:ident $($rest:tt)*) => {
        $crate::$then! { [
            one_attempt expiration_is_the_services asks_before_it_calls source_is_stable cache_key_covers_the_inputs
            secrets_stay_hidden
        ] $($rest)* }
    };
}

/// *`issue` calls the service at most once. It does not retry, cache or sleep.*
///
/// # Panics
/// When the provider breaks the clause.
pub async fn one_attempt(subject: Arc<dyn ProviderHarness>) {
    let verdict = async {
        for attempt in ["the first attempt", "the second attempt"] {
            let before = subject.calls();
            granted(&*subject).await?;
            let calls = subject.calls() - before;
            ensure!(calls == 1, "{attempt} made {calls} calls to the service, where it should make one");
        }
        let before = subject.calls();
        subject.fail_next();
        let outcome = subject.provider().issue(&subject.request()).await;
        let calls = subject.calls() - before;
        ensure!(
            calls == 1,
            "an attempt that the service refuses made {calls} calls, where it should make one"
        );
        ensure!(outcome.is_err(), "an attempt that the service refuses succeeds");
        Ok(())
    };
    settle("provider", "one attempt", verdict.await);
}

/// *The set expires when the service said, not when this machine computed.*
///
/// # Panics
/// When the provider breaks the clause.
pub async fn expiration_is_the_services(subject: Arc<dyn ProviderHarness>) {
    let verdict = async {
        // Neither is a lifetime anybody would ask for, and the second is shorter than any.
        for lifetime in [4321, 77] {
            let now = subject.request().now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            let expiration = SystemTime::UNIX_EPOCH + Duration::from_secs(now.as_secs() + lifetime);
            subject.expire_at(expiration);
            let set = granted(&*subject).await?;
            ensure!(
                set.expiration() == expiration,
                "the service said {expiration:?}, and the set says {:?}",
                set.expiration()
            );
        }
        Ok(())
    };
    settle("provider", "expiration is the service's", verdict.await);
}

/// *When an answer is needed and none is given, it returns the challenge without calling the service.*
///
/// # Panics
/// When the provider breaks the clause.
pub async fn asks_before_it_calls(subject: Arc<dyn ProviderHarness>) {
    let verdict = async {
        let Some(request) = subject.unanswered() else { return Ok(()) };
        let before = subject.calls();
        match must("an attempt without the answer", subject.provider().issue(&request).await)? {
            Issued::Challenge(challenge) => {
                let session = &challenge.session;
                ensure!(
                    session == request.session,
                    "the challenge names session `{session}`, which is not the request's"
                );
            }
            _ => return Err("an attempt without the answer gives credentials".into()),
        }
        let calls = subject.calls() - before;
        ensure!(calls == 0, "it made {calls} calls to the service before it asked");
        Ok(())
    };
    settle("provider", "asks before it calls", verdict.await);
}

/// *`source` gives the same answer for the life of the value.*
///
/// # Panics
/// When the provider breaks the clause.
pub async fn source_is_stable(subject: Arc<dyn ProviderHarness>) {
    let verdict = async {
        let first = subject.provider().source().cloned();
        let still = |when: &str| {
            let now = subject.provider().source().cloned();
            ensure!(now == first, "the source is {now:?} {when}, and was {first:?}");
            Ok(())
        };
        still("at the second look")?;
        granted(&*subject).await?;
        still("after an attempt")?;
        subject.fail_next();
        // Whether it fails is another clause's matter.
        drop(subject.provider().issue(&subject.request()).await);
        still("after a refused attempt")
    };
    settle("provider", "source is stable", verdict.await);
}

/// *Two values that would ask for different sets never have the same `cache_key`.*
///
/// # Panics
/// When the provider breaks the clause.
pub async fn cache_key_covers_the_inputs(subject: Arc<dyn ProviderHarness>) {
    let verdict = async {
        let key = key_of(subject.provider(), &subject.request()).await?;
        let again = key_of(subject.provider(), &subject.request()).await?;
        ensure!(key == again, "the same inputs have two cache keys, so that no set is ever reused");
        let variants = subject.variants();
        ensure!(
            key.is_none() || !variants.is_empty(),
            "sets are kept, and the harness declares that they never are"
        );
        let mut known = vec![("nothing", key)];
        for Variant { input, provider, request } in variants {
            let key = key_of(provider, &request).await?;
            let same = known.iter().find(|(_, other)| key.is_some() && *other == key);
            if let Some((other, _)) = same {
                return Err(format!("changing `{input}` gives the cache key that changing `{other}` gives"));
            }
            known.push((input, key));
        }
        Ok(())
    };
    settle("provider", "cache key covers the inputs", verdict.await);
}

/// *Neither `Debug`, nor an error, nor a log line holds a secret or a part of it.* Nor does the cache key, which is kept.
///
/// # Panics
/// When the provider breaks the clause.
pub async fn secrets_stay_hidden(subject: Arc<dyn ProviderHarness>) {
    let scanner = Scanner::new(subject.secrets());
    let (verdict, logs) = leak::capture_logs_async(async {
        granted(&*subject).await?;
        scan("its Debug", scanner.scan(leak::debug_of(subject.provider())))?;
        if let Some(key) = key_of(subject.provider(), &subject.request()).await? {
            scan("its cache key", scanner.scan(key.as_str()))?;
        }
        subject.fail_next();
        if let Err(error) = subject.provider().issue(&subject.request()).await {
            scan("an error", scanner.scan_error(&error))?;
        }
        if let Some(request) = subject.unanswered() {
            let asked = must("an attempt without the answer", subject.provider().issue(&request).await)?;
            scan("a challenge", scanner.scan(leak::debug_of(&asked)))?;
        }
        Ok(())
    })
    .await;
    settle("provider", "secrets stay hidden", verdict.and_then(|()| scan("its log", scanner.scan(logs))));
}

async fn granted(subject: &dyn ProviderHarness) -> Result<SessionCredentials, String> {
    match must("an attempt", subject.provider().issue(&subject.request()).await)? {
        Issued::Credentials(set) => Ok(set),
        _ => Err("a request that needs no answer, or has it, is answered with a challenge".into()),
    }
}

async fn key_of(
    provider: &dyn SessionProvider,
    request: &IssueRequest<'_>,
) -> Result<Option<CacheKey>, String> {
    must("the cache key", provider.cache_key(request).await)
}
