//! Any text, any sequence of changes: in the end it is what it was, and in between nothing foreign is touched.

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

#[test]
fn the_end_of_a_file_without_a_line_break_comes_back_as_it_was() {
    let adopt = || Step::Adopt("s", "ops");
    let publish = |profile| Step::Change(publish("s", profile, 1, false));
    let withdraw = |profile| Step::Change(withdraw("s", profile));
    for mine in [
        "[ops]\naws_session_token =\n  mine",
        "[ops]\naws_session_token =\n  mine\r",
        "[ops]\naws_session_token = mine\r",
        "[ops]\r\naws_session_token = mine\r",
        "[ops] ;\r",
        "[ops]\r\n[x] ;\r\n[ops] ;\r",
        "[ops]\naws_credential_expiration = x\naws_session_token = mine\r",
        "[ops]\nregion = x\n  y\n  z\n; n\r\n; n\r\n[ops]",
        "[ops]",
        "[ops]\r\noutput = json\r\nregion = mine",
    ] {
        for begin in [[publish("dev"), adopt(), publish("ops")], [adopt(), publish("ops"), publish("dev")]] {
            for end in [["dev", "ops"], ["ops", "dev"]] {
                let steps = [&begin[..], &end.map(withdraw)].concat();
                assert_eq!(
                    after(mine.as_bytes(), &steps).to_bytes().escape_ascii().to_string(),
                    mine.escape_default().to_string(),
                    "{steps:?}"
                );
            }
        }
    }
}

#[test]
fn a_comment_stays_one_behind_another_value() {
    for value in ["old ; c", "; c", "\t# c", "\u{b}; c", "old\u{c}# c"] {
        let mine = format!("[ops]\naws_session_token={value}\n");
        let steps = [Step::Adopt("s", "ops"), Step::Change(publish("s", "ops", 1, false))];
        let published = after(mine.as_bytes(), &steps);
        assert_eq!(published.value("ops", "aws_session_token").unwrap().expose(), "token;1", "{mine:?}");
        assert_eq!(withdraw_all(&published), mine.as_bytes());
    }
}

#[test]
fn what_a_person_does_to_an_adopted_profile_costs_them_nothing() {
    let mine = "[ops]\naws_secret_access_key = mine\n";
    let begin = [Step::Adopt("s", "ops"), Step::Change(publish("s", "ops", 1, false))];
    let published = String::from_utf8(after(mine.as_bytes(), &begin).to_bytes().to_vec()).unwrap();
    let (ours, remembered) = ("aws_secret_access_key = secret=1\n", published.lines().last().unwrap());
    assert!(published.contains(ours) && remembered.starts_with(PUBLISHED));
    for (what, edited, expected) in [
        ("removes what we remember", published.replace(&format!("{remembered}\n"), ""), mine.to_owned()),
        ("indents a note", published.replace(ours, &format!("{ours}  # old\n")), format!("{mine}  # old\n")),
        (
            "adds a value at the end",
            format!("{published}aws_secret_access_key = new\n"),
            format!("{mine}aws_secret_access_key = new\n"),
        ),
        (
            "adds a value at the beginning",
            published.replace("[ops]\n", "[ops]\naws_secret_access_key = new\n"),
            mine.replace("[ops]\n", "[ops]\naws_secret_access_key = new\n"),
        ),
        (
            "writes over ours",
            published.replace(ours, "aws_secret_access_key = new\n"),
            "[ops]\naws_secret_access_key = new\n".to_owned(),
        ),
        ("removes ours", published.replace(ours, ""), mine.to_owned()),
        ("damages what we remember", published.replace(remembered, "x_leapp_published = "), mine.to_owned()),
    ] {
        let next = [Step::Change(publish("s", "ops", 2, true)), Step::Adopt("t", "ops")];
        for count in 0..=next.len() {
            let left = withdraw_all(&after(edited.as_bytes(), &next[..count]));
            assert_eq!(String::from_utf8_lossy(&left), expected, "a person {what}; then {count} steps");
        }
    }
}

/// As tools write a section that quote what they need not quote.
fn quoted(section: &str, before: &str) -> String {
    let quoted = section.lines().map(|line| match line.split_once(" = ") {
        Some((key, value)) => format!("{key} = \"{value}\"\n"),
        None => format!("{line}\n"),
    });
    before.to_owned() + &quoted.collect::<String>()
}

