//! `CommandResponder` keeps the responder's contract over a program that prints SAML responses.

use std::sync::Arc;

use leapp_core::{Answer, Challenge, Command, CommandResponder, Question, Responder, SessionId, SystemClock};
use leapp_testkit::conformance::responder::ResponderHarness;

mod a_program {
    leapp_testkit::responder_tests!(super::Login::new);
}

/// As a browser would post it.
const POSTED: &str = "RelayState=a%26b&SAMLResponse=PHNhbWxwOlJlc3BvbnNlLz4%2BPHNlY3JldC8%2B";
const RESPONSE: &str = "PHNhbWxwOlJlc3BvbnNlLz4+PHNlY3JldC8+";

struct Login(CommandResponder);

impl Login {
    fn new() -> Self {
        let program =
            format!("case \"$LEAPP_LOGIN_URL\" in *fail) exit 3;; *none) exit 0;; *) echo '{POSTED}';; esac");
        let command = Command::new("sh", ["-c", &program]);
        Self(CommandResponder::new(Arc::new(SystemClock::new())).with_saml_assertion(command))
    }
}

impl ResponderHarness for Login {
    fn responder(&self) -> &dyn Responder {
        &self.0
    }

    fn challenge(&self) -> Challenge {
        challenge("https://idp.example.com/aws")
    }

    fn unanswerable(&self) -> Option<Challenge> {
        Some(challenge("https://idp.example.com/none"))
    }

    fn failing(&self) -> Option<Challenge> {
        Some(challenge("https://idp.example.com/fail"))
    }

    fn pass_time(&self) {}

    fn secrets(&self) -> Vec<String> {
        vec![RESPONSE.to_owned(), POSTED.to_owned()]
    }
}

#[tokio::test]
async fn what_a_browser_would_post_becomes_the_response() {
    let answer = Login::new().0.respond(&challenge("https://idp.example.com/aws")).await.unwrap();
    let Some(Answer::SamlAssertion(assertion)) = answer else { panic!("{answer:?}") };
    assert_eq!(assertion.expose(), RESPONSE);
}

fn challenge(login_url: &str) -> Challenge {
    let sign_in_urls = vec!["https://signin.aws.amazon.com/saml".to_owned()];
    let question = Question::SamlAssertion { login_url: login_url.to_owned(), sign_in_urls };
    Challenge::new(SessionId::parse("alice").unwrap(), question)
}
