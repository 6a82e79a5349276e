//! Anything, in any order, for a long time: what must hold after every step.

use leapp_testkit::cases::{first_seed, times_as_many};

use super::*;

const SESSIONS: [&str; 6] = ["u", "a", "b", "c", "d", "e"];

/// One run: a seeded host, service and sink that do whatever they may do.
struct Run {
    world: World,
    random: fastrand::Rng,
    /// The sink's content, as the batches that succeeded left it.
    profiles: BTreeMap<ProfileName, (SessionId, SystemTime)>,
    calls: Calls,
}

impl Run {
    fn new(seed: u64) -> Self {
        let mut world = World::seeded(seed);
        world.add(vec![
            user("u").on("pu"),
            role("a").from("u").on("p"),
            role("b").from("u").on("p"),
            role("c").from("a").on("pc"),
            role("d").from("c"),
            role("e").on("pu"),
        ]);
        Self { world, random: fastrand::Rng::with_seed(seed), profiles: BTreeMap::new(), calls: Calls::new() }
    }

    fn step(&mut self) {
        let session = SESSIONS[self.random.usize(..SESSIONS.len())];
        match self.random.u32(..100) {
            0..10 => drop(self.world.engine.handle_start(&id(session), self.world.now)),
            10..14 => drop(self.world.engine.handle_stop(&id(session), self.world.now)),
            14..16 => drop(self.world.engine.handle_refresh(&id(session), self.world.now)),
            16..18 => self.reject(session),
            18..20 => self.step_the_clock(),
            20..24 => {
                let answer = Answer::TokenCode(TokenCode::parse("123456").unwrap());
                let _ = self.world.engine.handle_answer(&id(session), answer, self.world.now);
            }
            24..55 => self.finish_an_attempt(),
            55..80 => self.finish_a_batch(),
            80..97 => self.world.pass(Duration::from_secs(self.random.u64(..300))),
            _ => self.world.pass(Duration::from_secs(self.random.u64(..20_000))),
        }
        self.world.collect();
    }

    fn step_the_clock(&mut self) {
        let step = Duration::from_secs(self.random.u64(..7200));
        if self.random.bool() {
            self.world.now -= step;
            // What was counted is counted by a clock that is no more.
            self.calls.clear();
        } else {
            self.world.now += step;
        }
        self.world.engine.handle_wake(self.world.now);
    }

    fn reject(&mut self, session: &str) {
        if let Some(key) = self.world.key_of(session).cloned() {
            self.world.engine.handle_rejected(&id(session), key.as_str(), self.world.now).unwrap();
        }
    }

    fn finish_an_attempt(&mut self) {
        if self.world.attempts.is_empty() {
            return;
        }
        let attempt = self.world.attempts.swap_remove(self.random.usize(..self.world.attempts.len()));
        let session = attempt.id.session().clone();
        let outcome = match self.random.u32(..10) {
            0..5 => Outcome::Issued(self.world.set(Duration::from_secs(self.random.u64(900..40_000))).into()),
            5 => Outcome::Reused(self.world.set(Duration::from_secs(self.random.u64(300..40_000))).into()),
            6 => {
                let device = SerialNumber::parse("arn:aws:iam::123456789012:mfa/alice").unwrap();
                Outcome::Challenge(Challenge::token_code(session.clone(), device))
            }
            _ => {
                let kinds = [
                    ErrorKind::Unreachable,
                    ErrorKind::Throttled,
                    ErrorKind::AccessDenied,
                    ErrorKind::Expired,
                ];
                Outcome::Failed(error(kinds[self.random.usize(..kinds.len())]))
            }
        };
        let reached = match &outcome {
            Outcome::Challenge(_) | Outcome::Reused(_) => false,
            Outcome::Failed(error) => error.kind() != ErrorKind::Unreachable,
            Outcome::Issued(_) => true,
        };
        if reached {
            self.calls.entry(session).or_default().push(self.world.begun[&attempt.id.number]);
        }
        self.world.finish(&attempt, outcome);
    }

    fn finish_a_batch(&mut self) {
        if self.world.batches.is_empty() {
            return;
        }
        if self.random.u32(..5) == 0 {
            let kind = if self.random.bool() { ErrorKind::Unavailable } else { ErrorKind::NotOurs };
            let refused = self.world.apply(Err(error(kind)));
            if let ([Change::Withdraw { session, profile }], ErrorKind::NotOurs) = (&refused[..], kind) {
                // Somebody has made the section theirs: there is nothing of ours left to take out.
                self.take_out(session, profile);
            }
            return;
        }
        for change in self.world.apply(Ok(())) {
            match change {
                Change::Publish { session, profile, credentials, .. } => {
                    self.profiles.insert(profile, (session, credentials.expiration()));
                }
                Change::Withdraw { session, profile } => self.take_out(&session, &profile),
            }
        }
    }

