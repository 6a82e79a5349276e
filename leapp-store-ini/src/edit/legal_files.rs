//! Files that AWS tools read, by the million: whatever is done to our profiles, what is not ours stays, byte for byte.
//!
//! What is not ours is found here by a few rules of its own, which know nothing of how documents are read.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use fastrand::Rng;
use leapp_core::{AccessKeyId, Change, ProfileName, Region, Secret, SessionCredentials, SessionId};
use leapp_testkit::cases::first_seed;

use super::Author;
use crate::scheme::Scheme;
use crate::{CredentialProcess, Document, FileBytes};

/// The same in a night, with other seeds.
const FILES: u32 = 1_000_000;
const THREADS: u32 = 2;

const PROFILES: [&str; 4] = ["default", "dev", "ops", "qa"];
const SESSIONS: [&str; 2] = ["s", "t"];
/// Keys that a publication replaces, in either file.
const OURS: [&str; 6] = [
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "aws_credential_expiration",
    "credential_process",
    "region",
];

/// A file, and the profiles in it.
fn file(scheme: Scheme, rng: &mut Rng) -> Vec<u8> {
    let mut text = Vec::new();
    if rng.u8(..8) == 0 {
        text.extend_from_slice("\u{feff}".as_bytes());
    }
    let newlines: &[&str] = match rng.u8(..4) {
        0 => &["\r\n"],
        1 => &["\n", "\r\n"],
        _ => &["\n"],
    };
    let line = |text: &mut Vec<u8>, rng: &mut Rng, parts: &[&[u8]]| {
        parts.iter().for_each(|part| text.extend_from_slice(part));
        text.extend_from_slice(newlines[rng.usize(..newlines.len())].as_bytes());
    };
    for _ in 0..rng.u8(..5) {
        let name = pick(rng, &["default", "qa", "mine", "a.b", "x y"]);
        let prefix = match scheme {
            Scheme::Config if name == "default" && rng.bool() => "",
            Scheme::Config => pick(rng, &["profile ", "profile\t", "sso-session ", "services "]),
            Scheme::Credentials => "",
        };
        let (before, after) =
            (pick(rng, &["[", "[ ", "[\t"]), pick(rng, &["]", " ]", "] ; c", "]# [dev]", "]\t"]));
        line(&mut text, rng, &[before, prefix, name, after].map(str::as_bytes));
        for _ in 0..rng.u8(..5) {
            match rng.u8(..9) {
                0 => line(&mut text, rng, &[b""]),
                1 => {
                    let comment = pick(rng, &["# c", "; [dev]", "#", "; x_leapp_session = s"]);
                    line(&mut text, rng, &[comment.as_bytes()]);
                }
                2 => {
                    line(&mut text, rng, &[b"s3 ="]);
                    line(&mut text, rng, &[b"  max_concurrent_requests = 20"]);
                    line(&mut text, rng, &[b"\taddressing_style = path # c"]);
                }
                3 => line(&mut text, rng, &[b"note = caf\xe9 \xff"]),
                4 => {
                    let key = pick(rng, &OURS);
                    let equals = pick(rng, &["=", " = ", "\t=  "]);
                    line(&mut text, rng, &[key.as_bytes(), equals.as_bytes(), b"theirs ; c"]);
                }
                5 => {
                    let (key, begin) = (pick(rng, &OURS), pick(rng, &[" =", " = a", " = ; c"]));
                    line(&mut text, rng, &[key.as_bytes(), begin.as_bytes()]);
                    for _ in 0..rng.u8(1..3) {
                        let more = pick(rng, &["  theirs", "\tthe=irs # c"]);
                        line(&mut text, rng, &[more.as_bytes()]);
                    }
                }
                _ => {
                    let key = pick(rng, &["output", "Role_Arn", "k", "cli_pager", "mfa_serial"]);
                    let value = pick(
                        rng,
                        &["=v", " = a=b#c", " =", "\t= \"quoted\" ", " = [dev]", " = 012345678901"],
                    );
                    line(&mut text, rng, &[key.as_bytes(), value.as_bytes()]);
                }
            }
        }
    }
    if rng.bool() {
        while text.last().is_some_and(|byte| b"\r\n".contains(byte)) {
            text.pop();
        }
    }
    text
}

fn pick<'a>(rng: &mut Rng, of: &[&'a str]) -> &'a str {
    of[rng.usize(..of.len())]
}

/// The text without the sections of these profiles and, in those that were a person's, without our keys.
fn foreign(text: &[u8], scheme: Scheme, held: &BTreeMap<&str, bool>) -> Vec<u8> {
    let mut is_adopted = None;
    let mut is_value_of_ours = false;
    let mut left = Vec::new();
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        if line[0] == b'[' {
            is_adopted = profile(line, scheme).and_then(|profile| held.get(profile.as_str()).copied());
        }
        let goes_on = line.starts_with(b" ") || line.starts_with(b"\t");
        let is_key_of_ours = || {
            let key = line.split(|byte| *byte == b'=').next().unwrap_or_default();
            let key = String::from_utf8_lossy(key).trim().to_ascii_lowercase();
            key.starts_with("x_leapp") || OURS.contains(&key.as_str())
        };
        if !goes_on {
            is_value_of_ours = is_key_of_ours();
        }
        match is_adopted {
            Some(false) => {}
            Some(true) if is_value_of_ours => {}
            _ => left.extend_from_slice(line),
        }
    }
    left
}

