//! `LoginResponder` keeps the responder's contract.

use leapp_core::aws::LoginResponder;
use leapp_core::{Challenge, Question, Region, Responder};
use leapp_testkit::aws::Fault;
use leapp_testkit::conformance::responder::ResponderHarness;

use crate::portal::{Portal, START_URL};

/// A portal that is not there: the login begins, and is refused.
const NOWHERE: &str = "https://nowhere.awsapps.com/start";

/// It gives no code, so that the clause on codes says nothing of it.
mod at_two_portals {
    use leapp_testkit::conformance::responder as suite;

    use super::Portals;

    #[test]
    fn answers_the_question_asked() {
        leapp_testkit::conformance::check(Portals::new, |subject| suite::answers_the_question_asked(subject));
    }

    #[test]
    fn declining_is_not_an_error() {
        leapp_testkit::conformance::check(Portals::new, |subject| suite::declining_is_not_an_error(subject));
    }

    #[test]
    fn debug_hides_secrets() {
        leapp_testkit::conformance::check(Portals::new, |subject| suite::debug_hides_secrets(subject));
    }
}

struct Portals {
    portal: Portal,
    responder: LoginResponder,
}

impl Portals {
    fn new() -> Self {
        let portal = Portal::new();
        let responder = LoginResponder::new(portal.host())
            .with_portal(portal.login(START_URL))
            .with_portal(portal.login(NOWHERE));
        Self { portal, responder }
    }

    fn at(&self, start_url: &str, region: &str) -> Challenge {
        let (start_url, region) = (start_url.to_owned(), Region::parse(region).unwrap());
        Challenge::new(self.portal.session.clone(), Question::Login { start_url, region }).attended()
    }
}

impl ResponderHarness for Portals {
    fn responder(&self) -> &dyn Responder {
        &self.responder
    }

    fn challenge(&self) -> Challenge {
        self.at(START_URL, "eu-west-1")
    }

    fn unanswerable(&self) -> Option<Challenge> {
        Some(self.at(START_URL, "eu-west-2"))
    }

    fn failing(&self) -> Option<Challenge> {
        Some(self.at(NOWHERE, "eu-west-1"))
    }

    fn pass_time(&self) {
        self.portal.clock.advance(self.portal.clock.next_wake().unwrap_or_default());
    }

    fn secrets(&self) -> Vec<String> {
        vec!["aoaAAAAAG".to_owned(), "aorAAAAAG".to_owned()]
    }
}

#[tokio::test]
async fn another_question_and_another_session_are_declined() {
    let portals = Portals::new();
    let mut other = portals.challenge();
    other.session = leapp_core::SessionId::parse("other").unwrap();
    assert!(portals.responder.respond(&other).await.unwrap().is_none());
    let role = Challenge::new(portals.portal.session.clone(), Question::Role { roles: Vec::new() });
    assert!(portals.responder.respond(&role).await.unwrap().is_none());
    let mut unattended = portals.challenge();
    unattended.is_attended = false;
    assert!(
        portals.responder.respond(&unattended).await.unwrap().is_none(),
        "nobody is brought to a page by a refresh"
    );
    assert!(portals.portal.aws.requests().is_empty());
    portals.portal.aws.fail_next(Fault::Throttle, 1);
    portals.responder.respond(&portals.challenge()).await.unwrap_err();
}
