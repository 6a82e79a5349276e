use super::*;

/// `a` holds profile `p`; `b` is to take it over.
fn rivals() -> World {
    let mut world = World::running(HOUR);
    world.add(vec![role("b").on("p")]);
    world
}

#[test]
fn the_new_set_is_published_before_the_old_is_gone() {
    let mut world = rivals();
    world.start("b");
    world.issue("b", HOUR);
    assert_eq!((world.state("a"), world.state("b")), (SessionState::Active, SessionState::Pending));
    assert_eq!(told(&world.apply(Ok(()))), ["publish b in p"]);
    assert_eq!((world.state("a"), world.state("b")), (SessionState::Inactive, SessionState::Active));
    assert!(world.has(|event| matches!(event, Event::Stopped { session, displaced_by: Some(by) } if *session == id("a") && *by == id("b"))));
    assert!(world.batches.is_empty(), "nothing is withdrawn from a profile that is taken over");
}

#[test]
fn a_start_that_fails_leaves_the_profile_to_its_holder() {
    let failures: [fn(&mut World); 2] = [
        |world| world.fail("b", ErrorKind::AccessDenied),
        |world| {
            world.issue("b", HOUR);
            world.apply(Err(error(ErrorKind::Unavailable)));
        },
    ];
    for fail in failures {
        let mut world = rivals();
        world.start("b");
        fail(&mut world);
        assert_eq!((world.state("a"), world.state("b")), (SessionState::Active, SessionState::Inactive));
        assert!(
            world.has(|event| matches!(event, Event::StartFailed { session, .. } if *session == id("b")))
        );
        assert!(world.batches.is_empty());
        world.pass(20 * MINUTE);
        world.issue("a", HOUR);
        assert_eq!(told(&world.apply(Ok(()))), ["publish a in p"]);
    }
}

#[test]
fn two_sessions_are_not_started_on_one_profile_at_once() {
    let mut world = rivals();
    world.add(vec![role("c").on("p")]);
    world.start("b");
    let error = world.engine.handle_start(&id("c"), world.now).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InUse);
    assert!(error.to_string().contains("`b`"), "{error}");
    world.collect();
    assert_eq!(world.state("c"), SessionState::Inactive);
    assert!(world.attempts.iter().all(|attempt| *attempt.id.session() == id("b")), "nothing is tried for it");
    assert!(world.batches.is_empty(), "nothing is written for it");
    assert!(!world.has(|event| matches!(event, Event::StartFailed { .. })), "the caller has been told");
}

#[test]
fn stopped_while_its_set_is_on_the_way_in_gives_the_profile_back() {
    let mut world = rivals();
    world.start("b");
    world.issue("b", HOUR);
    world.stop("b");
    assert_eq!(world.state("b"), SessionState::Stopping);
    world.apply(Ok(()));
    assert_eq!(told(&world.apply(Ok(()))), ["publish a in p"]);
    assert_eq!(told(&world.apply(Ok(()))), ["withdraw b from p"]);
    assert_eq!((world.state("a"), world.state("b")), (SessionState::Active, SessionState::Inactive));
}

#[test]
fn stopped_while_its_set_is_on_the_way_in_is_withdrawn() {
    let mut world = World::new();
    world.add(vec![role("a").on("p")]);
    world.start("a");
    world.issue("a", HOUR);
    world.stop("a");
    world.apply(Ok(()));
    assert_eq!(told(&world.apply(Ok(()))), ["withdraw a from p"]);
    assert_eq!(world.state("a"), SessionState::Inactive);
}

#[test]
fn stop_withdraws_and_gives_nothing_any_more() {
    let mut world = World::running(HOUR);
    world.stop("a");
    assert!(world.key_of("a").is_none());
    assert_eq!(world.state("a"), SessionState::Stopping);
    assert_eq!(told(&world.apply(Ok(()))), ["withdraw a from p"]);
    assert_eq!(world.state("a"), SessionState::Inactive);
    world.pass(5 * HOUR);
    assert!(world.attempts.is_empty() && world.batches.is_empty());
}

#[test]
fn stopping_what_is_inactive_says_so_and_does_nothing() {
    let mut world = World::new();
    world.add(vec![role("a").on("p")]);
    world.stop("a");
    assert!(world.has(|event| matches!(event, Event::Stopped { .. })));
    assert!(world.batches.is_empty());
}

#[test]
fn a_withdrawal_that_fails_is_tried_again() {
    let mut world = World::running(HOUR);
    world.stop("a");
    world.apply(Err(error(ErrorKind::Unavailable)));
    assert_eq!(world.state("a"), SessionState::Stopping);
    assert!(world.has(|event| matches!(event, Event::SinkFailed { next_attempt: Some(_), .. })));
    world.pass(MINUTE);
    assert_eq!(told(&world.apply(Ok(()))), ["withdraw a from p"]);
    assert_eq!(world.state("a"), SessionState::Inactive);
}

#[test]
fn a_withdrawal_that_cannot_succeed_is_said_and_given_up() {
    let mut world = World::running(HOUR);
    world.stop("a");
    world.apply(Err(error(ErrorKind::NotOurs)));
    assert_eq!(world.state("a"), SessionState::Inactive);
    assert!(world.has(|event| matches!(event, Event::SinkFailed { next_attempt: None, .. })));
}

