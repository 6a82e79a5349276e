//! Each clause of the responder's suite rejects a responder that breaks it.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed test says where")]

mod sabotage_support;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use leapp_core::{
    Answer, Challenge, Error, ErrorKind, Question, Responder, SerialNumber, SessionId, TokenCode,
};
use leapp_testkit::conformance::responder::{CLAUSES, ResponderHarness};
use sabotage_support::Saboteur;

const SEED: &str = "hunter2-hunter2";

#[derive(Clone, Copy, Debug, PartialEq)]
enum How {
    KeepsTheContract,
    DeclinesEverything,
    NeverAnswers,
    FailsInsteadOfDeclining,
    AnswersForAnyDevice,
    DeclinesWhenItFails,
    RepeatsWithinAStep,
    LooksBeforeItTakes,
    PrintsInDebug,
    TellsInErrors,
    Logs,
}

/// Gives the number of the time step as its code.
struct Steps {
    how: How,
    now: AtomicU32,
    next_unused: AtomicU32,
}

impl Steps {
    fn open(how: How) -> Arc<dyn ResponderHarness> {
        Arc::new(Self { how, now: AtomicU32::new(100_000), next_unused: AtomicU32::new(100_000) })
    }

    /// The next step that nobody has used, once it has come.
    async fn take(&self) -> u32 {
        let now = || self.now.load(Ordering::Relaxed);
        match self.how {
            How::RepeatsWithinAStep => return now(),
            How::LooksBeforeItTakes => {
                let step = self.next_unused.load(Ordering::Relaxed);
                tokio::task::yield_now().await;
                self.next_unused.store(step + 1, Ordering::Relaxed);
                return step;
            }
            _ => {}
        }
        let step = self.next_unused.fetch_add(1, Ordering::Relaxed);
        while now() < step {
            tokio::task::yield_now().await;
        }
        step
    }

    fn refusal(&self) -> Error {
        let told = if self.how == How::TellsInErrors { &SEED[2..11] } else { "the seed" };
        Error::new(ErrorKind::Corrupt, format!("cannot read {told}"))
    }
}

#[async_trait]
impl Responder for Steps {
    async fn respond(&self, challenge: &Challenge) -> Result<Option<Answer>, Error> {
        let Question::TokenCode { serial_numbers } = &challenge.question else { return Ok(None) };
        match (self.how, serial_numbers[0].as_str()) {
            (How::DeclinesEverything, _) => return Ok(None),
            (How::NeverAnswers, _) => return Err(self.refusal()),
            (How::AnswersForAnyDevice, _) => {}
            (How::FailsInsteadOfDeclining, "another-device") => return Err(self.refusal()),
            (How::DeclinesWhenItFails, "broken-device") => return Ok(None),
            (_, "another-device") => return Ok(None),
            (_, "broken-device") => return Err(self.refusal()),
            _ => {}
        }
        if self.how == How::Logs {
            tracing::debug!("seed {SEED:?}");
        }
        let code = TokenCode::parse(&self.take().await.to_string())?;
        Ok(Some(Answer::TokenCode(code)))
    }
}

impl ResponderHarness for Steps {
    fn responder(&self) -> &dyn Responder {
        self
    }

    fn challenge(&self) -> Challenge {
        challenge("this-device")
    }

    fn unanswerable(&self) -> Option<Challenge> {
        Some(challenge("another-device"))
    }

    fn failing(&self) -> Option<Challenge> {
        Some(challenge("broken-device"))
    }

    fn pass_time(&self) {
        self.now.fetch_add(1, Ordering::Relaxed);
    }

    fn secrets(&self) -> Vec<String> {
        vec![SEED.into()]
    }
}

impl fmt::Debug for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = if self.how == How::PrintsInDebug { SEED } else { "redacted" };
        f.debug_struct("Steps").field("seed", &shown).finish_non_exhaustive()
    }
}

fn challenge(device: &str) -> Challenge {
    Challenge::token_code(SessionId::parse("toy").unwrap(), SerialNumber::parse(device).unwrap())
}

fn saboteurs() -> Vec<Saboteur<dyn ResponderHarness>> {
    [
        // With one kind of question and of answer there is no wrong kind to give yet: no answer stands for it.
        ("answers_the_question_asked", How::DeclinesEverything),
        ("answers_the_question_asked", How::NeverAnswers),
        ("declining_is_not_an_error", How::FailsInsteadOfDeclining),
        ("declining_is_not_an_error", How::AnswersForAnyDevice),
        ("declining_is_not_an_error", How::DeclinesWhenItFails),
        ("never_repeats_a_code", How::RepeatsWithinAStep),
        ("never_repeats_a_code", How::LooksBeforeItTakes),
        ("never_repeats_a_code", How::DeclinesEverything),
        ("debug_hides_secrets", How::PrintsInDebug),
        ("debug_hides_secrets", How::TellsInErrors),
        ("debug_hides_secrets", How::Logs),
    ]
    .map(|(clause, how)| Saboteur::new(clause, how, Steps::open(how)))
    .into()
}

#[test]
fn clauses_are_the_contracts() {
    sabotage_support::clauses_are_the_contracts(CLAUSES, include_str!("../../leapp-core/src/challenge.rs"));
}

#[test]
fn every_saboteur_is_rejected() {
    sabotage_support::every_saboteur_is_rejected(CLAUSES, saboteurs());
}

#[test]
fn a_responder_that_keeps_the_contract_passes() {
    sabotage_support::passes(CLAUSES, || Steps::open(How::KeepsTheContract));
}