    fn take_out(&mut self, session: &SessionId, profile: &ProfileName) {
        if self.holder(profile) == Some(session) {
            self.profiles.remove(profile);
        }
    }

    fn holder(&self, profile: &ProfileName) -> Option<&SessionId> {
        self.profiles.get(profile).map(|(holder, _)| holder)
    }

    fn check(&self) {
        assert!(self.world.batches.len() <= 1, "one batch at a time");
        for status in self.world.engine.statuses(self.world.now) {
            let is_started = matches!(status.state, SessionState::Active | SessionState::Expired);
            if let Some(profile) = status.profile.as_ref().filter(|_| self.world.batches.is_empty()) {
                let is_in = self.holder(profile) == Some(&status.session);
                if is_started && status.error.is_none() {
                    assert!(is_in, "a started session is in its profile: {status:?}");
                }
                if status.state == SessionState::Inactive {
                    assert!(!is_in, "an inactive session is out of its profile: {status:?}");
                }
            }
            if is_started || status.state == SessionState::Pending {
                self.has_a_future(&status);
            }
        }
        for calls in self.calls.values() {
            let recent = calls.iter().filter(|at| **at + MINUTE > self.world.now).count();
            assert!(
                recent <= 6 + 6,
                "calls are counted where they begin, and seen here where they end: {recent}"
            );
        }
    }

    /// Something is planned, or under way, or the status says what somebody must do.
    fn has_a_future(&self, status: &SessionStatus) {
        let waits = self.world.attempts.iter().any(|attempt| {
            let mut at = Some(status.session.clone());
            while let Some(session) = at {
                if *attempt.id.session() == session {
                    return true;
                }
                at = source_of(&session);
            }
            false
        });
        let is_source_planned = std::iter::successors(Some(status.session.clone()), source_of)
            .any(|session| self.world.status(session.as_str()).next_attempt.is_some());
        let is_publishing = !self.world.batches.is_empty();
        let is_told = status.error.is_some() || status.challenge.is_some();
        assert!(waits || is_source_planned || is_publishing || is_told, "no future: {status:?}");
    }
}

fn source_of(session: &SessionId) -> Option<SessionId> {
    match session.as_str() {
        "a" | "b" => Some(id("u")),
        "c" => Some(id("a")),
        "d" => Some(id("c")),
        _ => None,
    }
}

fn seeds(count: u32) -> impl Iterator<Item = u64> {
    (first_seed()..).take(count as usize)
}

#[test]
fn whatever_happens_the_promises_hold() {
    for seed in seeds(times_as_many(300)) {
        let mut run = Run::new(seed);
        for step in 0..400 {
            let step = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                run.step();
                run.check();
                step
            }));
            if let Err(panic) = step {
                eprintln!(
                    "seed {seed}, step by step: {:#?}",
                    &run.world.events[run.world.events.len().saturating_sub(14)..]
                );
                std::panic::resume_unwind(panic);
            }
        }
    }
}

#[test]
fn when_everything_works_again_everything_wanted_is_active() {
    for seed in seeds(times_as_many(300)) {
        let mut run = Run::new(seed);
        (0..200).for_each(|_| run.step());
        // From here on nobody stops anything, and every call and every write succeeds.
        for _ in 0..200 {
            for session in SESSIONS {
                if run
                    .world
                    .status(session)
                    .challenge
                    .is_some_and(|challenge| challenge.session == id(session))
                {
                    run.world.answer(session);
                }
                if matches!(run.world.state(session), SessionState::Active | SessionState::Expired) {
                    let _ = run.world.engine.handle_start(&id(session), run.world.now);
                    run.world.collect();
                }
            }
            while let Some(attempt) = run.world.attempts.pop() {
                let set = run.world.set(12 * HOUR);
                run.world.finish(&attempt, Outcome::Issued(set.into()));
            }
            while !run.world.batches.is_empty() {
                run.world.apply(Ok(()));
            }
            run.world.pass(Duration::from_secs(30));
        }
        for status in run.world.engine.statuses(run.world.now) {
            let is_settled = matches!(status.state, SessionState::Active | SessionState::Inactive);
            assert!(is_settled, "seed {seed}: {status:?}");
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let trace = |seed| {
        let mut run = Run::new(seed);
        (0..500).for_each(|_| run.step());
        format!("{:?}", run.world.events)
    };
    assert_eq!(trace(11), trace(11));
    assert_ne!(trace(11), trace(12));
}
