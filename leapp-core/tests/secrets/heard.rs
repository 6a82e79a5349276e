//! Everything that a host could see, and what of it is secret.

use std::fmt::Debug;

use leapp_core::{Error, IssueRequest, Issued, SessionCredentials, SessionProvider};
use leapp_testkit::leak::{self, Scanner};

/// What was seen, by place.
#[derive(Default)]
pub(crate) struct Heard(Vec<(String, String)>);

impl Heard {
    pub(crate) fn debug<T: Debug + ?Sized>(&mut self, place: &str, value: &T) {
        self.0.push((format!("the Debug of {place}"), leak::debug_of(value)));
    }

    pub(crate) fn error(&mut self, place: &str, error: &Error) {
        self.0.push((format!("the error of {place}"), leak::text_of(error)));
    }

    pub(crate) fn log(&mut self, log: String) {
        self.0.push(("the log".to_owned(), log));
    }

    /// One attempt: its provider, its request and how it ends.
    pub(crate) async fn attempt(
        &mut self,
        place: &str,
        provider: &dyn SessionProvider,
        request: &IssueRequest<'_>,
    ) -> Result<SessionCredentials, Error> {
        self.debug(place, provider);
        self.debug(place, request);
        if let Some(key) = provider.cache_key(request).await.unwrap() {
            self.debug(place, &key);
        }
        let outcome = provider.issue(request).await;
        self.debug(place, &outcome);
        match outcome {
            Ok(Issued::Credentials(set)) => Ok(set),
            Ok(other) => panic!("{place} asks: {other:?}"),
            Err(error) => {
                self.error(place, &error);
                Err(error)
            }
        }
    }

    /// The places where a secret was seen.
    pub(crate) fn leaks(&self, secrets: &[String]) -> Vec<String> {
        let scanner = Scanner::new(secrets);
        let found = self.0.iter().filter_map(|(place, text)| Some((place, scanner.scan(text)?)));
        found.map(|(place, finding)| format!("{place}: {finding}")).collect()
    }
}
