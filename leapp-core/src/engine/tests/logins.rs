use super::*;
use crate::{Grant, Login, Question, Region, SamlAssertion};

/// A portal `p` and `count` roles `r0`, `r1`.. that need its login, all started.
fn portal(count: usize) -> (World, Vec<String>) {
    let mut world = World::new();
    let roles: Vec<String> = (0..count).map(|n| format!("r{n}")).collect();
    world.add(vec![login("p")]);
    world.add(roles.iter().map(|name| role(name).from("p")).collect());
    roles.iter().for_each(|name| world.start(name));
    (world, roles)
}

fn login(session: &str) -> Definition {
    definition(session, SessionKind::new("login", Principal::Person, Refresh::Reuse))
}

fn log_in(world: &mut World, access_token: &str) -> Attempt {
    let attempt = world.take("p");
    let login = Login::new(Secret::new(access_token), world.now + HOUR).unwrap();
    world.finish(&attempt, Outcome::Issued(login.into()));
    attempt
}

fn access_token(attempt: &Attempt) -> &str {
    attempt.source.as_ref().unwrap().grant.login().unwrap().access_token().expose()
}

#[test]
fn one_login_serves_every_role_that_waits() {
    let (mut world, roles) = portal(50);
    assert_eq!(world.attempts.len(), 1);
    log_in(&mut world, "first");
    for name in &roles {
        let attempt = world.take(name);
        assert_eq!(access_token(&attempt), "first");
        assert_eq!(attempt.source.as_ref().unwrap().principal, Principal::Person);
        let set = world.set(HOUR);
        world.finish(&attempt, Outcome::Issued(set.into()));
        assert_eq!(world.state(name), SessionState::Active);
    }
    assert!(world.attempts.is_empty() && world.batches.is_empty());
    assert!(world.key_of("p").is_none(), "a login is no credentials");
}

#[test]
fn one_question_is_asked_for_all_roles_and_one_answer_serves_them() {
    let (mut world, _) = portal(50);
    let attempt = world.take("p");
    let question = Question::Login {
        start_url: "https://d-1234567890.awsapps.com/start".to_owned(),
        region: Region::parse("eu-west-1").unwrap(),
    };
    world.events.clear();
    world.finish(&attempt, Outcome::Challenge(Challenge::new(id("p"), question)));
    let [Event::ChallengeRequired { waiting, .. }] = &world.events[..] else { panic!("{:?}", world.events) };
    assert_eq!(waiting.len(), 50);
    world.engine.handle_answer(&id("p"), Answer::LoggedIn, world.now).unwrap();
    world.collect();
    log_in(&mut world, "first");
    assert_eq!(world.attempts.len(), 50);
}

#[test]
fn a_login_that_the_portal_calls_expired_is_replaced_once_for_all_roles() {
    let (mut world, roles) = portal(3);
    log_in(&mut world, "first");
    roles.iter().for_each(|name| world.fail(name, ErrorKind::Expired));
    let [attempt] = &world.attempts[..] else { panic!("{:?}", world.attempts) };
    let rejected = attempt.rejected.as_ref().unwrap().login().unwrap();
    assert_eq!(rejected.access_token().expose(), "first", "the provider is told what not to give again");
    log_in(&mut world, "second");
    for name in &roles {
        assert_eq!(access_token(&world.take(name)), "second");
    }
}

/// The renewed login is refused as well: now the provider is told that only a person can go on.
#[test]
fn a_renewal_that_is_refused_too_is_left_to_a_person() {
    let (mut world, roles) = portal(3);
    log_in(&mut world, "first");
    roles.iter().for_each(|name| world.fail(name, ErrorKind::Expired));
    assert!(!log_in(&mut world, "second").renewal_is_no_help);
    roles.iter().for_each(|name| world.fail(name, ErrorKind::Expired));
    let attempt = log_in(&mut world, "third");
    let rejected = attempt.rejected.as_ref().and_then(|grant| grant.login()).unwrap();
    assert_eq!(rejected.access_token().expose(), "second");
    assert!(attempt.renewal_is_no_help);
    for name in &roles {
        assert_eq!(access_token(&world.take(name)), "third");
    }
}

#[test]
fn a_portal_that_calls_every_login_expired_is_not_asked_for_ever() {
    let (mut world, _) = portal(1);
    for access_token in ["first", "second", "third"] {
        log_in(&mut world, access_token);
        world.fail("r0", ErrorKind::Expired);
    }
    assert!(world.attempts.is_empty());
    assert_eq!(world.status("r0").error.unwrap().kind(), ErrorKind::Expired);
}

