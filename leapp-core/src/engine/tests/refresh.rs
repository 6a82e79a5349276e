use super::*;

#[test]
fn a_set_is_replaced_after_20_minutes_or_a_third_of_its_life_and_a_little_early() {
    for (lifetime, third) in [(HOUR, 20 * MINUTE), (12 * HOUR, 20 * MINUTE), (15 * MINUTE, 5 * MINUTE)] {
        let waits: Vec<Duration> = (0..200)
            .map(|seed| {
                let mut world = World::seeded(seed);
                world.add(vec![role("a")]);
                world.start("a");
                world.issue("a", lifetime);
                world.wait("a")
            })
            .collect();
        assert!(
            waits.iter().all(|wait| (third.mul_f64(0.9)..=third).contains(wait)),
            "{lifetime:?}: {waits:?}"
        );
        let spread = *waits.iter().max().unwrap() - *waits.iter().min().unwrap();
        assert!(spread > third.mul_f64(0.08), "drawn over the whole range: {spread:?}");
    }
}

#[test]
fn the_moment_is_drawn_once() {
    let mut world = World::running(HOUR);
    let planned = world.status("a").next_attempt;
    for _ in 0..100 {
        world.pass(Duration::from_secs(5));
        assert_eq!(world.status("a").next_attempt, planned);
    }
}

#[test]
fn a_reused_set_is_replaced_shortly_before_it_expires() {
    let mut world = World::new();
    world.add(vec![user("a")]);
    world.start("a");
    world.issue("a", 10 * HOUR);
    let before = 10 * HOUR - world.wait("a");
    assert!((13 * MINUTE..=15 * MINUTE).contains(&before), "{before:?}");
}

#[test]
fn rotation_replaces_what_is_given_and_published() {
    let mut world = World::running(HOUR);
    let old = world.key_of("a").cloned().unwrap();
    world.pass(20 * MINUTE);
    assert_eq!(world.key_of("a"), Some(&old), "an attempt in flight takes nothing away");
    let new = world.issue("a", HOUR);
    assert_eq!(world.key_of("a"), Some(new.access_key_id()));
    assert_eq!(told(&world.apply(Ok(()))), ["publish a in p"]);
}

#[test]
fn a_failed_refresh_takes_nothing_away_and_is_tried_again() {
    for kind in [ErrorKind::Unreachable, ErrorKind::Throttled, ErrorKind::Service, ErrorKind::Unavailable] {
        let mut world = World::running(HOUR);
        let key = world.key_of("a").cloned();
        world.pass(20 * MINUTE);
        for _ in 0..12 {
            world.fail("a", kind);
            assert_eq!(world.key_of("a").cloned(), key, "{kind:?}");
            assert_eq!(world.state("a"), SessionState::Active);
            assert!(world.batches.is_empty(), "the profile is left alone");
            let wait = world.wait("a");
            assert!(wait >= Duration::from_secs(1) && wait <= MINUTE, "{kind:?}: {wait:?}");
            world.pass(2 * MINUTE);
        }
        world.issue("a", HOUR);
        assert!(world.status("a").error.is_none());
    }
}

#[test]
fn a_final_refusal_waits_for_somebody_and_keeps_what_is_valid() {
    for kind in [ErrorKind::AccessDenied, ErrorKind::InvalidInput, ErrorKind::MfaRefused, ErrorKind::NotFound]
    {
        let mut world = World::running(HOUR);
        let key = world.key_of("a").cloned();
        world.pass(20 * MINUTE);
        world.fail("a", kind);
        assert_eq!((world.key_of("a").cloned(), world.state("a")), (key, SessionState::Active));
        assert_eq!(world.status("a").next_attempt, None);
        assert_eq!(world.status("a").error.unwrap().kind(), kind);
        world.pass(HOUR);
        assert!(world.attempts.is_empty(), "{kind:?} is not tried again by itself");
        world.start("a");
        world.issue("a", HOUR);
        assert_eq!(world.state("a"), SessionState::Active);
    }
}

#[test]
fn an_expired_set_stays_published_and_is_said_to_be_expired_once() {
    let mut world = World::running(HOUR);
    world.pass(20 * MINUTE);
    world.fail("a", ErrorKind::AccessDenied);
    world.pass(2 * HOUR);
    assert_eq!(world.state("a"), SessionState::Expired);
    let expired = world.events.iter().filter(|event| matches!(event, Event::Expired { .. })).count();
    assert_eq!(expired, 1);
    assert!(world.batches.is_empty(), "taking it out would make programs fall through to another identity");
}

