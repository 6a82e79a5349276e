use super::*;

/// A user `u` and `count` roles `r0`, `r1`.. with it as their source, all started, on no profile.
fn family(count: usize) -> (World, Vec<String>) {
    let mut world = World::new();
    let roles: Vec<String> = (0..count).map(|n| format!("r{n}")).collect();
    let mut definitions: Vec<_> = roles.iter().map(|name| role(name).from("u")).collect();
    definitions.push(user("u"));
    world.add(definitions);
    roles.iter().for_each(|name| world.start(name));
    (world, roles)
}

/// Other programs of the same person call too: a start waits, and its source with it, but not for ever.
#[test]
fn a_start_waits_out_a_service_that_asks_for_fewer_calls() {
    for (throttled, starts) in [(3, true), (4, false)] {
        let mut world = World::new();
        world.add(vec![user("u"), role("a").from("u"), role("b").from("u")]);
        world.start("a");
        world.start("b");
        let began = world.now;
        for number in 1..=throttled {
            world.fail("u", ErrorKind::Throttled);
            if number < 4 {
                assert_eq!((world.state("a"), world.attempts.len()), (SessionState::Pending, 0));
                world.pass(Duration::from_secs(20));
            }
        }
        assert!(world.now > began);
        if starts {
            world.issue("u", HOUR);
            world.issue("a", HOUR);
            world.issue("b", HOUR);
            assert_eq!(world.state("b"), SessionState::Active);
        } else {
            assert_eq!(world.status("b").error.unwrap().kind(), ErrorKind::Throttled);
            assert_eq!(world.state("b"), SessionState::Inactive);
        }
    }
}

#[test]
fn however_many_wait_for_a_source_it_makes_one_attempt() {
    let (mut world, roles) = family(10);
    assert_eq!(world.attempts.len(), 1);
    let set = world.issue("u", HOUR);
    assert_eq!(world.attempts.len(), 10);
    for name in &roles {
        let attempt = world.take(name);
        let source = attempt.source.clone().unwrap();
        assert_eq!(source.grant.credentials().unwrap().access_key_id(), set.access_key_id());
        assert_eq!(source.principal, Principal::User);
        let set = world.set(HOUR);
        world.finish(&attempt, Outcome::Issued(set.into()));
        assert_eq!(world.state(name), SessionState::Active);
    }
    assert_eq!(world.state("u"), SessionState::Inactive, "a source is used, not started");
    assert!(world.key_of("u").is_none());
}

#[test]
fn one_answer_starts_all_that_wait_for_it() {
    let (mut world, roles) = family(10);
    world.events.clear();
    world.ask("u");
    let [Event::ChallengeRequired { challenge, waiting }] = &world.events[..] else {
        panic!("{:?}", world.events)
    };
    assert_eq!(challenge.session, id("u"));
    assert_eq!(waiting.len(), 10);
    assert!(roles.iter().all(|name| world.status(name).challenge.is_some()));
    world.answer("u");
    let attempt = world.take("u");
    assert!(attempt.answer.is_some());
    let set = world.set(HOUR);
    world.finish(&attempt, Outcome::Issued(set.into()));
    assert_eq!(world.attempts.len(), 10);
}

#[test]
fn an_open_challenge_is_told_to_who_comes_later() {
    let (mut world, _) = family(1);
    world.ask("u");
    world.add(vec![role("late").from("u")]);
    world.events.clear();
    world.start("late");
    assert!(world.attempts.is_empty(), "no second attempt at the source");
    assert!(world.has(
        |event| matches!(event, Event::ChallengeRequired { waiting, .. } if waiting.contains(&id("late")))
    ));
}

