//! What nobody has asked for, or what waits for a person: time alone moves none of it.

use super::*;

/// A night, and the day after it.
const LONG: Duration = Duration::from_secs(30 * 3600);

#[test]
fn a_session_that_was_never_started_is_left_alone() {
    let mut world = World::new();
    world.add(vec![user("u").on("pu"), role("r").from("u").on("pr")]);
    world.pass(LONG);
    world.engine.handle_wake(world.now);
    world.pass(LONG);
    for session in ["u", "r"] {
        let SessionStatus { state, expiration, is_refreshing, next_attempt, error, challenge, .. } =
            world.status(session);
        assert_eq!(state, SessionState::Inactive);
        assert_eq!((expiration, is_refreshing, next_attempt), (None, false, None));
        assert!(error.is_none() && challenge.is_none());
    }
    assert!(world.attempts.is_empty() && world.batches.is_empty());
    assert!(world.events.iter().all(|event| matches!(event, Event::Woke { .. })), "{:?}", world.events);
}

#[test]
fn a_first_start_waits_for_its_answer_as_long_as_it_takes() {
    let mut world = World::new();
    world.add(vec![user("u").on("p")]);
    world.start("u");
    world.ask("u");
    world.events.clear();
    world.pass(LONG);
    assert_eq!(world.state("u"), SessionState::Pending);
    assert!(world.status("u").challenge.is_some());
    assert!(world.attempts.is_empty(), "without an answer the service would only ask again");
    assert!(world.batches.is_empty() && world.events.is_empty(), "{:?}", world.events);

    world.answer("u");
    world.issue("u", HOUR);
    assert_eq!(told(&world.apply(Ok(()))), ["publish u in p"]);
    assert_eq!(world.state("u"), SessionState::Active);
}

/// Leapp deletes what hangs on a session along with it. Here nothing goes that was not named.
#[test]
fn an_inactive_source_of_inactive_sessions_is_not_removed() {
    let mut world = World::new();
    world.add(vec![user("u").on("pu"), role("r").from("u").on("pr"), role("s").from("r")]);
    for source in ["u", "r"] {
        let error = world.engine.remove(&id(source)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InUse);
    }
    world.collect();
    assert!(world.attempts.is_empty() && world.batches.is_empty(), "nothing is stopped for it");
    assert!(world.events.is_empty(), "{:?}", world.events);
    for session in ["s", "r", "u"] {
        assert_eq!(world.state(session), SessionState::Inactive);
        world.engine.remove(&id(session)).unwrap();
    }
}

#[test]
fn after_a_wake_what_is_not_due_is_left_alone() {
    let mut world = World::new();
    world.add(vec![role("old"), role("young"), user("reused")]);
    for (session, lifetime) in [("old", HOUR), ("reused", 10 * HOUR)] {
        world.start(session);
        world.issue(session, lifetime);
    }
    world.pass(10 * MINUTE);
    world.start("young");
    world.issue("young", HOUR);
    let planned = ["young", "reused"].map(|session| world.status(session).next_attempt);

    // Asleep for twelve minutes: `old` is past its twenty, the others are not near theirs.
    world.now += 12 * MINUTE;
    world.engine.handle_wake(world.now);
    world.pass(Duration::from_secs(5));
    let tried: Vec<&SessionId> = world.attempts.iter().map(|attempt| attempt.id.session()).collect();
    assert_eq!(tried, [&id("old")]);
    assert_eq!(["young", "reused"].map(|session| world.status(session).next_attempt), planned);
}
