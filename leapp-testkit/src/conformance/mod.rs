//! What every backend promises, as tests that anybody who writes one can run.
//!
//! One module a contract: [`vault`], [`sink`], [`provider`], [`responder`], [`clock`],
//! [`coordinator`]. Each holds one function a clause of
//! the trait's `# Contract`, of the same name, and a list of them all. A clause panics, naming itself, when the backend
//! breaks it. The macros [`vault_tests!`](crate::vault_tests), [`sink_tests!`](crate::sink_tests),
//! [`provider_tests!`](crate::provider_tests), [`responder_tests!`](crate::responder_tests),
//! [`clock_tests!`](crate::clock_tests) and [`coordinator_tests!`](crate::coordinator_tests) make one test of each clause, so that each passes or fails alone:
//!
//! ```
//! # #[cfg(test)]
//! mod memory {
//!     leapp_testkit::vault_tests!(leapp_core::MemoryVault::new);
//! }
//! ```
//!
//! The suites use made-up secrets and names that no other run uses, read nothing that they did not write, and take
//! away what they made, so that they can share a real keychain with a person and with each other.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::leak::Finding;

pub mod clock;
pub mod coordinator;
mod made_up;
pub mod provider;
pub mod responder;
pub mod sink;
mod sink_entry;
mod sink_harness;
mod sink_watch;
pub mod vault;

type Running = Pin<Box<dyn Future<Output = ()>>>;

/// One clause of a contract: its name and how to try it on a subject.
#[non_exhaustive]
pub struct Clause<T: ?Sized> {
    /// The function's name, which is the clause's with `_` for spaces.
    pub name: &'static str,
    run: fn(Arc<T>) -> Running,
}

impl<T: ?Sized> Clause<T> {
    /// Names a clause and says how it is run.
    pub const fn new(name: &'static str, run: fn(Arc<T>) -> Running) -> Self {
        Self { name, run }
    }

    /// Tries it on a subject.
    ///
    /// # Panics
    /// When the subject breaks the clause.
    pub async fn run(&self, subject: Arc<T>) {
        (self.run)(subject).await;
    }
}

impl<T: ?Sized> fmt::Debug for Clause<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clause").field(&self.name).finish()
    }
}

/// Runs a future to its end, on a runtime of its own with timers, loopback and a second thread.
///
/// # Panics
/// When the machine gives no thread, and when the future panics.
pub fn block_on<F: Future>(future: F) -> F::Output {
    match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime.block_on(future),
        Err(error) => panic!("cannot start a runtime: {error}"),
    }
}

/// Opens a subject within a runtime and tries one clause on it.
///
/// # Panics
/// When the subject breaks the clause.
pub fn check<T, F: Future<Output = ()>>(open: impl FnOnce() -> T, clause: impl FnOnce(Arc<T>) -> F) {
    block_on(async { clause(Arc::new(open())).await });
}

/// What a clause's body says: `Err` holds how the contract is broken.
type Verdict = Result<(), String>;

/// Panics on a broken clause, naming it as the contract does.
fn settle(subject: &str, clause: &str, verdict: Verdict) {
    if let Err(how) = verdict {
        panic!("the {subject} breaks \"{clause}\": {how}");
    }
}

/// Turns an error that the contract does not allow here into a verdict.
fn must<T, E: fmt::Display>(what: impl fmt::Display, result: Result<T, E>) -> Result<T, String> {
    result.map_err(|error| format!("{what} failed: {error}"))
}

/// Turns a leak into a verdict.
fn scan(place: &str, finding: Option<Finding>) -> Verdict {
    finding.map_or(Ok(()), |finding| Err(format!("{place} holds a secret ({finding})")))
}

/// Ends a clause's body unless a condition holds.
macro_rules! ensure {
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            return Err(format!($($message)+));
        }
    };
}
use ensure;

/// Lists a module's clauses, and makes the macro behind which they become tests.
#[doc(hidden)]
#[macro_export]
macro_rules! __clause_table {
    ([$($name:ident)*]) => {
        &[$($crate::conformance::Clause::new(stringify!($name), |subject| Box::pin($name(subject)))),*]
    };
}

/// Makes one test a clause.
#[doc(hidden)]
#[macro_export]
macro_rules! __clause_tests {
    ([$($name:ident)*] $module:ident $open:expr) => {
        $(
            #[test]
            fn $name() {
                $crate::conformance::check($open, |subject| $crate::conformance::$module::$name(subject));
            }
        )*
    };
}