#[test]
fn six_calls_a_minute_reach_the_service_at_most() {
    let mut world = World::new();
    world.add(vec![role("a")]);
    let begun = world.now;
    let mut calls = Vec::new();
    while world.now < begun + 10 * MINUTE {
        // A host that asks again and again: each failed start makes the session inactive.
        world.start("a");
        world.pass(Duration::from_millis(500));
        if !world.attempts.is_empty() {
            calls.push(world.begun[&world.attempts[0].id.number]);
            world.fail("a", ErrorKind::Throttled);
        }
    }
    let busiest =
        calls.iter().map(|at| calls.iter().filter(|c| **c >= *at && **c < *at + MINUTE).count()).max();
    assert_eq!(busiest, Some(6));
    assert!(calls.len() >= 54, "the limit is used: {}", calls.len());
}

#[test]
fn calls_that_reached_nobody_do_not_count() {
    let mut world = World::running(HOUR);
    world.engine.handle_wake(world.now);
    world.pass(20 * MINUTE);
    world.engine.handle_wake(world.now);
    world.pass(Duration::from_secs(1));
    for _ in 0..30 {
        world.fail("a", ErrorKind::Unreachable);
        let wait = world.wait("a");
        assert!(wait <= Duration::from_secs(3), "after a wake the network is soon there: {wait:?}");
        world.pass(wait);
    }
    assert_eq!(world.attempts.len(), 1);
}

#[test]
fn after_a_wake_what_is_due_is_tried_within_a_second_and_spread() {
    let mut world = World::new();
    let names: Vec<String> = (0..50).map(|n| format!("s{n}")).collect();
    world.add(names.iter().map(|name| role(name)).collect());
    for name in &names {
        world.start(name);
        world.issue(name, HOUR);
    }
    world.now += 8 * HOUR;
    world.engine.handle_wake(world.now);
    world.collect();
    assert!(world.attempts.len() < 25, "not all at once: {}", world.attempts.len());
    world.pass(Duration::from_secs(1));
    assert_eq!(world.attempts.len(), 50);
}

#[test]
fn a_clock_set_back_makes_the_set_be_replaced() {
    let mut world = World::running(HOUR);
    world.now -= 2 * HOUR;
    world.engine.handle_wake(world.now);
    world.pass(Duration::from_secs(1));
    let new = world.issue("a", HOUR);
    // It ends before the old one seems to, which a clock that goes back makes no reason to keep the old one.
    assert_eq!(world.key_of("a"), Some(new.access_key_id()));
}

#[test]
fn a_set_that_ends_sooner_does_not_replace_one_that_ends_later() {
    let mut world = World::running(HOUR);
    let key = world.key_of("a").cloned();
    world.pass(20 * MINUTE);
    world.issue("a", 15 * MINUTE);
    assert_eq!(world.key_of("a").cloned(), key);
}

#[test]
fn a_set_that_is_past_its_expiration_on_arrival_is_a_failure() {
    let mut world = World::running(HOUR);
    let key = world.key_of("a").cloned();
    world.pass(20 * MINUTE);
    let attempt = world.take("a");
    let set = world.set(Duration::ZERO);
    world.finish(&attempt, Outcome::Issued(set.into()));
    assert_eq!(world.key_of("a").cloned(), key);
    assert_eq!(world.status("a").error.unwrap().kind(), ErrorKind::ClockSkew);
}

#[test]
fn an_outcome_that_comes_after_stop_changes_nothing() {
    let mut world = World::new();
    world.add(vec![role("a").on("p")]);
    world.start("a");
    let late = world.take("a");
    world.stop("a");
    let set = world.set(HOUR);
    world.finish(&late, Outcome::Issued(set.into()));
    assert_eq!((world.state("a"), world.key_of("a")), (SessionState::Inactive, None));
    assert!(world.batches.is_empty());

    world.start("a");
    let set = world.set(HOUR);
    world.finish(&late, Outcome::Issued(set.into()));
    assert_eq!(world.state("a"), SessionState::Pending, "nor after another start");
}

