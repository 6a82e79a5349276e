//! A stop that meets a rotation on its way: what comes late brings nothing back.

use super::*;

/// Started and rotating, on profile `p`: the attempt for its second set is in flight.
fn rotating() -> World {
    let mut world = World::running(HOUR);
    world.pass(20 * MINUTE);
    assert_eq!(world.attempts.len(), 1);
    world.events.clear();
    world
}

/// From here on nothing happens to `a` any more, and it was said to be stopped and withdrawn once.
fn is_out(world: &mut World) {
    assert_eq!((world.state("a"), world.key_of("a")), (SessionState::Inactive, None));
    world.pass(5 * HOUR);
    assert_eq!(world.state("a"), SessionState::Inactive);
    assert!(world.attempts.is_empty() && world.batches.is_empty());
    let count = |is_it: fn(&Event) -> bool| world.events.iter().filter(|event| is_it(event)).count();
    assert_eq!(count(|event| matches!(event, Event::Stopped { .. })), 1, "{:?}", world.events);
    assert_eq!(count(|event| matches!(event, Event::Withdrawn { .. })), 1, "{:?}", world.events);
    assert_eq!(count(|event| matches!(event, Event::Issued { .. })), 0, "{:?}", world.events);
}

#[test]
fn stopped_while_its_next_set_is_obtained_it_is_withdrawn_once() {
    for is_late in [false, true] {
        let mut world = rotating();
        let attempt = world.take("a");
        world.stop("a");
        let outcome = Outcome::Issued(world.set(HOUR).into());
        if is_late {
            assert_eq!(told(&world.apply(Ok(()))), ["withdraw a from p"]);
            world.finish(&attempt, outcome);
        } else {
            world.finish(&attempt, outcome);
            assert_eq!(told(&world.apply(Ok(()))), ["withdraw a from p"]);
        }
        is_out(&mut world);
    }
}

#[test]
fn stopped_while_its_next_set_is_written_it_is_withdrawn_once() {
    for result in [Ok(()), Err(error(ErrorKind::Unavailable)), Err(error(ErrorKind::NotOurs))] {
        let mut world = rotating();
        world.issue("a", HOUR);
        world.events.clear();
        world.stop("a");
        assert_eq!(world.state("a"), SessionState::Stopping);
        assert!(world.key_of("a").is_none(), "what is being written is not given any more");
        assert_eq!(told(&world.apply(result)), ["publish a in p"]);
        assert_eq!(told(&world.apply(Ok(()))), ["withdraw a from p"]);
        is_out(&mut world);
    }
}
