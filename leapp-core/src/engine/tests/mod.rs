//! The engine driven by hand, in virtual time.

mod at_rest;
mod codes;
mod logins;
mod plans;
mod publication;
mod refresh;
mod retries;
mod simulation;
mod sources;
mod stops;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use super::{Action, Attempt, BatchId, Definition, Outcome, RotationEngine};
use crate::{
    AccessKeyId, Answer, Challenge, Change, Error, ErrorKind, Event, Principal, ProfileName, Refresh, Secret,
    SerialNumber, SessionCredentials, SessionId, SessionKind, SessionState, SessionStatus, TokenCode,
};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// An engine, the time, and what the engine has asked for and said.
struct World {
    engine: RotationEngine,
    now: SystemTime,
    attempts: Vec<Attempt>,
    batches: Vec<(BatchId, Vec<Change>)>,
    events: Vec<Event>,
    issued: u64,
    /// How many answers were given: each is a code of its own.
    answered: u64,
    /// When each attempt began, by its number.
    begun: BTreeMap<u64, SystemTime>,
}

impl World {
    fn new() -> Self {
        Self::seeded(7)
    }

    fn seeded(seed: u64) -> Self {
        Self {
            engine: RotationEngine::new(seed),
            now: SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000),
            attempts: Vec::new(),
            batches: Vec::new(),
            events: Vec::new(),
            issued: 0,
            answered: 0,
            begun: BTreeMap::new(),
        }
    }

    /// A world with one started session `a` on profile `p`, whose set lasts `lifetime`.
    fn running(lifetime: Duration) -> Self {
        let mut world = Self::new();
        world.add(vec![role("a").on("p")]);
        world.start("a");
        world.issue("a", lifetime);
        world.apply(Ok(()));
        assert_eq!(world.state("a"), SessionState::Active);
        world.events.clear();
        world
    }

    fn add(&mut self, definitions: Vec<Definition>) {
        self.engine.add(definitions).unwrap();
    }

    fn start(&mut self, session: &str) {
        self.engine.handle_start(&id(session), self.now).unwrap();
        self.collect();
    }

    fn stop(&mut self, session: &str) {
        self.engine.handle_stop(&id(session), self.now).unwrap();
        self.collect();
    }

    /// Lets time pass up to `until`, waking the engine whenever it asks to be woken.
    fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(at) = self.engine.poll_timeout().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            self.engine.handle_timeout(self.now);
            self.collect();
        }
        self.now = until;
        self.engine.handle_timeout(self.now);
        self.collect();
    }

    fn collect(&mut self) {
        while let Some(action) = self.engine.poll_action() {
            match action {
                Action::Apply { batch, changes } => self.batches.push((batch, changes)),
                Action::Issue(attempt) => {
                    self.begun.insert(attempt.id.number, self.now);
                    self.attempts.push(attempt);
                }
            }
        }
        while let Some(event) = self.engine.poll_event() {
            self.events.push(event);
        }
    }

    /// Takes the attempt that is in flight for a session.
    fn take(&mut self, session: &str) -> Attempt {
        let at = self.attempts.iter().position(|attempt| *attempt.id.session() == id(session));
        self.attempts.remove(at.unwrap_or_else(|| panic!("no attempt in flight for {session}")))
    }

    fn finish(&mut self, attempt: &Attempt, outcome: Outcome) {
        self.engine.handle_outcome(&attempt.id, outcome, self.now);
        self.collect();
    }

    fn issue(&mut self, session: &str, lifetime: Duration) -> SessionCredentials {
        let attempt = self.take(session);
        let set = self.set(lifetime);
        self.finish(&attempt, Outcome::Issued(set.clone().into()));
        set
    }

    fn fail(&mut self, session: &str, kind: ErrorKind) {
        let attempt = self.take(session);
        self.finish(&attempt, Outcome::Failed(Error::new(kind, "planned failure")));
    }

    fn ask(&mut self, session: &str) {
        let attempt = self.take(session);
        let device = SerialNumber::parse("arn:aws:iam::123456789012:mfa/alice").unwrap();
        self.finish(&attempt, Outcome::Challenge(Challenge::token_code(id(session), device)));
    }

    fn answer(&mut self, session: &str) {
        self.answered += 1;
        let code = format!("{:06}", self.answered % 1_000_000);
        let answer = Answer::TokenCode(TokenCode::parse(&code).unwrap());
        self.engine.handle_answer(&id(session), answer, self.now).unwrap();
        self.collect();
    }

    /// Ends the oldest batch, and says what was in it.
    fn apply(&mut self, result: Result<(), Error>) -> Vec<Change> {
        let (batch, changes) = self.batches.remove(0);
        self.engine.handle_applied(batch, result, self.now);
        self.collect();
        changes
    }

    /// A set that nobody has had before.
    fn set(&mut self, lifetime: Duration) -> SessionCredentials {
        self.issued += 1;
        let key = AccessKeyId::parse(&format!("ASIA{:016}", self.issued)).unwrap();
        SessionCredentials::new(key, Secret::new("secret"), Secret::new("token"), self.now + lifetime)
            .unwrap()
    }

    fn status(&self, session: &str) -> SessionStatus {
        self.engine.status(&id(session), self.now).unwrap()
    }

    fn state(&self, session: &str) -> SessionState {
        self.status(session).state
    }

    fn key_of(&self, session: &str) -> Option<&AccessKeyId> {
        self.engine.credentials(&id(session)).map(SessionCredentials::access_key_id)
    }

    /// How long until the next attempt.
    fn wait(&self, session: &str) -> Duration {
        self.status(session).next_attempt.unwrap().duration_since(self.now).unwrap()
    }

    fn has(&self, is_it: impl Fn(&Event) -> bool) -> bool {
        self.events.iter().any(is_it)
    }
}

fn id(session: &str) -> SessionId {
    SessionId::parse(session).unwrap()
}

fn error(kind: ErrorKind) -> Error {
    Error::new(kind, "planned failure")
}

fn role(session: &str) -> Definition {
    definition(session, SessionKind::new("role", Principal::Role, Refresh::Rotate))
}

fn user(session: &str) -> Definition {
    definition(session, SessionKind::new("user", Principal::User, Refresh::Reuse))
}

fn definition(session: &str, kind: SessionKind) -> Definition {
    Definition { session: id(session), source: None, kind, duration: None, profile: None, region: None }
}

impl Definition {
    fn on(self, profile: &str) -> Self {
        Self { profile: Some(ProfileName::parse(profile).unwrap()), ..self }
    }

    fn from(self, source: &str) -> Self {
        Self { source: Some(id(source)), ..self }
    }
}

/// `Publish p: a` or `Withdraw p: a`, in the batch's order.
fn told(changes: &[Change]) -> Vec<String> {
    let tell = |change: &Change| match change {
        Change::Publish { session, profile, .. } => format!("publish {session} in {profile}"),
        Change::Withdraw { session, profile } => format!("withdraw {session} from {profile}"),
    };
    changes.iter().map(tell).collect()
}

/// When the calls of each session that reached the service began.
type Calls = BTreeMap<SessionId, Vec<SystemTime>>;
