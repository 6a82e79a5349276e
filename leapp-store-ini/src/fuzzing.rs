//! What the fuzz targets throw at a credentials file. It is there for a fuzzer and for tests only.
//!
//! Each takes any bytes and panics when a promise is broken. The inputs that a fuzzer kept are in `fuzz/corpus`; the
//! test below runs them again.
#![expect(clippy::expect_used, reason = "a fuzz target stops at what must not be")]

use std::time::{Duration, SystemTime};

use leapp_core::{AccessKeyId, Change, ProfileName, Region, Secret, SessionCredentials, SessionId};

use crate::Document;

const PROFILES: [&str; 4] = ["default", "dev", "ops", "a.b"];
const SESSIONS: [&str; 2] = ["s", "t"];

/// A file: it prints as it was, and every key that it says it has can be asked for.
pub fn credentials_file(bytes: &[u8]) {
    let document = Document::parse(bytes);
    for profile in document.profiles() {
        assert!(document.has_profile(profile));
        for key in document.keys(profile) {
            // What is not UTF-8 is none.
            let value = document.value(profile, &key);
            assert!(value.is_some() || str::from_utf8(bytes).is_err(), "a key without a value");
        }
    }
    assert_eq!(document.to_bytes().as_slice(), bytes);
}

/// Changes, one a byte up to a zero, and the file behind it: when all is withdrawn again, the file is what it was.
pub fn credentials_edit(bytes: &[u8]) {
    let split = bytes.iter().position(|byte| *byte == 0).unwrap_or(0);
    let (changes, text) = bytes.split_at(split);
    let text = text.strip_prefix(b"\0").unwrap_or(text);
    let mut document = Document::parse(text);
    for change in changes.iter().take(12).map(|byte| change(*byte)) {
        apply(&mut document, &change);
        // What the next process reads must mean the same as what this one holds.
        document = Document::parse(&document.to_bytes());
    }
    for profile in PROFILES {
        for session in SESSIONS {
            apply(&mut document, &withdrawal(session, profile));
        }
    }
    assert_eq!(document.to_bytes().as_slice(), text);
}

/// A refused change changes nothing; one that is made is read back.
fn apply(document: &mut Document, change: &Change) {
    let mut next = document.clone();
    if next.apply(change).is_err() {
        return;
    }
    if let Change::Publish { profile, credentials, .. } = change {
        let token = next.value(profile.as_str(), "aws_session_token");
        let token = token.expect("a session token that was written");
        assert_eq!(token.expose(), credentials.session_token().expose());
    }
    *document = next;
}

fn change(byte: u8) -> Change {
    let (profile, session) = (PROFILES[usize::from(byte >> 1 & 3)], SESSIONS[usize::from(byte & 1)]);
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