fn profile(header: &[u8], scheme: Scheme) -> Option<String> {
    let header = String::from_utf8_lossy(header);
    let name = header[1..].split(']').next().unwrap_or_default().trim().to_owned();
    match scheme {
        Scheme::Credentials => Some(name),
        Scheme::Config if name == "default" => Some(name),
        Scheme::Config => name.strip_prefix("profile").map(|name| name.trim().to_owned()),
    }
}

/// Ended by one line break, so that one that had to be added does not count.
fn ended(mut text: Vec<u8>) -> Vec<u8> {
    while text.last().is_some_and(|byte| b"\r\n".contains(byte)) {
        text.pop();
    }
    text
}

struct Case {
    scheme: Scheme,
    before: Vec<u8>,
    document: Document,
    /// Our profiles, and whether they were a person's.
    held: BTreeMap<&'static str, bool>,
    process: CredentialProcess,
}

impl Case {
    fn run(rng: &mut Rng) {
        let scheme = if rng.bool() { Scheme::Config } else { Scheme::Credentials };
        let before = file(scheme, rng);
        let document = Document::of(scheme, FileBytes::copy_of(&before));
        let program = if cfg!(windows) { r"C:\host" } else { "/opt/host" };
        let process = CredentialProcess::new(program, ["print"]).unwrap();
        let mut case = Self { scheme, before, document, held: BTreeMap::new(), process };
        for _ in 0..rng.u8(1..6) {
            case.step(rng);
            case.check();
        }
        for profile in PROFILES {
            for session in SESSIONS {
                let _ = case.apply(&withdrawal(session, profile));
            }
        }
        assert_eq!(case.document.to_bytes().as_slice(), case.before, "when all is withdrawn");
    }

    fn step(&mut self, rng: &mut Rng) {
        let (session, profile) = (SESSIONS[rng.usize(..2)], PROFILES[rng.usize(..4)]);
        match rng.u8(..6) {
            0 => {
                let (session, name) =
                    (SessionId::parse(session).unwrap(), ProfileName::parse(profile).unwrap());
                let mut next = self.document.clone();
                if next.adopt(&session, &name, None).is_ok() {
                    self.document = next;
                    self.held.entry(profile).or_insert(true);
                }
            }
            1 => {
                if self.apply(&withdrawal(session, profile)).is_ok()
                    && self.document.text_of_mark(profile).is_none()
                {
                    self.held.remove(profile);
                }
            }
            _ => {
                if self.apply(&publication(session, profile, rng)).is_ok() {
                    self.held.entry(profile).or_insert(false);
                }
            }
        }
        // What the next process reads must mean the same as what this one holds.
        self.document = Document::of(self.scheme, self.document.to_bytes());
    }

    fn check(&self) {
        let now = foreign(&self.document.to_bytes(), self.scheme, &self.held);
        let before = foreign(&self.before, self.scheme, &self.held);
        assert_eq!(
            String::from_utf8_lossy(&ended(now)),
            String::from_utf8_lossy(&ended(before)),
            "{:?} in {:?}",
            self.held,
            String::from_utf8_lossy(&self.before)
        );
    }

    /// A refused change changes nothing.
    fn apply(&mut self, change: &Change) -> Result<(), super::Refusal> {
        let mut next = self.document.clone();
        let process = (self.scheme == Scheme::Config).then_some(&self.process);
        next.apply(change, Author { writer: Some("w0123456789abcdef"), process })?;
        self.document = next;
        Ok(())
    }
}

impl Document {
    fn text_of_mark(&self, profile: &str) -> Option<Secret> {
        self.value(profile, super::MARK)
    }
}

fn withdrawal(session: &str, profile: &str) -> Change {
    Change::Withdraw {
        session: SessionId::parse(session).unwrap(),
        profile: ProfileName::parse(profile).unwrap(),
    }
}

fn publication(session: &str, profile: &str, rng: &mut Rng) -> Change {
    let number = rng.u16(..);
    let credentials = SessionCredentials::new(
        AccessKeyId::parse("ASIAIOSFODNN7EXAMPLE").unwrap(),
        Secret::new(format!("secret={number}")),
        Secret::new(format!("token;{number}")),
        SystemTime::UNIX_EPOCH + Duration::from_secs(number.into()),
    );
    Change::Publish {
        session: SessionId::parse(session).unwrap(),
        profile: ProfileName::parse(profile).unwrap(),
        region: rng.bool().then(|| Region::parse("eu-west-1").unwrap()),
        credentials: credentials.unwrap(),
    }
}

#[test]
fn in_a_million_legal_files_nothing_of_anyones_changes() {
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            scope.spawn(move || {
                for number in (thread..FILES).step_by(THREADS as usize) {
                    let seed = first_seed() + u64::from(number);
                    let mut rng = Rng::with_seed(seed);
                    let outcome = std::panic::catch_unwind(move || Case::run(&mut rng));
                    assert!(outcome.is_ok(), "with seed {seed}");
                }
            });
        }
    });
}
