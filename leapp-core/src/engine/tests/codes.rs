use super::*;

/// Two users' sessions, `u` and `v`, that are asked for a code of the same device.
fn asked_twice() -> World {
    let mut world = World::new();
    world.add(vec![user("u"), user("v")]);
    for session in ["u", "v"] {
        world.start(session);
        world.ask(session);
    }
    world
}

fn answer(world: &mut World, session: &str, code: &str) -> Result<(), Error> {
    answer_of(world, session, code, None)
}

fn answer_of(world: &mut World, session: &str, code: &str, device: Option<&str>) -> Result<(), Error> {
    let code = TokenCode::parse(code).unwrap();
    let code = match device {
        None => code,
        Some(device) => code.of_device(SerialNumber::parse(device).unwrap()),
    };
    let result = world.engine.handle_answer(&id(session), Answer::TokenCode(code), world.now);
    world.collect();
    result
}

#[test]
fn a_code_that_another_session_used_is_refused_before_the_call_and_the_question_stays() {
    let mut world = asked_twice();
    // 18 s into a time step: 1,800,000,000 is the beginning of one.
    world.pass(Duration::from_secs(18));
    answer(&mut world, "u", "123456").unwrap();
    let error = answer(&mut world, "v", "123456").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MfaRefused);
    assert!(error.needs_person());
    for words in ["arn:aws:iam::123456789012:mfa/alice", "`v`", "in 12 s"] {
        assert!(error.to_string().contains(words), "no {words} in: {error}");
    }
    assert!(!error.to_string().contains("123456,") && !error.to_string().contains("code 123456"));
    assert_eq!(world.attempts.len(), 1, "nothing is called with it");
    assert!(world.status("v").challenge.is_some());
    world.pass(Duration::from_secs(12));
    answer(&mut world, "v", "654321").unwrap();
    assert_eq!(world.attempts.len(), 2);
}

#[test]
fn the_same_digits_of_another_device_are_another_code() {
    let mut world = asked_twice();
    answer(&mut world, "u", "123456").unwrap();
    answer_of(&mut world, "v", "123456", Some("arn:aws:iam::123456789012:mfa/bob")).unwrap();
    assert_eq!(world.attempts.len(), 2);
}

#[test]
fn a_code_that_did_not_reach_the_service_is_not_spent() {
    for (kind, is_spent) in
        [(ErrorKind::Unreachable, false), (ErrorKind::MfaRefused, true), (ErrorKind::Service, true)]
    {
        let mut world = asked_twice();
        answer(&mut world, "u", "123456").unwrap();
        world.fail("u", kind);
        assert_eq!(answer(&mut world, "v", "123456").is_err(), is_spent, "{kind:?}");
    }
}

/// As long as AWS could take the same code again, and no longer, whichever way the clock goes.
#[test]
fn a_code_is_remembered_for_three_time_steps() {
    for (seconds, is_spent) in [(0, true), (89, true), (90, false)] {
        let mut world = asked_twice();
        answer(&mut world, "u", "123456").unwrap();
        world.pass(Duration::from_secs(seconds));
        assert_eq!(answer(&mut world, "v", "123456").is_err(), is_spent, "after {seconds} s");
    }
    let mut world = asked_twice();
    answer(&mut world, "u", "123456").unwrap();
    world.now -= HOUR;
    world.engine.handle_wake(world.now);
    answer(&mut world, "v", "123456").unwrap_err();
    world.pass(Duration::from_secs(90));
    answer(&mut world, "v", "123456").unwrap();
}

#[test]
fn the_answer_to_another_question_is_no_code() {
    let mut world = World::new();
    world.add(vec![user("u")]);
    for _ in 0..2 {
        world.start("u");
        let attempt = world.take("u");
        let question = crate::Question::Role { roles: Vec::new() };
        world.finish(&attempt, Outcome::Challenge(Challenge::new(id("u"), question)));
        answer(&mut world, "u", "123456").unwrap();
        world.fail("u", ErrorKind::InvalidInput);
    }
}

/// It waited for its source's credentials, and nobody wants it any more: it was never shown.
#[test]
fn a_code_that_was_never_sent_is_not_spent() {
    let mut world = World::new();
    world.add(vec![user("u"), role("r").from("u"), user("v")]);
    world.start("r");
    world.issue("u", 15 * MINUTE);
    world.ask("r");
    world.pass(Duration::from_secs(14 * 60 + 30));
    answer(&mut world, "r", "123456").unwrap();
    assert_eq!(world.attempts.len(), 1, "its source is asked first");
    world.stop("r");
    world.start("v");
    world.ask("v");
    answer(&mut world, "v", "123456").unwrap();
}