/// What helped once may help again: a success in between makes the next refusal a first one.
#[test]
fn a_success_in_between_makes_the_next_refusal_a_first_one() {
    let (mut world, _) = portal(1);
    log_in(&mut world, "first");
    world.fail("r0", ErrorKind::Expired);
    log_in(&mut world, "second");
    world.issue("r0", HOUR);
    world.engine.handle_refresh(&id("r0"), world.now).unwrap();
    world.collect();
    world.fail("r0", ErrorKind::Expired);
    assert!(!log_in(&mut world, "third").renewal_is_no_help);
}

/// A SAML identity provider `p` and `count` roles that need its assertion, all started and served.
fn identity_provider(count: usize) -> (World, Vec<String>) {
    let mut world = World::new();
    let roles: Vec<String> = (0..count).map(|n| format!("r{n}")).collect();
    world.add(vec![definition("p", SessionKind::new("login", Principal::Person, Refresh::OnDemand))]);
    let federated = SessionKind::new("federated", Principal::Role, Refresh::Reuse);
    world.add(roles.iter().map(|name| definition(name, federated).from("p")).collect());
    roles.iter().for_each(|name| world.start(name));
    vouch(&mut world);
    roles.iter().for_each(|name| drop(world.issue(name, HOUR)));
    (world, roles)
}

/// Lets the identity provider vouch for five minutes.
fn vouch(world: &mut World) {
    let attempt = world.take("p");
    let assertion = SamlAssertion::parse(&Secret::new("PHg+PC94Pg==")).unwrap();
    let expiration = world.now + 5 * MINUTE;
    world.finish(&attempt, Outcome::Issued(Grant::Assertion { assertion, expiration }));
}

#[test]
fn one_assertion_serves_every_role_while_it_lasts() {
    let (mut world, _) = identity_provider(2);
    world.add(vec![definition("late", SessionKind::new("f", Principal::Role, Refresh::Reuse)).from("p")]);
    world.pass(4 * MINUTE + Duration::from_secs(54));
    world.start("late");
    let attempt = world.take("late");
    assert!(attempt.source.unwrap().grant.assertion().is_some());
    world.stop("late");
    world.pass(Duration::from_secs(2));
    world.start("late");
    assert!(world.take("p").source.is_none(), "seconds before its end it is asked for anew");
}

/// Leapp's users logged in for each role, each at its own time.
#[test]
fn a_login_for_one_role_renews_the_others_that_cost_one() {
    let (mut world, roles) = identity_provider(3);
    world.stop("r2");
    world.pass(20 * MINUTE);
    world.engine.handle_refresh(&id("r0"), world.now).unwrap();
    world.collect();
    vouch(&mut world);
    for name in &roles[..2] {
        world.issue(name, HOUR);
        assert_eq!(world.status(name).expiration, Some(world.now + HOUR), "{name}");
    }
    assert!(world.attempts.is_empty(), "one that was stopped takes no part: {:?}", world.attempts);
}

/// They need nothing for hours: what goes wrong with them now is no matter of theirs.
#[test]
fn a_role_that_comes_along_loses_nothing_by_it() {
    for outcome in 0..6 {
        let mut world = identity_provider(2).0;
        world.pass(20 * MINUTE);
        let before = world.status("r1");
        world.engine.handle_refresh(&id("r0"), world.now).unwrap();
        world.collect();
        vouch(&mut world);
        world.issue("r0", HOUR);
        world.events.clear();
        let attempt = world.take("r1");
        let set = world.set(30 * MINUTE);
        let outcome_of_it = match outcome {
            0 => Outcome::Failed(error(ErrorKind::Unreachable)),
            1 => Outcome::Failed(error(ErrorKind::Throttled)),
            2 => Outcome::Failed(error(ErrorKind::Expired)),
            3 => Outcome::Failed(error(ErrorKind::AccessDenied)),
            4 => Outcome::Challenge(Challenge::new(id("r1"), Question::Role { roles: Vec::new() })),
            _ => Outcome::Issued(set.into()),
        };
        world.finish(&attempt, outcome_of_it);
        let after = world.status("r1");
        assert_eq!((after.state, after.next_attempt), (before.state, before.next_attempt), "{outcome}");
        assert!(after.error.is_none() && after.challenge.is_none(), "{outcome}: {after:?}");
        assert_eq!(after.expiration, before.expiration);
        assert!(world.attempts.is_empty(), "{outcome}: {:?}", world.attempts);
        assert!(!world.has(|event| matches!(event, Event::ChallengeRequired { .. })));
        // When it is due, it is due.
        world.pass(HOUR - 20 * MINUTE);
        assert!(world.attempts.iter().any(|attempt| *attempt.id.session() == id("p")), "{outcome}");
    }
}

