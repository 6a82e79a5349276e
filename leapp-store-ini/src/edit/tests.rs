//! Any text, any sequence of changes: in the end it is what it was, and in between nothing foreign is touched.

mod ends;
mod hostile;
mod people;

use std::time::{Duration, SystemTime};

use leapp_core::{AccessKeyId, Change, ProfileName, Region, Secret, SessionCredentials, SessionId};
use leapp_testkit::cases::times_as_many;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use crate::FileBytes;
use crate::scheme::Scheme;

const PROFILES: [&str; 4] = ["default", "dev", "ops", "qa"];
const SESSIONS: [&str; 2] = ["s", "t"];

fn publish(session: &str, profile: &str, number: u16, has_region: bool) -> Change {
    let credentials = SessionCredentials::new(
        AccessKeyId::parse("ASIAIOSFODNN7EXAMPLE").unwrap(),
        Secret::new(format!("secret={number}")),
        Secret::new(format!("token;{number}")),
        SystemTime::UNIX_EPOCH + Duration::from_secs(number.into()),
    );
    Change::Publish {
        session: SessionId::parse(session).unwrap(),
        profile: ProfileName::parse(profile).unwrap(),
        region: has_region.then(|| Region::parse("eu-west-1").unwrap()),
        credentials: credentials.unwrap(),
    }
}

fn withdraw(session: &str, profile: &str) -> Change {
    Change::Withdraw {
        session: SessionId::parse(session).unwrap(),
        profile: ProfileName::parse(profile).unwrap(),
    }
}

fn change() -> impl Strategy<Value = Change> {
    let names = || (select(&SESSIONS[..]), select(&PROFILES[..]));
    prop_oneof![
        3 => (names(), any::<u16>(), any::<bool>())
            .prop_map(|((session, profile), number, region)| publish(session, profile, number, region)),
        2 => names().prop_map(|(session, profile)| withdraw(session, profile)),
    ]
}

/// What is done to a document.
#[derive(Clone, Debug)]
enum Step {
    Adopt(&'static str, &'static str),
    Change(Change),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => (select(&SESSIONS[..]), select(&PROFILES[..])).prop_map(|(session, profile)| Step::Adopt(session, profile)),
        3 => change().prop_map(Step::Change),
    ]
}

fn scheme() -> impl Strategy<Value = Scheme> {
    select(vec![Scheme::Config, Scheme::Credentials])
}

/// Files as people and tools leave them, legal or not. One profile of theirs has a name that we are asked to publish.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let line = select(vec![
        "[default]",
        "[a] ; c",
        "[qa]",
        "[profile qa] # c",
        "[profile default]",
        "[sso-session qa]",
        "region = eu-north-1 ; c",
        "aws_access_key_id=AKIATHEIRS",
        "credential_process = /opt/theirs",
        "[ x y ]",
        "[broken",
        "",
        "  ",
        "# c",
        "; [dev]",
        "k = v",
        "K=v # c",
        "s3 =",
        "  a = b",
        "\tx",
        "aws_session_token = theirs",
        "no equals",
        "= v",
        "\r",
        "x\ry",
        "[qa] ;\r",
        "  a = b\r",
        "aws_session_token = theirs\r",
        "aws_secret_access_key=\u{b};",
        "x_leapp = s",
        "\u{e9}",
    ]);
    let lines = prop::collection::vec((line, select(vec!["\n", "\n", "\r\n"])), 0..12);
    let lines = (any::<bool>(), lines, any::<bool>()).prop_map(|(has_mark, lines, is_cut)| {
        let mut text = String::from(if has_mark { "\u{feff}" } else { "" });
        for (line, newline) in &lines {
            text.extend([*line, *newline]);
        }
        if is_cut && let Some((_, newline)) = lines.last() {
            text.truncate(text.len() - newline.len());
        }
        text.into_bytes()
    });
    prop_oneof![4 => lines, 1 => any::<Vec<u8>>()]
}

fn apply(document: &mut Document, step: &Step) -> Result<(), Refusal> {
    let process =
        CredentialProcess::new(if cfg!(windows) { r"C:\host" } else { "/opt/host" }, ["print"]).unwrap();
    let process = (document.scheme == Scheme::Config).then_some(&process);
    let author = Author { writer: Some("w0123456789abcdef"), process };
    match step {
        Step::Adopt(session, profile) => document.adopt(
            &SessionId::parse(session).unwrap(),
            &ProfileName::parse(profile).unwrap(),
            author.writer,
        ),
        Step::Change(change) => document.apply(change, author),
    }
}

/// A refused step changes nothing.
fn try_to_apply(document: &mut Document, step: &Step) {
    let mut next = document.clone();
    if apply(&mut next, step).is_ok() {
        *document = next;
    }
}