#[test]
fn a_rotated_set_that_cannot_be_written_is_given_and_written_later() {
    let mut world = World::running(HOUR);
    world.pass(20 * MINUTE);
    let new = world.issue("a", HOUR);
    world.apply(Err(error(ErrorKind::Unavailable)));
    assert_eq!(world.state("a"), SessionState::Active);
    assert_eq!(world.key_of("a"), Some(new.access_key_id()));
    world.pass(MINUTE);
    assert_eq!(told(&world.apply(Ok(()))), ["publish a in p"]);
}

#[test]
fn changes_share_a_batch_and_one_batch_is_on_the_way_at_a_time() {
    let mut world = World::new();
    world.add(vec![role("a").on("pa"), role("b").on("pb"), role("c").on("pc")]);
    ["a", "b", "c"].iter().for_each(|name| world.start(name));
    world.issue("a", HOUR);
    world.issue("b", HOUR);
    world.issue("c", HOUR);
    assert_eq!(told(&world.apply(Ok(()))), ["publish a in pa"]);
    assert_eq!(world.batches.len(), 1);
    assert_eq!(told(&world.apply(Ok(()))), ["publish b in pb", "publish c in pc"]);
}

#[test]
fn one_bad_profile_does_not_keep_the_others_from_being_written() {
    let mut world = World::new();
    world.add(vec![role("a").on("pa"), role("b").on("pb"), role("c").on("pc")]);
    ["a", "b", "c"].iter().for_each(|name| world.start(name));
    ["a", "b", "c"].iter().for_each(|name| drop(world.issue(name, HOUR)));
    world.apply(Ok(()));
    while let Some((_, changes)) = world.batches.first() {
        let is_bad = told(changes).iter().any(|change| change.contains("pb"));
        world.apply(if is_bad { Err(error(ErrorKind::NotOurs)) } else { Ok(()) });
    }
    let states = ["a", "b", "c"].map(|name| world.state(name));
    assert_eq!(states, [SessionState::Active, SessionState::Inactive, SessionState::Active]);
}

#[test]
fn started_again_while_it_is_being_stopped_is_published_again() {
    let mut world = World::running(HOUR);
    world.stop("a");
    world.start("a");
    world.issue("a", HOUR);
    assert_eq!(told(&world.apply(Ok(()))), ["withdraw a from p"]);
    assert_eq!(told(&world.apply(Ok(()))), ["publish a in p"]);
    assert_eq!(world.state("a"), SessionState::Active);
}

#[test]
fn a_session_without_a_profile_is_started_as_soon_as_it_has_credentials() {
    let mut world = World::new();
    world.add(vec![role("a")]);
    world.start("a");
    world.issue("a", HOUR);
    assert_eq!(world.state("a"), SessionState::Active);
    assert!(world.batches.is_empty());
}

#[test]
fn a_session_that_could_not_be_put_back_leaves_no_stranger_in_its_profile() {
    let mut world = rivals();
    world.start("b");
    world.issue("b", HOUR);
    world.stop("b");
    world.apply(Ok(()));
    world.stop("a");
    world.apply(Err(error(ErrorKind::Busy)));
    let mut changes = Vec::new();
    while !world.batches.is_empty() {
        changes.extend(told(&world.apply(Ok(()))));
    }
    assert!(changes.contains(&"withdraw b from p".to_owned()), "{changes:?}");
}

#[test]
fn a_refresh_that_fails_does_not_end_a_start_whose_set_is_on_its_way() {
    let mut world = World::new();
    world.add(vec![role("a").on("p")]);
    world.start("a");
    world.issue("a", HOUR);
    world.pass(20 * MINUTE);
    world.fail("a", ErrorKind::Unreachable);
    assert_eq!(world.state("a"), SessionState::Pending);
    assert_eq!(world.engine.remove(&id("a")).unwrap_err().kind(), ErrorKind::InUse);
    world.apply(Ok(()));
    assert_eq!(world.state("a"), SessionState::Active);
}

#[test]
fn what_was_sent_off_for_one_start_says_nothing_about_the_next() {
    for result in [Ok(()), Err(error(ErrorKind::NotOurs))] {
        let mut world = World::new();
        world.add(vec![role("a").on("p")]);
        world.start("a");
        world.issue("a", HOUR);
        world.stop("a");
        world.start("a");
        world.apply(result);
        assert_eq!(world.state("a"), SessionState::Pending);
        world.issue("a", HOUR);
        while !world.batches.is_empty() {
            world.apply(Ok(()));
        }
        assert_eq!(world.state("a"), SessionState::Active);
    }
}

#[test]
fn asked_to_start_what_is_started_it_writes_what_could_not_be_written() {
    let mut world = World::running(HOUR);
    world.pass(20 * MINUTE);
    world.issue("a", HOUR);
    world.apply(Err(error(ErrorKind::NotOurs)));
    assert_eq!(world.status("a").error.unwrap().kind(), ErrorKind::NotOurs);
    world.start("a");
    assert!(world.attempts.is_empty(), "the set is good: no call is needed");
    assert_eq!(told(&world.apply(Ok(()))), ["publish a in p"]);
    assert!(world.status("a").error.is_none());
}