#[test]
fn a_damaged_memory_costs_nobody_their_keys() {
    let theirs = "[ops]\naws_access_key_id = AKIAMINE\naws_secret_access_key = mine\n";
    for damaged in ["x_leapp_published =\n", "x_leapp_writer = w0\nx_leapp_published = 1\n"] {
        let adopted = after(format!("{theirs}{damaged}").as_bytes(), &[Step::Adopt("t", "ops")]);
        assert_eq!(String::from_utf8_lossy(&withdraw_all(&adopted)), theirs);
    }
}

#[test]
fn a_note_below_what_we_remember_continues_no_value_of_a_persons() {
    let mine = b"[ops]\naws_secret_access_key = mine\n";
    let published = after(mine, &[Step::Adopt("s", "ops"), Step::Change(publish("s", "ops", 1, false))]);
    let edited = [published.to_bytes().as_slice(), b"  # note\n"].concat();
    assert_eq!(withdraw_all(&Document::parse(&edited)), mine);
}

#[test]
fn a_persons_end_of_the_file_stays_theirs_when_several_profiles_go_at_once() {
    let published = after(b"", &[Step::Change(publish("s", "ops", 1, false))]);
    let text = String::from_utf8(published.to_bytes().to_vec()).unwrap();
    let theirs = "region = eu-north-1\noutput = json\n";
    let edited = text.replace("aws_access_key_id", &format!("{theirs}aws_access_key_id"));
    let both = after(edited.trim_end().as_bytes(), &[Step::Change(publish("s", "dev", 1, false))]);
    let mut left = both.clone();
    left.withdraw_orphans(&both.orphans(&|_| false), &|_| false);
    assert_eq!(String::from_utf8_lossy(&left.to_bytes()), format!("[ops]\n{theirs}"));
}

#[test]
fn what_a_person_notes_in_a_value_stays_when_they_write_over_it() {
    let mine = "[ops]\naws_session_token =\n; note\n  mine\n";
    let begin = [Step::Adopt("s", "ops"), Step::Change(publish("s", "ops", 1, false))];
    let published = String::from_utf8(after(mine.as_bytes(), &begin).to_bytes().to_vec()).unwrap();
    let edited = published.replace("token;1", "new");
    assert_eq!(
        withdraw_all(&Document::parse(edited.as_bytes())),
        b"[ops]\n; note\naws_session_token = new\n"
    );
}

#[test]
fn what_we_remember_says_whose_a_section_is_when_the_marks_are_gone() {
    let published = after(b"", &[Step::Change(publish("s", "ops", 1, false))]);
    let text = String::from_utf8(published.to_bytes().to_vec()).unwrap();
    let unmarked: String = text
        .split_inclusive('\n')
        .filter(|line| !line.starts_with(MARK) && !line.starts_with(WRITER))
        .collect();
    let adopted = after(unmarked.as_bytes(), &[Step::Adopt("t", "ops")]);
    assert_eq!(withdraw_all(&adopted), b"[ops]\n", "nothing of ours has become theirs");
}

#[test]
fn what_a_person_writes_into_a_profile_of_ours_is_not_lost() {
    let theirs = "[a]\naws_access_key_id = AKIAMINE\naws_secret_access_key = mine\n";
    let published = after(theirs.as_bytes(), &[Step::Change(publish("s", "ops", 1, false))]);
    let published = String::from_utf8(published.to_bytes().to_vec()).unwrap();
    let other = after(b"", &[Step::Change(publish("t", "dev", 4, true))]);
    let configured =
        published.replace("= ASIAIOSFODNN7EXAMPLE\n", "= AKIANEW\n").replace("= secret=1\n", "= new\n");
    for (what, edited, expected) in [
        (
            "gives it a Region",
            format!("{published}region = eu-north-1\n"),
            format!("{theirs}[ops]\nregion = eu-north-1\n"),
        ),
        (
            "puts long-lived keys there",
            configured,
            format!("{theirs}[ops]\naws_access_key_id = AKIANEW\naws_secret_access_key = new\n"),
        ),
        ("removes our header", published.replace("[ops]\n", ""), theirs.to_owned()),
        ("indents a note", published.replace("= secret=1\n", "= secret=1\n  # old\n"), theirs.to_owned()),
        ("lets a tool quote everything", quoted(&published[theirs.len()..], theirs), theirs.to_owned()),
        (
            "joins two profiles of ours",
            published.clone() + str::from_utf8(&other.to_bytes()).unwrap().strip_prefix("[dev]\n").unwrap(),
            theirs.to_owned(),
        ),
    ] {
        let next = [Step::Change(publish("s", "ops", 2, false)), Step::Change(publish("s", "ops", 3, true))];
        for count in 0..=next.len() {
            let text = after(edited.as_bytes(), &next[..count]);
            let mut left = text.clone();
            left.withdraw_orphans(&text.orphans(&|_| false), &|_| false);
            assert_eq!(
                String::from_utf8_lossy(&left.to_bytes()),
                expected,
                "a person {what}; then {count} steps"
            );
        }
    }
    let with_region = format!("{published}region = eu-north-1\n");
    let again = after(with_region.as_bytes(), &[Step::Change(publish("s", "ops", 2, false))]);
    assert_eq!(again.value("ops", "region").unwrap().expose(), "eu-north-1", "it counts meanwhile");
}

