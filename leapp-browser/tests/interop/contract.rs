//! The clauses of the responder's contract that concern it: it gives no codes that could repeat.

use std::sync::Arc;

use leapp_browser::SamlLogin;
use leapp_core::{Challenge, Responder, SerialNumber, SessionId};
use leapp_testkit::conformance::responder::{
    ResponderHarness, answers_the_question_asked, debug_hides_secrets, declining_is_not_an_error,
};

use crate::aws::Aws;
use crate::person::{AWS, PASSWORD, alice, browser, challenge};

struct Harness {
    login: SamlLogin,
    aws: Aws,
}

async fn open() -> Arc<Harness> {
    let aws = Aws::start().await;
    aws.with_corp();
    Arc::new(Harness { login: alice(browser()), aws })
}

impl ResponderHarness for Harness {
    fn responder(&self) -> &dyn Responder {
        &self.login
    }

    fn challenge(&self) -> Challenge {
        challenge(&self.aws.at("/idp/Corp"), AWS)
    }

    fn unanswerable(&self) -> Option<Challenge> {
        let device = SerialNumber::parse("arn:aws:iam::111122223333:mfa/alice").unwrap();
        Some(Challenge::token_code(SessionId::parse("prod").unwrap(), device))
    }

    fn failing(&self) -> Option<Challenge> {
        Some(challenge("http://idp.example.com/", AWS))
    }

    fn pass_time(&self) {}

    fn secrets(&self) -> Vec<String> {
        vec![PASSWORD.to_owned()]
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn it_answers_the_question_asked() {
    answers_the_question_asked(open().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn declining_is_no_error_of_its() {
    declining_is_not_an_error(open().await).await;
}

#[tokio::test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn its_debug_hides_secrets() {
    debug_hides_secrets(open().await).await;
}
