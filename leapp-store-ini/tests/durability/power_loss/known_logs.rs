//! The model itself: logs that are known to be good, and logs that are known to be bad.

use std::collections::BTreeSet;
use std::sync::Arc;

use fastrand::Rng;

use super::disk::{Content, Moment, torn};
use super::judge::Promise;
use super::log::{Id, Kind, Log, Node, Op, ROOT};
use super::survey::{Found, survey};

const OLD: &[u8] = b"old";
const NEW: &[u8] = b"the new one";
const FILE: &str = "credentials";
const TEMP: &str = ".credentials.leapp-tmp";

const TORN: &str = "the file is neither the old nor the new one";

/// Nodes of the logs below: the file that is there, and the one that is written.
const CURRENT: Id = 1;
const NEXT: Id = 2;

fn named(name: &str, node: Option<Id>) -> (String, Option<Id>) {
    (name.to_owned(), node)
}

fn names<const N: usize>(names: [(&str, Option<Id>); N]) -> Op {
    Op::Entries { folder: ROOT, names: names.map(|(name, node)| named(name, node)).to_vec() }
}

fn create_temp() -> [Op; 2] {
    [names([(TEMP, Some(NEXT))]), Op::Write { node: NEXT, at: 0, bytes: NEW.into() }]
}

fn sync(node: Id) -> Op {
    Op::Sync { node }
}

fn rename() -> Op {
    names([(FILE, Some(NEXT)), (TEMP, None)])
}

fn exchange() -> Op {
    names([(FILE, Some(NEXT)), (TEMP, Some(CURRENT))])
}

fn log(ops: impl IntoIterator<Item = Op>) -> Log {
    let file = |bytes: &[u8]| Node { kind: Kind::File(bytes.into()), mode: 0o600 };
    let entries = [(FILE.to_owned(), CURRENT)].into();
    let folder = Node { kind: Kind::Folder(entries), mode: 0o700 };
    Log { nodes: vec![folder, file(OLD), file(b"")], ops: ops.into_iter().collect() }
}

fn look_through(log: &Log) -> Found {
    let version = |bytes: &[u8]| Some(Content::new(bytes.to_vec()));
    let promise = Promise {
        target: FILE.to_owned(),
        versions: vec![version(OLD), version(NEW)],
        before: Moment::after(log, 0).complete(),
    };
    survey(log, &promise, 2000, 0, &mut Rng::with_seed(1))
}

fn assert_bad(ops: impl IntoIterator<Item = Op>, complaint: &str) {
    let found = look_through(&log(ops));
    assert!(found.bad > 0 && found.bad_in_order > 0, "{found}");
    assert!(found.complaints.keys().any(|text| text.starts_with(complaint)), "{:?}", found.complaints);
}

fn assert_good(ops: impl IntoIterator<Item = Op>) {
    let found = look_through(&log(ops));
    assert!(found.bad == 0 && found.sampled >= 1000, "{found}: {:?}", found.complaints);
}

#[test]
fn a_file_that_is_synced_then_renamed_then_its_folder_synced_is_good() {
    assert_good(create_temp().into_iter().chain([sync(NEXT), rename(), sync(ROOT), Op::Report]));
    let removed = names([(TEMP, None)]);
    assert_good(create_temp().into_iter().chain([sync(NEXT), exchange(), sync(ROOT), removed, Op::Report]));
}

#[test]
fn a_rename_of_a_file_that_was_not_synced_may_leave_a_torn_one() {
    assert_bad(create_temp().into_iter().chain([rename(), sync(ROOT), Op::Report]), TORN);
    assert_bad(create_temp().into_iter().chain([rename(), sync(NEXT), sync(ROOT), Op::Report]), TORN);
}

#[test]
fn a_success_before_the_folder_is_synced_may_be_undone() {
    let old = "1 updates were reported";
    assert_bad(create_temp().into_iter().chain([sync(NEXT), rename(), Op::Report]), old);
    assert_bad(create_temp().into_iter().chain([sync(NEXT), sync(ROOT), rename(), Op::Report]), old);
    assert_bad(create_temp().into_iter().chain([sync(NEXT), rename(), Op::Report, sync(ROOT)]), old);
}

