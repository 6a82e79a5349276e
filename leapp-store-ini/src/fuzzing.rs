//! What the fuzz targets throw at a credentials file. It is there for a fuzzer and for tests only.
//!
//! Each takes any bytes and panics when a promise is broken. The inputs that a fuzzer kept are in `fuzz/corpus`; the
//! test below runs them again.
#![expect(clippy::expect_used, reason = "a fuzz target stops at what must not be")]

use std::time::{Duration, SystemTime};

use leapp_core::{AccessKeyId, Change, ProfileName, Region, Secret, SessionCredentials, SessionId};

use crate::edit::Author;
use crate::scheme::Scheme;
use crate::{CredentialProcess, Document, FileBytes};

const PROFILES: [&str; 4] = ["default", "dev", "ops", "a.b"];
/// What all our own keys begin with.
const OURS: &[u8] = b"x_leapp_";
const SESSIONS: [&str; 2] = ["s", "t"];

/// A file of either kind: it prints as it was, and every key that it says it has can be asked for.
pub fn credentials_file(bytes: &[u8]) {
    for document in [Document::parse(bytes), Document::parse_config(bytes)] {
        for profile in document.profiles() {
            assert!(document.has_profile(profile));
            for key in document.keys(profile) {
                // What is not UTF-8 is none.
                let value = document.value(profile, &key);
                assert!(value.is_some() || str::from_utf8(bytes).is_err(), "a key without a value");
            }
        }
        let illegal = document.illegal_lines();
        let count = bytes.split_inclusive(|byte| *byte == b'\n').count();
        assert!(illegal.windows(2).all(|pair| pair[0].number() < pair[1].number()), "a line is told twice");
        assert!(illegal.iter().all(|line| (1..=count).contains(&line.number())), "a line that is not there");
        assert_eq!(document.to_bytes().as_slice(), bytes);
        assert_eq!(document.into_bytes().as_slice(), bytes);
    }
}

/// Changes, one a byte up to a zero, and the file behind it: when all is withdrawn again, the file is what it was. The first
/// change says which file it is.
pub fn credentials_edit(bytes: &[u8]) {
    let split = bytes.iter().position(|byte| *byte == 0).unwrap_or(0);
    let (changes, text) = bytes.split_at(split);
    let text = text.strip_prefix(b"\0").unwrap_or(text);
    let is_config = changes.first().is_some_and(|byte| byte & 128 != 0);
    let scheme = if is_config { Scheme::Config } else { Scheme::Credentials };
    let mut document = Document::of(scheme, FileBytes::copy_of(text));
    let had_ours = text.to_ascii_lowercase().windows(OURS.len()).any(|part| part == OURS);
    for byte in changes.iter().take(12) {
        match byte & 32 {
            0 => apply(&mut document, &change(*byte)),
            _ => adopt(&mut document, *byte, had_ours),
        }
        // What the next process reads must mean the same as what this one holds.
        let lost = document.profiles().into_iter().find(|profile| !document.has_profile(profile));
        assert_eq!(lost, None, "a profile is listed and not found");
        let printed = document.to_bytes();
        document = Document::of(scheme, document.into_bytes());
        assert_eq!(document.to_bytes(), printed);
    }
    for profile in PROFILES {
        for session in SESSIONS {
            apply(&mut document, &withdrawal(session, profile));
        }
    }
    // A file that had lines of ours before has them no more.
    assert!(
        had_ours || document.to_bytes().as_slice() == text,
        "it is another text: {:?}",
        document.to_bytes().as_slice()
    );
}

/// A refused change changes nothing; one that is made is read back.
fn apply(document: &mut Document, change: &Change) {
    let mut next = document.clone();
    let process = CredentialProcess::new(if cfg!(windows) { r"C:\host" } else { "/opt/host" }, []);
    let process = (document.scheme == Scheme::Config).then(|| process.expect("a command"));
    if next.apply(change, Author { writer: Some("w0123456789abcdef"), process: process.as_ref() }).is_err() {
        return;
    }
    if let (Change::Publish { session, profile, .. }, Some(process)) = (change, &process) {
        let command = next.value(profile.as_str(), "credential_process").expect("a command that was written");
        assert_eq!(command.expose(), process.command_line(session).expect("a command line"));
    } else if let Change::Publish { profile, credentials, .. } = change {
        let token = next.value(profile.as_str(), "aws_session_token");
        let token = token.expect("a session token that was written");
        assert_eq!(token.expose(), credentials.session_token().expose());
    }
    *document = next;
}

/// Programs read the same from a profile that is adopted. Where a file has lines of ours already, what continues one of those may come
/// to continue a person's.
fn adopt(document: &mut Document, byte: u8, had_ours: bool) {
    let (profile, session) = names(byte);
    let mut next = document.clone();
    let (session, profile) =
        (SessionId::parse(session).expect("a session"), ProfileName::parse(profile).expect("a profile"));
    if next.adopt(&session, &profile, None).is_err() {
        return;
    }
    for key in document.keys(profile.as_str()) {
        let value = |document: &Document| {
            document.value(profile.as_str(), &key).map(|value| value.expose().to_owned())
        };
        let is_same = had_ours || key.starts_with("x_leapp") || value(&next) == value(document);
        assert!(is_same, "adopting changed {key}");
    }
    *document = next;
}

fn names(byte: u8) -> (&'static str, &'static str) {
    (PROFILES[usize::from(byte >> 1 & 3)], SESSIONS[usize::from(byte & 1)])
}

fn change(byte: u8) -> Change {
    let (profile, session) = names(byte);
    if byte & 8 != 0 {
        return withdrawal(session, profile);
    }
    let credentials = SessionCredentials::new(
        AccessKeyId::parse("ASIAIOSFODNN7EXAMPLE").expect("a key id"),
        Secret::new(format!("secret={byte}")),
        Secret::new(format!("token;{byte}")),
        SystemTime::UNIX_EPOCH + Duration::from_secs(byte.into()),
    );
    Change::Publish {
        session: SessionId::parse(session).expect("a session"),
        profile: ProfileName::parse(profile).expect("a profile"),
        region: (byte & 16 != 0).then(|| Region::parse("eu-west-1").expect("a Region")),
        credentials: credentials.expect("a set"),
    }
}

fn withdrawal(session: &str, profile: &str) -> Change {
    Change::Withdraw {
        session: SessionId::parse(session).expect("a session"),
        profile: ProfileName::parse(profile).expect("a profile"),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use leapp_testkit::corpus;

    use super::*;

    #[test]
    fn what_the_fuzzer_kept_still_breaks_nothing() {
        let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
        corpus::replay(&corpora.join("credentials_edit"), credentials_edit);
        corpus::replay(&corpora.join("credentials_file"), credentials_file);
    }
}
