//! However a file is built, reading it takes memory in proportion to it.

use std::hint::black_box;
use std::time::SystemTime;

use leapp_core::{AccessKeyId, Change, ProfileName, Secret, SessionCredentials, SessionId};
use leapp_store_ini::Document;
use leapp_testkit::cases::times_as_many;

/// Bytes of memory to each byte of the file.
const MOST: f64 = 16.0;
/// The same for changing a profile: each of its lines is looked at by itself, and the shortest has two bytes.
const MOST_TO_CHANGE: f64 = 64.0;
const FLOOR: u64 = 64 << 10;
const SIZE: usize = 1 << 20;

/// Reads a file as both kinds, prints it, lists its profiles and asks for a value; says how many bytes of memory that took to each of its bytes.
fn memory(text: &[u8]) -> f64 {
    let measured = allocation_counter::measure(|| {
        for parse in [Document::parse, Document::parse_config] {
            let document = parse(text);
            assert_eq!(document.to_bytes().as_slice(), text);
            black_box(document.profiles());
            black_box((document.value("a", "a"), document.has_profile("a")));
            assert_eq!(document.into_bytes().as_slice(), text);
        }
    });
    measured.bytes_max.saturating_sub(FLOOR) as f64 / text.len() as f64
}

#[test]
fn whatever_a_file_repeats() {
    for part in [
        "\n", "\r\n", "[\n", "[]\n", "[a]\n", "a\n", "=\n", "a=\n", " \n", " a\n", "#\n", "\r", "[", "a",
        "\0", "\u{feff}",
    ] {
        let most = memory(&part.as_bytes().repeat(SIZE / part.len()));
        println!("{part:?} again and again: {most:.1} bytes of memory to a byte");
        assert!(most <= MOST, "{part:?}: {most}");
    }
}

#[test]
fn profiles_with_names_of_their_own() {
    let text: String = (0..SIZE / 8).map(|number| format!("[{number:x}]\n")).collect();
    let most = memory(text.as_bytes());
    println!("as many profiles as there can be: {most:.1} bytes of memory to a byte");
    assert!(most <= MOST, "{most}");
}

#[test]
fn any_mixture() {
    let mut rng = fastrand::Rng::with_seed(1);
    let parts =
        ["\n", "[", "]", "a", "=", " ", "#", "\r", ";", "\t", "profile ", "[a]\n", "k = v\n", "\u{e9}"];
    let mut most: f64 = 0.0;
    for _ in 0..times_as_many(20) {
        let count = rng.usize(1..SIZE / 4);
        let text: String = (0..count).map(|_| parts[rng.usize(..parts.len())]).collect();
        most = most.max(memory(text.as_bytes()));
    }
    println!("mixtures: at most {most:.1} bytes of memory to a byte");
    assert!(most <= MOST, "{most}");
}

/// A profile of ours in which somebody has put as many lines as there can be.
#[test]
fn changing_a_profile_of_nothing_but_lines() {
    let session = SessionId::parse("s").unwrap();
    let profile = ProfileName::parse("a").unwrap();
    for part in ["a\n", "a=\n", " a\n", "#\n", "\r\n", "region=\n"] {
        let text = format!("[a]\nx_leapp_session = s\n{}", part.repeat(SIZE / part.len()));
        let foreign = format!("[a]\n{}", part.repeat(SIZE / part.len()));
        let change = |change: &dyn Fn(Document, &SessionId, &ProfileName) -> Document, text: &str| {
            let measured = allocation_counter::measure(|| {
                black_box(change(Document::parse(text.as_bytes()), &session, &profile).into_bytes());
            });
            measured.bytes_max.saturating_sub(FLOOR) as f64 / text.len() as f64
        };
        let published = change(
            &|document, session, profile| {
                document.with_changes(&[publish(session, profile).unwrap()]).unwrap()
            },
            &text,
        );
        let withdrawn = change(
            &|document, session, profile| {
                let (session, profile) = (session.clone(), profile.clone());
                document.with_changes(&[Change::Withdraw { session, profile }]).unwrap()
            },
            &text,
        );
        let adopted =
            change(&|document, session, profile| document.with_adopted(session, profile).unwrap(), &foreign);
        println!(
            "{part:?}: {published:.1} to publish, {withdrawn:.1} to withdraw, {adopted:.1} to adopt, in bytes of memory to a byte"
        );
        assert!(published.max(withdrawn).max(adopted) <= MOST_TO_CHANGE, "{part:?}");
    }
}

fn publish(session: &SessionId, profile: &ProfileName) -> Result<Change, leapp_core::Error> {
    Ok(Change::Publish {
        session: session.clone(),
        profile: profile.clone(),
        region: None,
        credentials: SessionCredentials::new(
            AccessKeyId::parse("ASIAIOSFODNN7EXAMPLE")?,
            Secret::new("k"),
            Secret::new("t"),
            SystemTime::UNIX_EPOCH,
        )?,
    })
}