#[test]
fn a_challenge_nobody_waits_for_any_more_is_closed() {
    let (mut world, _) = family(1);
    world.ask("u");
    world.stop("r0");
    assert!(world.status("u").challenge.is_none());
    let answer = Answer::TokenCode(TokenCode::parse("123456").unwrap());
    let error = world.engine.handle_answer(&id("u"), answer, world.now).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[test]
fn a_challenge_at_refresh_names_the_deadline_and_keeps_what_is_valid() {
    let mut world = World::new();
    world.add(vec![user("u").on("p")]);
    world.start("u");
    let set = world.issue("u", 10 * HOUR);
    world.apply(Ok(()));
    world.pass(10 * HOUR - 10 * MINUTE);
    world.ask("u");
    assert_eq!(world.state("u"), SessionState::Active);
    assert_eq!(world.status("u").challenge.unwrap().deadline, Some(set.expiration()));
    assert_eq!(world.status("u").next_attempt, None, "nothing is tried until somebody answers");
}

#[test]
fn a_failed_source_fails_those_that_wait_and_says_why() {
    let (mut world, roles) = family(3);
    world.fail("u", ErrorKind::Unreachable);
    for name in &roles {
        let error = world.status(name).error.unwrap();
        assert_eq!(error.kind(), ErrorKind::Unreachable);
        assert!(error.to_string().contains("`u`") && error.to_string().contains(name.as_str()), "{error}");
        assert_eq!(world.state(name), SessionState::Inactive, "a first start that fails is over");
    }
}

#[test]
fn chains_of_any_depth_are_resolved_from_the_root() {
    let mut world = World::new();
    world.add(vec![role("c").from("b"), role("b").from("a"), role("a").from("u"), user("u")]);
    world.start("c");
    for name in ["u", "a", "b", "c"] {
        assert_eq!(world.attempts.len(), 1);
        world.issue(name, HOUR);
    }
    assert_eq!(world.state("c"), SessionState::Active);
}

#[test]
fn a_deep_chain_lets_everyone_down_when_its_root_fails() {
    let mut world = World::new();
    world.add(vec![role("c").from("b"), role("b").from("a"), role("a").from("u"), user("u")]);
    world.start("b");
    world.start("c");
    world.fail("u", ErrorKind::AccessDenied);
    assert_eq!((world.state("b"), world.state("c")), (SessionState::Inactive, SessionState::Inactive));
    // Nothing is left that would keep a second start from being tried.
    world.start("c");
    for name in ["u", "a", "b", "c"] {
        world.issue(name, HOUR);
    }
    assert_eq!(world.state("c"), SessionState::Active);
}

#[test]
fn a_source_that_is_about_to_expire_is_renewed_first() {
    let (mut world, _) = family(1);
    world.issue("u", 18 * MINUTE + Duration::from_secs(50));
    world.issue("r0", HOUR);
    world.pass(20 * MINUTE);
    // The user's set has not a minute left: too little to sign with.
    assert_eq!(world.attempts.len(), 1);
    world.issue("u", HOUR);
    assert!(world.take("r0").source.is_some());
}

#[test]
fn a_source_set_that_the_service_calls_expired_is_replaced_once() {
    let (mut world, _) = family(1);
    world.issue("u", HOUR);
    world.fail("r0", ErrorKind::Expired);
    assert_eq!(world.attempts.len(), 1, "a new set of the source");
    world.issue("u", HOUR);
    world.issue("r0", HOUR);
    assert_eq!(world.state("r0"), SessionState::Active);
}

#[test]
fn a_service_that_calls_every_set_expired_is_not_asked_for_ever() {
    let (mut world, _) = family(1);
    world.issue("u", HOUR);
    world.fail("r0", ErrorKind::Expired);
    world.issue("u", HOUR);
    world.fail("r0", ErrorKind::Expired);
    assert_eq!(world.status("r0").error.unwrap().kind(), ErrorKind::Expired);
    assert!(world.attempts.is_empty());
}

#[test]
fn a_source_set_that_is_shorter_than_a_request_is_said_to_be() {
    let (mut world, _) = family(1);
    world.issue("u", Duration::from_secs(30));
    assert!(world.attempts.is_empty(), "asking again would give the same");
    assert!(world.status("r0").error.unwrap().to_string().contains("ends too soon"));
}

#[test]
fn siblings_whose_source_set_expired_blame_it_once() {
    let (mut world, _) = family(2);
    world.issue("u", HOUR);
    world.fail("r0", ErrorKind::Expired);
    world.fail("r1", ErrorKind::Expired);
    assert_eq!(world.attempts.len(), 1);
    world.issue("u", HOUR);
    world.issue("r0", HOUR);
    world.issue("r1", HOUR);

    let (mut world, _) = family(2);
    world.issue("u", HOUR);
    world.fail("r0", ErrorKind::Expired);
    world.issue("u", HOUR);
    world.fail("r1", ErrorKind::Expired);
    assert!(world.attempts.iter().all(|attempt| *attempt.id.session() != id("u")), "its new set is good");
    world.issue("r0", HOUR);
    world.issue("r1", HOUR);
}

#[test]
fn stopping_a_source_leaves_those_that_use_it_running() {
    let mut world = World::new();
    world.add(vec![user("u").on("pu"), role("r").from("u").on("pr")]);
    world.start("u");
    world.issue("u", 10 * HOUR);
    world.apply(Ok(()));
    world.start("r");
    world.issue("r", HOUR);
    world.apply(Ok(()));
    world.stop("u");
    assert_eq!(told(&world.apply(Ok(()))), ["withdraw u from pu"]);
    world.pass(20 * MINUTE);
    assert!(world.take("r").source.is_some());
    assert!(world.attempts.is_empty(), "the source is not asked again before it must be");
}

#[test]
fn a_graph_that_cannot_be_is_refused_whole() {
    let mut world = World::new();
    world.add(vec![user("u")]);
    let cases = [
        (vec![role("x").from("nobody")], ErrorKind::NotFound, "`nobody`"),
        (
            vec![role("x").from("y"), role("y").from("z"), role("z").from("x")],
            ErrorKind::InvalidInput,
            "`x` <- `y` <- `z` <- `x`",
        ),
        (vec![role("x").from("x")], ErrorKind::InvalidInput, "`x` <- `x`"),
        (vec![role("x").from("u"), user("u")], ErrorKind::AlreadyExists, "`u`"),
        (vec![role("x"), role("x")], ErrorKind::AlreadyExists, "`x`"),
    ];
    for (definitions, kind, words) in cases {
        let error = world.engine.add(definitions).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(words), "{error}");
        assert!(world.engine.status(&id("x"), world.now).is_err(), "nothing was added");
    }
}