fn withdraw_all(document: &Document) -> Vec<u8> {
    let mut document = document.clone();
    for profile in PROFILES {
        for session in SESSIONS {
            try_to_apply(&mut document, &Step::Change(withdraw(session, profile)));
        }
    }
    document.to_bytes().to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: times_as_many(4000), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn withdrawing_all_restores_any_text(
        scheme in scheme(),
        before in text(),
        steps in prop::collection::vec(step(), 0..10),
    ) {
        let mut document = Document::of(scheme, FileBytes::copy_of(&before));
        for step in &steps {
            try_to_apply(&mut document, step);
            // What the next process reads must mean the same as what this one holds.
            document = Document::of(scheme, document.to_bytes());
            prop_assert_eq!(withdraw_all(&document), before.clone());
        }
    }

    #[test]
    fn adopting_changes_nothing_that_programs_read(scheme in scheme(), before in text(), profile in select(&PROFILES[..])) {
        let before = Document::of(scheme, FileBytes::copy_of(&before));
        let mut after = before.clone();
        if apply(&mut after, &Step::Adopt("s", profile)).is_err() {
            prop_assert!(!before.has_profile(profile));
            return Ok(());
        }
        prop_assert_eq!(after.profiles(), before.profiles());
        let value = |document: &Document, profile: &str, key: &str| document.value(profile, key).map(|value| value.expose().to_owned());
        for profile in before.profiles() {
            for key in before.keys(profile) {
                prop_assert_eq!(value(&after, profile, &key), value(&before, profile, &key), "{}", key);
            }
        }
        prop_assert!(apply(&mut after, &Step::Change(publish("s", profile, 1, false))).is_ok());
        if let (Some(region), false) = (value(&before, profile, "region"), value(&after, profile, "region").is_some()) {
            prop_assert!(region.is_empty() || region.contains('\n'), "the Region {} is gone", region);
        }
    }

    #[test]
    fn a_publication_is_read_back_and_a_batch_is_idempotent(
        before in text(),
        changes in prop::collection::vec(change(), 1..6),
    ) {
        let mut document = Document::parse(&before);
        for change in &changes {
            let Change::Publish { session, profile, region, credentials } = change else { continue };
            if apply(&mut document, &Step::Change(change.clone())).is_err() {
                continue;
            }
            let value = |key| document.value(profile.as_str(), key).map(|value| value.expose().to_owned());
            let (id, secret) = (credentials.access_key_id(), credentials.secret_access_key());
            prop_assert_eq!(value(MARK), Some(session.to_string()));
            prop_assert_eq!(value("aws_access_key_id"), Some(id.to_string()));
            prop_assert_eq!(value("aws_secret_access_key"), Some(secret.expose().to_owned()));
            prop_assert_eq!(value("aws_session_token"), Some(credentials.session_token().expose().to_owned()));
            prop_assert_eq!(value("region"), region.as_ref().map(ToString::to_string));
        }
        // A profile that one batch publishes, withdraws and publishes again moves to the end each time.
        let mut changes = changes;
        changes.sort_by_key(|change| change.profile().clone());
        changes.dedup_by_key(|change| change.profile().clone());
        let mut document = Document::parse(&before);
        let changes: Vec<Step> = changes.into_iter().map(Step::Change).collect();
        changes.iter().for_each(|change| try_to_apply(&mut document, change));
        let once = document.to_bytes();
        changes.iter().for_each(|change| try_to_apply(&mut document, change));
        prop_assert_eq!(document.to_bytes(), once);
    }

    #[test]
    fn a_persons_notes_survive_wherever_they_are(
        scheme in scheme(),
        before in text(),
        steps in prop::collection::vec((step(), any::<Index>()), 0..8),
    ) {
        let mut before = before;
        before.push(b'\n');
        let mut document = Document::of(scheme, FileBytes::copy_of(&before));
        for (number, (step, place)) in steps.iter().enumerate() {
            try_to_apply(&mut document, step);
            let note = Line::parse(format!("; note {number}\n").as_bytes());
            let mut lines = document.sections.all_lines();
            lines.insert(place.index(lines.len() + 1), note);
            document.sections.set_all_lines(lines);
        }
        let mut after = Document::of(scheme, FileBytes::copy_of(&withdraw_all(&document)));
        let (notes, lines): (Vec<Line>, Vec<Line>) =
            after.sections.all_lines().into_iter().partition(|line| line.as_bytes().starts_with(b"; note "));
        after.sections.set_all_lines(lines);
        prop_assert_eq!(notes.len(), steps.len());
        prop_assert_eq!(after.to_bytes().to_vec(), before);
    }
}

/// The steps one after the other, each by a process that reads the text anew.
fn after(before: &[u8], steps: &[Step]) -> Document {
    steps.iter().fold(Document::parse(before), |mut document, step| {
        apply(&mut document, step).unwrap();
        Document::from_bytes(document.into_bytes())
    })
}