#[test]
fn a_rejected_set_is_not_given_again_and_a_new_one_is_asked_for() {
    let mut world = World::running(HOUR);
    let key = world.key_of("a").cloned().unwrap();
    world.engine.handle_rejected(&id("a"), "ASIAXXXXXXXXXXXXXXXX", world.now).unwrap();
    assert_eq!(world.key_of("a"), Some(&key), "a report about another set changes nothing");
    world.engine.handle_rejected(&id("a"), key.as_str(), world.now).unwrap();
    world.collect();
    assert_eq!(world.key_of("a"), None);
    assert_eq!(world.attempts[0].reuse_after, None, "nor is it taken from the vault again");
    assert!(world.batches.is_empty(), "what is published stays until something newer takes its place");
    let new = world.issue("a", 30 * MINUTE);
    assert_eq!(world.key_of("a"), Some(new.access_key_id()), "even one that ends sooner");
}

#[test]
fn an_attempt_begun_before_a_rejection_brings_nothing_back() {
    let mut world = World::running(HOUR);
    world.pass(20 * MINUTE);
    let early = world.take("a");
    let key = world.key_of("a").cloned().unwrap();
    world.engine.handle_rejected(&id("a"), key.as_str(), world.now).unwrap();
    world.collect();
    let set = world.set(HOUR);
    world.finish(&early, Outcome::Issued(set.into()));
    assert_eq!(world.key_of("a"), None);
    let new = world.issue("a", HOUR);
    assert_eq!(world.key_of("a"), Some(new.access_key_id()));
}

#[test]
fn a_set_from_the_vault_must_outlast_what_there_is() {
    let mut world = World::new();
    world.add(vec![user("a")]);
    world.start("a");
    let reuse_after = world.attempts[0].reuse_after.unwrap();
    assert_eq!(reuse_after, world.now + 5 * MINUTE, "at start: anything that lasts a while");
    let set = world.issue("a", 10 * HOUR);
    world.pass(10 * HOUR - 10 * MINUTE);
    assert_eq!(
        world.attempts[0].reuse_after,
        Some(set.expiration()),
        "at refresh: what another process renewed"
    );
}

#[test]
fn a_refresh_that_is_asked_for_is_made_now_and_takes_nothing_away_when_it_fails() {
    let mut world = World::running(HOUR);
    let old = world.key_of("a").cloned();
    world.engine.handle_refresh(&id("a"), world.now).unwrap();
    world.collect();
    world.fail("a", ErrorKind::Unreachable);
    assert_eq!(world.key_of("a").cloned(), old);
    world.engine.handle_refresh(&id("a"), world.now).unwrap();
    world.collect();
    let new = world.issue("a", HOUR);
    assert_eq!(world.key_of("a"), Some(new.access_key_id()));
}

#[test]
fn a_clock_set_back_does_not_stretch_the_limit_of_calls() {
    let mut world = World::running(HOUR);
    for _ in 0..6 {
        world.pass(20 * MINUTE);
        world.issue("a", HOUR);
        world.batches.drain(..);
    }
    world.now -= 3 * HOUR;
    world.engine.handle_wake(world.now);
    world.pass(2 * MINUTE);
    world.issue("a", HOUR);
}

#[test]
fn a_set_that_many_reject_is_replaced_once() {
    let mut world = World::running(HOUR);
    let key = world.key_of("a").cloned().unwrap();
    for _ in 0..10 {
        world.engine.handle_rejected(&id("a"), key.as_str(), world.now).unwrap();
        world.collect();
    }
    assert_eq!(world.attempts.len(), 1);
    let new = world.issue("a", HOUR);
    assert_eq!(world.key_of("a"), Some(new.access_key_id()));
}

#[test]
fn a_rejection_does_not_waste_an_answer_that_is_being_spent() {
    let mut world = World::new();
    world.add(vec![user("u")]);
    world.start("u");
    world.issue("u", HOUR);
    world.engine.handle_refresh(&id("u"), world.now).unwrap();
    world.collect();
    world.ask("u");
    world.answer("u");
    let key = world.key_of("u").cloned().unwrap();
    world.engine.handle_rejected(&id("u"), key.as_str(), world.now).unwrap();
    world.collect();
    let new = world.issue("u", HOUR);
    assert_eq!(world.key_of("u"), Some(new.access_key_id()));
}

#[test]
fn a_clock_set_back_does_not_lengthen_what_is_given() {
    let mut world = World::running(HOUR);
    world.now -= 24 * HOUR;
    world.engine.handle_wake(world.now);
    world.pass(Duration::from_secs(1));
    world.fail("a", ErrorKind::AccessDenied);
    world.pass(59 * MINUTE);
    assert!(world.key_of("a").is_some());
    world.pass(MINUTE);
    assert!(
        world.key_of("a").is_none(),
        "an hour after the step, a set of an hour is certainly past its end"
    );
    assert_eq!(world.state("a"), SessionState::Expired);
}
