use super::*;
use crate::engine::{Detour, Hop, Limit, Plan};

const PRINCIPALS: [Principal; 4] =
    [Principal::FederatedUser, Principal::Person, Principal::Role, Principal::User];
const DURATIONS: [Option<Duration>; 3] = [None, Some(HOUR), Some(Duration::from_secs(3601))];

/// A session of a principal, whose source is a session before it, if any.
fn session(at: usize, principal: Principal, source: Option<usize>) -> Definition {
    let session = definition(&format!("s{at}"), SessionKind::new("any", principal, Refresh::Rotate));
    Definition { source: source.map(|source| id(&format!("s{source}"))), ..session }
}

/// Every forest of four sessions, whoever each of them is.
fn every_forest() -> impl Iterator<Item = Vec<Definition>> {
    (0..256_usize).flat_map(|principals| {
        (0..24_usize).map(move |sources| {
            let (mut principals, mut sources) = (principals, sources);
            let forest = (0..4).map(|at| {
                let (principal, source) = (PRINCIPALS[principals % 4], sources % (at + 1));
                (principals, sources) = (principals / 4, sources / (at + 1));
                session(at, principal, source.checked_sub(1))
            });
            forest.collect()
        })
    })
}

/// What AWS says of one call: who signs it, and who comes out of it.
fn is_chained(forest: &[Definition], session: &Definition) -> bool {
    let source = session.source.as_ref().map(|source| &forest[at(source)]);
    session.kind.principal == Principal::Role
        && source.is_some_and(|source| source.kind.principal == Principal::Role)
}

fn at(session: &SessionId) -> usize {
    session.as_str()[1..].parse().unwrap()
}

fn last_hop(forest: &[Definition]) -> Hop {
    let plan = Plan::of(&forest[3].session, forest).unwrap();
    plan.hops.last().unwrap().clone()
}

/// One that asks for `duration` in place of the last.
fn asking(forest: &[Definition], duration: Option<Duration>) -> Vec<Definition> {
    let mut forest = forest.to_vec();
    forest[3].duration = duration;
    forest
}

#[test]
fn a_hop_is_limited_to_an_hour_exactly_when_a_role_is_assumed_by_a_role() {
    let (mut limited, mut free) = (0, 0);
    for forest in every_forest() {
        let hop = last_hop(&forest);
        let is_limited = matches!(hop.limit, Some(Limit::OneHour { .. }));
        assert_eq!(is_limited, is_chained(&forest, &forest[3]), "{forest:?}");
        if is_limited {
            limited += 1
        } else {
            free += 1
        }
        for duration in DURATIONS {
            let hop = last_hop(&asking(&forest, duration));
            let is_too_long = is_limited && duration > Some(HOUR);
            let is_no_role = matches!(hop.limit, Some(Limit::NoRole { .. }));
            assert_eq!(hop.is_refused(), is_too_long || is_no_role, "{duration:?} in {forest:?}");
        }
    }
    assert_eq!((limited, free), (288, 5856), "of 6144");
}

#[test]
fn a_chain_is_every_source_in_the_order_of_the_calls() {
    for forest in every_forest() {
        let plan = Plan::of(&forest[3].session, &forest).unwrap();
        let mut chain: Vec<&SessionId> = Vec::new();
        let mut next = Some(&forest[3].session);
        while let Some(session) = next {
            chain.insert(0, session);
            next = forest[at(session)].source.as_ref();
        }
        assert_eq!(plan.hops.iter().map(|hop| &hop.session).collect::<Vec<_>>(), chain);
        let lines = plan.to_string();
        assert_eq!(lines.lines().count(), chain.len(), "{lines}");
        assert!(lines.lines().zip(chain).all(|(line, session)| line.contains(session.as_str())), "{lines}");
    }
}

/// Following the advice helps, whatever the chain; and there is advice unless the chain begins with what assumes no role.
#[test]
fn a_detour_takes_the_limit_away() {
    let mut seen = [0; 3];
    for forest in every_forest() {
        let Some(Limit::OneHour { instead, source }) = last_hop(&forest).limit else { continue };
        assert_eq!(Some(&source), forest[3].source.as_ref());
        let mut changed = asking(&forest, DURATIONS[2]);
        match instead {
            None => {
                seen[0] += 1;
                let hops = Plan::of(&forest[3].session, &forest).unwrap().hops;
                assert!(hops.iter().any(|hop| matches!(hop.limit, Some(Limit::NoRole { .. }))), "{forest:?}");
                continue;
            }
            Some(Detour::As(first)) => {
                seen[1] += 1;
                changed[3].source = forest[at(&first)].source.clone();
            }
            Some(Detour::From(user)) => {
                seen[2] += 1;
                assert_eq!(forest[at(&user)].kind.principal, Principal::User);
                changed[3].source = Some(user);
            }
        }
        assert_eq!(last_hop(&changed).limit, None, "{forest:?} became {changed:?}");
        assert!(!last_hop(&changed).is_refused());
    }
    assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
}

#[test]
fn what_is_no_chain_is_refused_by_name() {
    let ghost = vec![session(0, Principal::Role, Some(1))];
    let error = Plan::of(&id("s0"), &ghost).unwrap_err();
    assert_eq!((error.kind(), error.to_string().contains("`s1`")), (ErrorKind::NotFound, true));
    let circle = vec![session(0, Principal::Role, Some(1)), session(1, Principal::Role, Some(0))];
    assert_eq!(Plan::of(&id("s0"), &circle).unwrap_err().kind(), ErrorKind::InvalidInput);
}

/// Nobody is asked for a code that would be spent on nothing.
#[test]
fn what_the_plan_refuses_is_not_begun() {
    let mut world = World::new();
    let two_hours = Some(2 * HOUR);
    world.add(vec![
        user("u"),
        role("a").from("u"),
        Definition { duration: two_hours, ..role("b").from("a") },
    ]);
    let error = world.engine.handle_start(&id("b"), world.now).unwrap_err();
    world.collect();
    assert_eq!(error.kind(), ErrorKind::RoleChainingLimit);
    for words in ["7200 s", "3600 s", "`b` <- `a` <- `u`", "straight from `u`"] {
        assert!(error.to_string().contains(words), "no {words} in: {error}");
    }
    assert!(world.attempts.is_empty() && world.events.is_empty());
    world.start("a");
    assert_eq!(world.attempts.len(), 1, "its source can be started");
}

/// Whoever waits far down a chain is told which session failed, and by which way it came there.
#[test]
fn a_failure_names_the_chain_and_the_session_that_failed() {
    let mut world = World::new();
    world.add(vec![user("u"), role("a").from("u"), role("b").from("a"), role("c").from("b")]);
    world.start("c");
    world.issue("u", HOUR);
    world.fail("a", ErrorKind::AccessDenied);
    let error = world.status("c").error.unwrap();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert_eq!(error.to_string(), "session `c` has no source: `a` failed in `c` <- `b` <- `a` <- `u`");
    let cause = std::error::Error::source(&error).unwrap();
    assert_eq!(cause.to_string(), "planned failure", "the cause is told once");
    assert!(cause.source().is_none());
}