#[test]
fn a_sync_after_one_that_failed_may_have_nothing_left_to_sync() {
    let failed = Op::SyncFailed { node: NEXT };
    let ops = create_temp().into_iter().chain([failed, sync(NEXT), rename(), sync(ROOT), Op::Report]);
    assert_bad(ops, TORN);
}

#[test]
fn a_file_that_is_truncated_and_written_in_place_may_be_torn() {
    let truncate = Op::Resize { node: CURRENT, len: 0 };
    let write = Op::Write { node: CURRENT, at: 0, bytes: NEW.into() };
    assert_bad([truncate, write, sync(CURRENT), Op::Report], TORN);
}

#[test]
fn a_mode_that_is_narrowed_after_the_rename_may_come_too_late() {
    let mut log = log(create_temp().into_iter().chain([
        sync(NEXT),
        rename(),
        Op::Mode { node: NEXT, mode: 0o600 },
        sync(NEXT),
        sync(ROOT),
        Op::Report,
    ]));
    log.nodes[NEXT].mode = 0o644;
    let found = look_through(&log);
    assert!(
        found.complaints.keys().any(|text| text == "`credentials` has the mode 644"),
        "{:?}",
        found.complaints
    );
}

/// Its name and its bytes each go their own way, until both are synced.
#[test]
fn a_file_that_was_never_synced_may_be_there_whole_or_empty_or_torn_or_not_at_all() {
    let log = log(create_temp());
    let moment = Moment::after(&log, 2);
    let mut rng = Rng::with_seed(1);
    let mut seen = BTreeSet::new();
    for _ in 0..2000 {
        let state = moment.state(&[rng.bool()], &mut |versions: &[Arc<Content>]| torn(versions, &mut rng));
        seen.insert(state.content(TEMP).map(|content| content.bytes.clone()));
        assert_eq!(state.content(FILE).unwrap().bytes, OLD, "what is durable stays");
    }
    for expected in
        [None, Some(NEW.to_vec()), Some(Vec::new()), Some(NEW[..3].to_vec()), Some(vec![0; NEW.len()])]
    {
        assert!(seen.contains(&expected), "{expected:?}");
    }
}

#[test]
fn the_sync_of_a_file_says_nothing_of_its_name_and_that_of_a_folder_nothing_of_bytes() {
    let log = log(create_temp().into_iter().chain([sync(NEXT)]));
    assert_eq!(Moment::after(&log, 3).pending(), 1);
    assert!(Moment::after(&log, 3).has_settled_data());
    let log = self::log(create_temp().into_iter().chain([sync(ROOT)]));
    assert_eq!(Moment::after(&log, 3).pending(), 0);
    assert!(!Moment::after(&log, 3).has_settled_data());
}

/// Half of an exchange would be two names of one file.
#[test]
fn an_exchange_has_arrived_or_has_not() {
    let log = log(create_temp().into_iter().chain([sync(NEXT), sync(ROOT), exchange()]));
    let moment = Moment::after(&log, 5);
    let contents = [true, false].map(|has_arrived| {
        let state = moment.state(&[has_arrived], &mut |versions| versions[0].clone());
        [FILE, TEMP].map(|name| state.content(name).unwrap().bytes.clone())
    });
    assert_eq!(contents, [[NEW.to_vec(), OLD.to_vec()], [OLD.to_vec(), NEW.to_vec()]]);
}

/// Where the order is kept, nothing arrives before what came before it; where it is not, anything may.
#[test]
fn prefixes_keep_the_order() {
    let log =
        log([names([("a", Some(CURRENT))]), names([("b", Some(CURRENT))]), names([("c", Some(CURRENT))])]);
    let prefixes = Moment::after(&log, 3).prefixes();
    assert_eq!(prefixes, [[false; 3], [true, false, false], [true, true, false], [true; 3]]);
}