#[test]
fn what_is_in_use_is_not_removed() {
    let (mut world, _) = family(1);
    assert_eq!(world.engine.remove(&id("r0")).unwrap_err().kind(), ErrorKind::InUse);
    assert_eq!(world.engine.remove(&id("u")).unwrap_err().kind(), ErrorKind::InUse);
    world.stop("r0");
    world.engine.remove(&id("r0")).unwrap();
    world.engine.remove(&id("u")).unwrap();
    assert_eq!(world.engine.remove(&id("u")).unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn stopping_one_that_waits_does_not_strand_the_other() {
    let (mut world, _) = family(2);
    world.fail("u", ErrorKind::Throttled);
    world.start("r0");
    world.start("r1");
    world.stop("r0");
    world.pass(MINUTE);
    world.issue("u", HOUR);
    world.issue("r1", HOUR);
    assert_eq!(world.state("r1"), SessionState::Active);
}

#[test]
fn stopping_a_source_that_waits_to_try_again_does_not_strand_its_children() {
    let mut world = World::new();
    world.add(vec![user("u"), role("r").from("u")]);
    world.start("u");
    world.issue("u", 20 * MINUTE);
    world.start("r");
    world.issue("r", HOUR);
    world.pass(19 * MINUTE + Duration::from_secs(30));
    while let Some(attempt) = world.attempts.pop() {
        world.finish(&attempt, Outcome::Failed(error(ErrorKind::Unreachable)));
    }
    world.stop("u");
    world.pass(5 * MINUTE);
    assert!(!world.attempts.is_empty(), "{:?}", world.status("r"));
}

#[test]
fn a_child_goes_on_when_its_source_is_good_again() {
    let (mut world, _) = family(2);
    world.issue("u", 18 * MINUTE + Duration::from_secs(50));
    world.issue("r0", HOUR);
    world.issue("r1", HOUR);
    world.pass(20 * MINUTE);
    world.fail("u", ErrorKind::MfaRefused);
    assert_eq!((world.status("r0").next_attempt, world.status("r1").next_attempt), (None, None));
    world.start("r1");
    world.issue("u", HOUR);
    world.issue("r0", HOUR);
    world.issue("r1", HOUR);
    assert!(world.status("r0").error.is_none());
}

#[test]
fn a_source_that_nobody_waits_for_any_more_says_that_it_has_stopped_trying() {
    let (mut world, _) = family(1);
    world.ask("u");
    world.answer("u");
    world.stop("r0");
    let is_told = |event: &Event| matches!(event, Event::RefreshFailed { session, error, .. } if *session == id("u") && error.kind() == ErrorKind::Cancelled);
    assert!(world.has(is_told));
}

#[test]
fn a_source_out_of_reach_gives_no_call_of_its_children_back() {
    let (mut world, _) = family(1);
    world.start("u");
    let set = world.issue("u", HOUR);
    world.issue("r0", HOUR);
    for _ in 0..5 {
        world.engine.handle_refresh(&id("r0"), world.now).unwrap();
        world.collect();
        world.issue("r0", HOUR);
    }
    world.engine.handle_rejected(&id("u"), set.access_key_id().as_str(), world.now).unwrap();
    world.engine.handle_refresh(&id("r0"), world.now).unwrap();
    world.collect();
    world.fail("u", ErrorKind::Unreachable);
    world.engine.handle_refresh(&id("u"), world.now).unwrap();
    world.collect();
    world.issue("u", HOUR);
    world.engine.handle_refresh(&id("r0"), world.now).unwrap();
    world.collect();
    assert!(world.attempts.is_empty(), "six calls have been made this minute");
}

#[test]
fn a_question_at_a_start_finds_somebody_there_and_one_at_a_refresh_does_not() {
    // The user's own start, and the start of a role that needs the user's set.
    let (mut world, _) = family(1);
    world.ask("u");
    assert!(world.status("u").challenge.unwrap().is_attended);
    let mut world = World::new();
    world.add(vec![user("u")]);
    world.start("u");
    world.ask("u");
    assert!(world.status("u").challenge.unwrap().is_attended);
    world.answer("u");
    world.issue("u", HOUR);
    world.pass(HOUR);
    world.ask("u");
    assert!(!world.status("u").challenge.unwrap().is_attended);
}

#[test]
fn what_only_a_person_can_mend_does_not_ask_the_person_again_and_again() {
    let mut world = World::new();
    world.add(vec![user("u")]);
    world.start("u");
    world.issue("u", HOUR);
    world.pass(HOUR);
    world.ask("u");
    world.answer("u");
    world.fail("u", ErrorKind::ClockSkew);
    assert_eq!(world.status("u").next_attempt, None, "the answer is spent, and the clock is still wrong");
    assert_eq!(world.status("u").error.unwrap().kind(), ErrorKind::ClockSkew);
    // The neighbour: an attempt that spends nobody's answer is made again.
    let mut world = World::running(HOUR);
    world.pass(30 * MINUTE);
    world.fail("a", ErrorKind::ClockSkew);
    assert!(world.status("a").next_attempt.is_some());
}