#[test]
fn a_half_line_break_at_the_end_is_no_other_value() {
    let mine = b"[profile ops]\r\ncredential_process = /opt/theirs\r\n";
    let mut document = Document::parse_config(mine);
    for step in [Step::Adopt("s", "ops"), Step::Change(publish("s", "ops", 1, false))] {
        apply(&mut document, &step).unwrap();
    }
    let text = document.into_bytes();
    let cut = Document::parse_config(text.strip_suffix(b"\n").unwrap());
    assert_eq!(withdraw_all(&cut), mine.strip_suffix(b"\r\n").unwrap());
}

/// What would take minutes if each section or line were looked at together with all others.
#[test]
fn hostile_files_are_changed_in_time() {
    let adopted = |text: String| {
        let (session, profile) = (SessionId::parse("s").unwrap(), ProfileName::parse("dev").unwrap());
        let document = Document::parse(text.as_bytes());
        document
            .with_adopted(&session, &profile)
            .map(|document| document.keys("dev").len())
            .unwrap_or_default()
    };
    assert_eq!(adopted("[dev]\naws_access_key_id=A\n".repeat(20_000)), 4);
    assert_eq!(adopted(format!("x{}\n", "[dev]".repeat(200_000))), 0, "there is no such profile");
    let keys: String = (0..100_000).map(|number| format!("k{number}=\n")).collect();
    assert_eq!(adopted(format!("[dev]\n{keys}")), 100_002);

    let withdrawn = |text: String| {
        let document = Document::parse(text.as_bytes()).with_changes(&[withdraw("s", "dev")]).unwrap();
        document.to_bytes().len()
    };
    let published = "x_leapp_published = 00000000,00000000,00000000,00000000,00000000\n";
    let regions = "region=\n".repeat(100_000);
    assert_eq!(
        withdrawn(format!("[dev]\nx_leapp_session = s\n{published}{regions}")),
        "[dev]\n".len() + regions.len()
    );
    let said = format!("x_leapp_published = {}\n", "0".repeat(500_000));
    assert_eq!(withdrawn(format!("[dev]\nx_leapp_session = s\n{said}{regions}")), 0, "nobody can tell");
    let said = "x_leapp_published = 00000000,00000000,00000000,00000000,00000000\n".repeat(10_000);
    assert_eq!(withdrawn(format!("[dev]\nx_leapp_session = s\n{said}")), 0);
    let other = format!("[x]\n{}", "k\n".repeat(200_000));
    assert_eq!(withdrawn("[dev]\nx_leapp_session = s\n".repeat(20_000) + &other), other.len());

    let others = "[\n".repeat(200_000);
    assert_eq!(withdrawn("[dev]\nx_leapp_session = s\n".repeat(20_000) + &others), others.len());
    assert_eq!(withdrawn("[dev]\nx_leapp_session = s\n[\n".repeat(40_000)), 2 * 40_000);

    let text = "[dev]\nx_leapp_session = s\n; mine\n".repeat(20_000);
    let notes = "; mine\n".repeat(20_000);
    let withdrawn = Document::parse(text.as_bytes()).with_changes(&[withdraw("s", "dev")]).unwrap();
    assert!(withdrawn.to_bytes().as_slice() == notes.as_bytes(), "a person's notes are left");
    let rest = Document::parse(text.as_bytes()).without_ours();
    assert!(rest.to_bytes().as_slice() == notes.as_bytes(), "a person's notes are left");
    let text: String =
        (0..20_000).map(|number| format!("[dev]\nx_leapp_session = s{number}\n; mine\n")).collect();
    let mut document = Document::parse(text.as_bytes());
    let orphans = document.orphans(&|_| false);
    document.withdraw_orphans(&orphans, &|_| false);
    assert!(document.to_bytes().as_slice() == notes.as_bytes(), "a person's notes are left");
}
