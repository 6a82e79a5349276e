//! One of 10,000 profiles gets new credentials, from the bytes of the file to its new bytes: ours, and other people's.
#![expect(clippy::unwrap_used, reason = "a bench that fails has nothing to go on with")]
#![expect(clippy::print_stdout, reason = "it prints tables")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::{Duration, SystemTime};

use ini::Ini;
use leapp_benches::{Contender, Peer, table, take_turns};
use leapp_core::{AccessKeyId, Change, ProfileName, Region, Secret, SessionCredentials, SessionId};
use leapp_store_ini::{Document, FileBytes};

const PROFILES: usize = 10_000;
const ROUNDS: usize = 20;
const CHANGED: &str = "profile-5000";
const KEY_ID: &str = "ASIAIOSFODNN7EXAMPLE";
const KEY: &str = "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn";
/// A role's tokens are about as long as each other.
const TOKEN_LENGTH: usize = 400;
const EXPIRATION: &str = "2030-03-17T17:46:40Z";

fn main() {
    let (text, new_token) = (text(), "n".repeat(TOKEN_LENGTH));
    let changes = [change(&new_token)];
    // What all are timed at is the same change.
    let ours = Document::parse(text.as_bytes()).with_changes(&changes).unwrap();
    assert_eq!(ours.value(CHANGED, "aws_session_token").unwrap().expose(), new_token);
    assert_eq!(ours.value(CHANGED, "aws_credential_expiration").unwrap().expose(), EXPIRATION);
    assert_eq!(ours.profiles().len(), PROFILES);
    assert_eq!(ours.to_bytes().len(), text.len(), "nothing has to move");
    assert!(memchr::memmem::find(&with_rust_ini(&text, &new_token), new_token.as_bytes()).is_some());

    println!("{PROFILES} profiles, {} bytes\n", text.len());
    println!("{}", changed(&text, &new_token, &changes));
    println!("{}", parsed(&text));
}

/// From bytes to bytes.
fn changed(text: &str, new_token: &str, changes: &[Change]) -> String {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let json = format!(
        r#"{{"aws_access_key_id":"{KEY_ID}","aws_secret_access_key":"{KEY}","aws_session_token":"{new_token}","aws_credential_expiration":"{EXPIRATION}"}}"#
    );
    let mut js_ini = Peer::js_ini(file.path(), CHANGED, &json).unwrap();
    let mut aws_cli = Peer::aws_cli(file.path(), CHANGED, &json).unwrap();
    let with_changes = |document: Document| document.with_changes(changes).unwrap().into_bytes();
    let shorter = [change(&new_token[4..])];
    let mut contenders = [
        Contender::timed(
            "`Document::from_bytes`, change one, `into_bytes`",
            5,
            || owned(text),
            |bytes| with_changes(Document::from_bytes(bytes)),
        ),
        Contender::timed(
            "the same with a shorter token: what is behind it moves",
            5,
            || owned(text),
            |bytes| Document::from_bytes(bytes).with_changes(&shorter).unwrap().into_bytes(),
        ),
        Contender::timed(
            "the first, and wipe the new bytes",
            5,
            || owned(text),
            |bytes| drop(with_changes(Document::from_bytes(bytes))),
        ),
        Contender::timed(
            "`Document::parse`, change one, `into_bytes`",
            5,
            || (),
            |()| with_changes(Document::parse(text.as_bytes())),
        ),
        Contender::timed("rust-ini 0.21.3", 1, || (), |()| with_rust_ini(text, new_token)),
        Contender::new("js-ini 1.5.1, as Leapp uses it", 1, |count| js_ini.times(count).unwrap()),
        Contender::new("AWS CLI, `ConfigFileWriter`", 1, |count| aws_cli.times(count).unwrap()),
    ];
    take_turns(&mut contenders, ROUNDS);
    table("Change one, from bytes to bytes:", &contenders, 0)
}

fn parsed(text: &str) -> String {
    let mut contenders = [
        Contender::timed(
            "a copy of the bytes",
            5,
            || (),
            |()| drop(std::hint::black_box(text.as_bytes().to_vec())),
        ),
        Contender::timed("`Document::parse`", 5, || (), |()| drop(Document::parse(text.as_bytes()))),
        Contender::timed(
            "`Document::from_bytes`",
            5,
            || owned(text),
            |bytes| drop(Document::from_bytes(bytes)),
        ),
        Contender::timed("rust-ini 0.21.3", 1, || (), |()| drop(Ini::load_from_str(text).unwrap())),
    ];
    take_turns(&mut contenders, ROUNDS);
    let mut table = table("Parse, and wipe or drop what was parsed:", &contenders, 0);
    for contender in &contenders {
        let rate = |time: Duration| text.len() as f64 / time.as_secs_f64() / 1e9;
        writeln!(
            table,
            "{}: {:.2} GB/s by the median, {:.2} by the minimum",
            contender.name(),
            rate(contender.median()),
            rate(contender.minimum())
        )
        .unwrap();
    }
    table
}

/// As a file is read: with nothing to spare.
fn owned(text: &str) -> FileBytes {
    zeroize::Zeroizing::new(text.as_bytes().to_vec()).into()
}

fn with_rust_ini(text: &str, new_token: &str) -> Vec<u8> {
    let mut ini = Ini::load_from_str(text).unwrap();
    ini.with_section(Some(CHANGED))
        .set("aws_access_key_id", KEY_ID)
        .set("aws_secret_access_key", KEY)
        .set("aws_session_token", new_token)
        .set("aws_credential_expiration", EXPIRATION);
    let mut bytes = Vec::with_capacity(text.len());
    ini.write_to(&mut bytes).unwrap();
    bytes
}

/// Sections as this library writes them.
fn text() -> String {
    let section = Document::parse(b"").with_changes(&[change(&"t".repeat(TOKEN_LENGTH))]).unwrap();
    let section = String::from_utf8(section.to_bytes().to_vec()).unwrap();
    let numbered = |number: usize| section.replace("-5000", &format!("-{number}"));
    (0..PROFILES).map(numbered).collect()
}

fn change(token: &str) -> Change {
    let credentials = SessionCredentials::new(
        AccessKeyId::parse(KEY_ID).unwrap(),
        Secret::new(KEY),
        Secret::new(token),
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000),
    );
    Change::Publish {
        session: SessionId::parse("session-5000").unwrap(),
        profile: ProfileName::parse(CHANGED).unwrap(),
        region: Some(Region::parse("eu-west-1").unwrap()),
        credentials: credentials.unwrap(),
    }
}