/// One failing start costs a person one more login, and not two: nothing renews it but they.
#[test]
fn an_assertion_that_is_called_expired_is_asked_for_once_more() {
    let (mut world, _) = identity_provider(1);
    world.stop("r0");
    world.start("r0");
    for _ in 0..2 {
        vouch(&mut world);
        world.fail("r0", ErrorKind::Expired);
    }
    assert!(world.attempts.is_empty());
    assert_eq!(world.status("r0").error.unwrap().kind(), ErrorKind::Expired);
}

/// Nobody can tell any more when its end is.
#[test]
fn an_assertion_is_wiped_when_the_clock_is_set_back() {
    let (mut world, _) = identity_provider(1);
    world.pass(4 * MINUTE);
    world.now -= 3 * MINUTE;
    world.engine.handle_wake(world.now);
    assert!(world.engine.slots[&id("p")].held.is_none());
}

/// Neither at its end nor after the stop is it held anywhere.
#[test]
fn no_role_holds_the_assertion_that_it_was_obtained_with() {
    let (mut world, roles) = identity_provider(2);
    let holds = |world: &World, name: &str| world.engine.slots[&id(name)].signed_with.is_some();
    assert!(roles.iter().all(|name| !holds(&world, name)), "after an answer");
    world.engine.handle_refresh(&id("r0"), world.now).unwrap();
    world.collect();
    assert!(holds(&world, "r0"), "while it is in flight");
    roles.iter().for_each(|name| world.stop(name));
    assert!(roles.iter().all(|name| !holds(&world, name)), "after a stop");
    assert!(world.engine.slots[&id("p")].held.is_none());
}

/// A question that came up at night finds somebody in the morning.
#[test]
fn a_question_that_nobody_was_there_for_is_attended_when_somebody_starts_a_session() {
    let (mut world, _) = identity_provider(2);
    world.stop("r1");
    world.pass(HOUR);
    world.events.clear();
    let attempt = world.take("p");
    let question = Question::SamlAssertion { login_url: String::new(), sign_in_urls: Vec::new() };
    world.finish(&attempt, Outcome::Challenge(Challenge::new(id("p"), question)));
    world.start("r1");
    let attended = |event: &Event| match event {
        Event::ChallengeRequired { challenge, .. } => Some(challenge.is_attended),
        _ => None,
    };
    assert_eq!(world.events.iter().filter_map(attended).collect::<Vec<_>>(), [false, true]);
}

/// Sets that cost nobody anything are replaced in their own time.
#[test]
fn a_login_is_no_reason_to_rotate_what_rotates_by_itself() {
    let (mut world, _) = identity_provider(1);
    world.add(vec![role("rotating").from("p")]);
    world.start("rotating");
    world.issue("rotating", HOUR);
    world.pass(10 * MINUTE);
    world.engine.handle_refresh(&id("r0"), world.now).unwrap();
    world.collect();
    vouch(&mut world);
    world.issue("r0", HOUR);
    assert!(world.attempts.is_empty(), "{:?}", world.attempts);
}

/// It would be asked for every five minutes.
#[test]
fn a_login_that_is_started_for_itself_is_not_replaced_by_itself() {
    let mut world = World::new();
    world.add(vec![definition("p", SessionKind::new("login", Principal::Person, Refresh::OnDemand))]);
    world.start("p");
    vouch(&mut world);
    assert_eq!(world.state("p"), SessionState::Active);
    world.pass(HOUR);
    assert!(world.attempts.is_empty());
    assert_eq!(world.state("p"), SessionState::Expired);
    world.start("p");
    vouch(&mut world);
    assert_eq!(world.state("p"), SessionState::Active);
}

#[test]
fn an_assertion_is_wiped_at_its_end_though_roles_go_on() {
    let (mut world, _) = identity_provider(1);
    let end = world.now + 5 * MINUTE;
    assert_eq!(world.engine.poll_timeout(), Some(end));
    world.pass(5 * MINUTE);
    assert!(world.engine.slots[&id("p")].held.is_none());
    assert_eq!(world.state("r0"), SessionState::Active);
}

#[test]
fn a_login_has_no_profile() {
    let mut world = World::new();
    let error = world.engine.add(vec![login("p").on("default")]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("`p`") && error.to_string().contains("`default`"), "{error}");
    world.add(vec![login("p")]);
}
