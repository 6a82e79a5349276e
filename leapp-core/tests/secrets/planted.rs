//! A careless provider is caught by what the other tests look with.

use std::fmt;
use std::time::SystemTime;

use async_trait::async_trait;
use leapp_core::{
    Error, ErrorKind, IssueRequest, Issued, MemoryVault, Principal, Refresh, Secret, SessionKind,
    SessionProvider,
};
use leapp_testkit::leak::capture_logs_async;

use crate::heard::Heard;
use crate::scene::alice;

const PLANTED: &str = "IQoJb3Jplanted/session+token==";

/// Tells its secret wherever it is told to.
struct Careless {
    secret: Secret,
    in_debug: bool,
    in_error: bool,
    in_log: bool,
}

impl fmt::Debug for Careless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = if self.in_debug { self.secret.expose() } else { "redacted" };
        f.debug_struct("Careless").field("secret", &shown).finish_non_exhaustive()
    }
}

#[async_trait]
impl SessionProvider for Careless {
    fn kind(&self) -> SessionKind {
        SessionKind::new("Careless", Principal::User, Refresh::Reuse)
    }

    async fn issue(&self, _: &IssueRequest<'_>) -> Result<Issued, Error> {
        if self.in_log {
            tracing::trace!(token = self.secret.expose(), "a call");
        }
        let error = Error::new(ErrorKind::Service, "the service did not understand");
        // Two causes down, where only a walk of the whole chain finds it.
        let cause = if self.in_error { self.secret.expose().to_owned() } else { "no cause".to_owned() };
        Err(error.with_source(Error::new(ErrorKind::Service, "an answer that is none").with_source(cause)))
    }
}

async fn leaks(in_debug: bool, in_error: bool, in_log: bool) -> Vec<String> {
    let provider = Careless { secret: Secret::new(PLANTED), in_debug, in_error, in_log };
    let (session, vault, mut heard) = (alice(), MemoryVault::new(), Heard::default());
    let request = IssueRequest::new(&session, SystemTime::UNIX_EPOCH, &vault);
    let (outcome, log) = capture_logs_async(heard.attempt("a careless one", &provider, &request)).await;
    assert!(outcome.is_err());
    heard.log(log);
    let leaks = heard.leaks(&[PLANTED.to_owned()]);
    leaks.into_iter().map(|leak| leak.split(':').next().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn a_leak_is_found_where_it_is_and_nowhere_else() {
    let none: [&str; 0] = [];
    assert_eq!(leaks(false, false, false).await, none);
    assert_eq!(leaks(true, false, false).await, ["the Debug of a careless one"]);
    assert_eq!(leaks(false, false, true).await, ["the log"]);
    // The outcome's Debug prints its causes too.
    assert_eq!(
        leaks(false, true, false).await,
        ["the Debug of a careless one", "the error of a careless one"]
    );
}
