//! The clauses of [`Responder`].

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use leapp_core::{Answer, Challenge, Error, Question, Responder};

use super::{Clause, ensure, must, scan, settle};
use crate::leak::{self, Scanner};

/// A responder, and questions for it.
pub trait ResponderHarness: Send + Sync {
    /// The responder.
    fn responder(&self) -> &dyn Responder;

    /// A challenge it answers. Every call asks the same device.
    fn challenge(&self) -> Challenge;

    /// A challenge it must decline, such as one for another device. `None` declares that it answers any.
    fn unanswerable(&self) -> Option<Challenge>;

    /// A challenge at which the responder itself fails. `None` declares that it cannot.
    fn failing(&self) -> Option<Challenge> {
        None
    }

    /// Lets a few seconds pass on the responder's clock, so that it comes to its next code.
    ///
    /// Called over and over while an answer is awaited. A harness over the machine's own clock does nothing here.
    fn pass_time(&self);

    /// Every secret it knows, such as a seed.
    fn secrets(&self) -> Vec<String>;
}

/// Every clause of the contract.
pub const CLAUSES: &[Clause<dyn ResponderHarness>] = crate::__responder_clauses!(__clause_table);

/// Makes one test of each clause of [`Responder`], given what makes a
/// [`ResponderHarness`]: a function or a closure.
#[macro_export]
macro_rules! responder_tests {
    ($open:expr $(,)?) => {
        $crate::__responder_clauses!(__clause_tests responder $open);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __responder_clauses {
    ($then:ident $($rest:tt)*) => {
        $crate::$then! { [
            answers_the_question_asked declining_is_not_an_error never_repeats_a_code debug_hides_secrets
        ] $($rest)* }
    };
}

/// *The answer's variant fits the question's.*
///
/// # Panics
/// When the responder breaks the clause.
pub async fn answers_the_question_asked(subject: Arc<dyn ResponderHarness>) {
    let verdict = async {
        let challenge = subject.challenge();
        let answer = must("an answer", respond(&*subject, &challenge).await?)?;
        let Some(answer) = answer else { return Err("it declines a challenge that it should answer".into()) };
        let fits = matches!(
            (&challenge.question, &answer),
            (Question::Login { .. }, Answer::LoggedIn)
                | (Question::Role { .. }, Answer::Role(_))
                | (Question::SamlAssertion { .. }, Answer::SamlAssertion(_))
                | (Question::TokenCode { .. }, Answer::TokenCode(_))
        );
        ensure!(fits, "the answer is of another kind than the question");
        Ok(())
    };
    settle("responder", "answers the question asked", verdict.await);
}

/// *`None` leaves the challenge open for a person; an error says the responder itself failed.*
///
/// # Panics
/// When the responder breaks the clause.
pub async fn declining_is_not_an_error(subject: Arc<dyn ResponderHarness>) {
    let verdict = async {
        if let Some(challenge) = subject.unanswerable() {
            let answer = must("a challenge to decline", respond(&*subject, &challenge).await?)?;
            ensure!(answer.is_none(), "it answers a challenge that it should decline");
        }
        if let Some(challenge) = subject.failing() {
            ensure!(
                respond(&*subject, &challenge).await?.is_err(),
                "its own failure is not reported as an error"
            );
        }
        Ok(())
    };
    settle("responder", "declining is not an error", verdict.await);
}

/// *One device's code is given at most once, since AWS refuses it the second time.* Other answers are not looked at.
///
/// # Panics
/// When the responder breaks the clause.
pub async fn never_repeats_a_code(subject: Arc<dyn ResponderHarness>) {
    let verdict = async {
        let challenge = subject.challenge();
        if !matches!(challenge.question, Question::TokenCode { .. }) {
            return Ok(());
        }
        let both = async {
            let responder = subject.responder();
            tokio::join!(responder.respond(&challenge), responder.respond(&challenge))
        };
        let (one, other) = while_time_passes(&*subject, both).await?;
        let third = respond(&*subject, &challenge).await?;
        let mut codes: Vec<String> =
            [one, other, third].into_iter().flatten().flatten().filter_map(code).collect();
        let given = codes.len();
        ensure!(given > 0, "it never gives a code");
        codes.sort();
        codes.dedup();
        ensure!(codes.len() == given, "it gives a code twice");
        Ok(())
    };
    settle("responder", "never repeats a code", verdict.await);
}

/// *Nothing it knows shows in `Debug` or in its errors.* Nor in a log line.
///
/// # Panics
/// When the responder breaks the clause.
pub async fn debug_hides_secrets(subject: Arc<dyn ResponderHarness>) {
    let (outcome, logs) = leak::capture_logs_async(async {
        let answer = must("an answer", respond(&*subject, &subject.challenge()).await?)?;
        let code = answer.clone().and_then(code);
        let scanner = Scanner::new(subject.secrets().into_iter().chain(code));
        scan("its Debug", scanner.scan(leak::debug_of(subject.responder())))?;
        scan("the Debug of its answer", scanner.scan(leak::debug_of(&answer)))?;
        for challenge in [subject.unanswerable(), subject.failing()].into_iter().flatten() {
            if let Err(error) = respond(&*subject, &challenge).await? {
                scan("an error", scanner.scan_error(&error))?;
            }
        }
        Ok(scanner)
    })
    .await;
    let verdict = outcome.and_then(|scanner: Scanner| scan("its log", scanner.scan(logs)));
    settle("responder", "debug hides secrets", verdict);
}

type Response = Result<Option<Answer>, Error>;

async fn respond(subject: &dyn ResponderHarness, challenge: &Challenge) -> Result<Response, String> {
    while_time_passes(subject, subject.responder().respond(challenge)).await
}

/// Awaits an answer while the harness moves time on, since a responder may wait for its next code.
async fn while_time_passes<F: Future>(
    subject: &dyn ResponderHarness,
    answer: F,
) -> Result<F::Output, String> {
    let mut answer = pin!(answer);
    // On the machine's own clock the next code may be half a minute away.
    for _ in 0..70_000 {
        match tokio::time::timeout(Duration::from_millis(1), &mut answer).await {
            Ok(answer) => return Ok(answer),
            Err(_) => subject.pass_time(),
        }
    }
    Err("no answer came".into())
}

fn code(answer: Answer) -> Option<String> {
    match answer {
        Answer::TokenCode(code) => Some(code.expose().to_owned()),
        _ => None,
    }
}
