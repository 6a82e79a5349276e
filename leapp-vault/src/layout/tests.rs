//! Over a store that is a map: writers that end after any of their operations, and readers between any two of them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use leapp_testkit::cases::times_as_many;
use proptest::prelude::*;
use zeroize::Zeroizing;

use super::*;
use crate::items::State;

const NAME: &str = "alice/access-key";
/// What an item of the small store holds: seven bytes of a value.
const LARGEST: usize = CHUNK_OVERHEAD + 7;

/// Only the header is larger than an item of the small store; no real store is too small for it.
#[derive(Clone, Default)]
struct Small(RefCell<Map>);

#[derive(Clone, Default)]
struct Map {
    items: BTreeMap<String, Vec<u8>>,
    /// What was done, where somebody wants to do it again elsewhere.
    done: Vec<Change>,
    operations: usize,
    /// The operations after which whoever uses the store is dead.
    ends_after: Option<usize>,
    /// What others do, before each operation of whoever uses the store.
    others: Vec<Vec<Change>>,
}

/// A name, and what is there from then on.
type Change = (String, Option<Vec<u8>>);

impl Small {
    fn of(items: &BTreeMap<String, Vec<u8>>) -> Self {
        let store = Self::default();
        store.0.borrow_mut().items = items.clone();
        store
    }

    fn operate(&self) -> Result<(), Failure> {
        let state = &mut *self.0.borrow_mut();
        if state.ends_after == Some(state.operations) {
            return Err(Failure::new(ErrorKind::Unavailable, "dead"));
        }
        if let Some(changes) = state.others.get(state.operations) {
            for (name, value) in changes.clone() {
                set(&mut state.items, name, value);
            }
        }
        state.operations += 1;
        Ok(())
    }

    fn change(&self, name: &str, value: Option<&[u8]>) -> Result<(), Failure> {
        self.operate()?;
        let state = &mut *self.0.borrow_mut();
        state.done.push((name.into(), value.map(<[u8]>::to_vec)));
        set(&mut state.items, name.into(), value.map(<[u8]>::to_vec));
        Ok(())
    }

    fn items(&self) -> BTreeMap<String, Vec<u8>> {
        self.0.borrow().items.clone()
    }
}

fn set(items: &mut BTreeMap<String, Vec<u8>>, name: String, value: Option<Vec<u8>>) {
    match value {
        Some(value) => drop(items.insert(name, value)),
        None => drop(items.remove(&name)),
    }
}

impl Items for Small {
    fn largest_item(&self) -> Option<usize> {
        Some(LARGEST)
    }

    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
        self.operate()?;
        Ok(self.0.borrow().items.get(name).cloned().map(Zeroizing::new))
    }

    fn write(&self, name: &str, value: &[u8]) -> Result<(), Failure> {
        assert!(value.len() <= LARGEST || value.starts_with(b"2"), "an item of {} bytes", value.len());
        self.change(name, Some(value))
    }

    fn remove(&self, name: &str) -> Result<(), Failure> {
        self.change(name, None)
    }

    fn probe(&self) -> Result<State, Failure> {
        Ok(State::Open)
    }
}

/// What is done to a name, one after another.
#[derive(Clone, Debug)]
enum Step {
    Delete,
    Put(String),
}

impl Step {
    fn run(&self, store: &Small) -> Result<(), Failure> {
        match self {
            Self::Delete => delete(store, NAME),
            Self::Put(value) => put(store, NAME, value),
        }
    }

    fn value(&self) -> Option<String> {
        match self {
            Self::Delete => None,
            Self::Put(value) => Some(value.clone()),
        }
    }
}

fn found(store: &Small) -> Option<String> {
    match get(store, NAME).expect("a store without a torn value") {
        Found::Absent => None,
        Found::Moving => panic!("nobody writes"),
        Found::Value(secret) => Some(secret.expose().to_owned()),
    }
}

/// Values of one item and of several, of characters of one byte and of more.
fn values() -> Vec<String> {
    ["", "in one", &"x".repeat(LARGEST - 1), &"y".repeat(LARGEST), &"chunks ".repeat(9), &"żółć🔑".repeat(12)]
        .map(str::to_owned)
        .to_vec()
}

fn steps() -> Vec<Step> {
    values().into_iter().map(Step::Put).chain([Step::Delete]).collect()
}

/// Ends a writer after each of its operations in turn, and gives what is then in the store.
fn cut_everywhere(store: &BTreeMap<String, Vec<u8>>, step: &Step, mut each: impl FnMut(Small)) -> usize {
    for ends_after in 0.. {
        let cut = Small::of(store);
        cut.0.borrow_mut().ends_after = Some(ends_after);
        drop(step.run(&cut));
        let is_whole = cut.0.borrow().operations < ends_after;
        each(Small::of(&cut.items()));
        if is_whole {
            return ends_after;
        }
    }
    unreachable!("a writer comes to an end")
}

#[test]
fn a_writer_that_dies_after_any_operation_leaves_the_old_value_or_the_new_one() {
    let mut cuts = 0;
    for old in steps() {
        let before = Small::default();
        old.run(&before).unwrap();
        for new in steps() {
            cuts += cut_everywhere(&before.items(), &new, |store| {
                let now = found(&store);
                assert!(now == old.value() || now == new.value(), "{old:?}, {new:?}: {now:?}");
            });
        }
    }
    assert!(cuts > 1000, "only {cuts} places were tried");
}

#[test]
fn what_two_dead_writers_leave_behind_goes_with_the_next() {
    let long = |letter: &str| Step::Put(letter.repeat(40));
    for (first, second) in
        [(long("a"), long("b")), (long("a"), Step::Delete), (Step::Put("a".into()), long("b"))]
    {
        cut_everywhere(&BTreeMap::new(), &first, |once| {
            cut_everywhere(&once.items(), &second, |twice| {
                for last in steps() {
                    let store = Small::of(&twice.items());
                    last.run(&store).unwrap();
                    assert_eq!(found(&store), last.value());
                    let fresh = Small::default();
                    last.run(&fresh).unwrap();
                    let (names, wanted) = (store.items().len(), fresh.items().len());
                    assert_eq!(names, wanted, "{:?} is left", store.items().keys());
                }
            });
        });
    }
}

#[test]
fn a_changed_or_missing_chunk_is_corrupt_and_the_value_may_be_replaced() {
    let whole = Small::default();
    put(&whole, NAME, "seven by seven letters, in six whole parts").unwrap();
    for name in whole.items().keys().filter(|name| *name != NAME) {
        for change in [None, Some(b"3".to_vec()), Some(b"\xff".to_vec())] {
            let store = Small::of(&whole.items());
            set(&mut store.0.borrow_mut().items, name.clone(), change);
            assert_eq!(get(&store, NAME).unwrap_err().kind, ErrorKind::Corrupt);
            put(&store, NAME, "again").unwrap();
            assert_eq!(found(&store).as_deref(), Some("again"));
        }
    }
    let store = Small::of(&whole.items());
    let swapped = {
        let items = store.items();
        let chunk = |index| items[&chunk_name(NAME, Slot::A, index)].clone();
        [(chunk_name(NAME, Slot::A, 0), chunk(5)), (chunk_name(NAME, Slot::A, 5), chunk(0))]
    };
    store.0.borrow_mut().items.extend(swapped);
    assert_eq!(get(&store, NAME).unwrap_err().kind, ErrorKind::Corrupt);
}

#[test]
fn what_this_library_did_not_write_is_not_overwritten_but_may_be_deleted() {
    for foreign in [&b"somebody else's"[..], b"", b"\xff\xfe", b"2", b"9 of a later version"] {
        let store = Small::of(&BTreeMap::from([(NAME.to_owned(), foreign.to_vec())]));
        for value in values() {
            assert_eq!(put(&store, NAME, &value).unwrap_err().kind, ErrorKind::Corrupt);
        }
        assert_eq!(store.items()[NAME], foreign);
        delete(&store, NAME).unwrap();
        assert!(store.items().is_empty());
    }
}

#[test]
fn a_value_over_the_limit_is_too_large_and_nothing_is_touched() {
    let store = Small::default();
    put(&store, NAME, &"old ".repeat(20)).unwrap();
    let before = store.items();
    assert_eq!(put(&store, NAME, &"x".repeat(MOST_BYTES + 1)).unwrap_err().kind, ErrorKind::TooLarge);
    assert_eq!(store.items(), before);
    put(&store, NAME, &"x".repeat(MOST_BYTES)).unwrap();
    assert_eq!(found(&store).unwrap().len(), MOST_BYTES);
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => Just(Step::Delete),
        6 => (any::<char>(), 0..90_usize).prop_map(|(c, length)| Step::Put(c.to_string().repeat(length))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: times_as_many(400), failure_persistence: None, ..ProptestConfig::default() })]

    /// Writers take turns and some die; their changes fall between a reader's operations in any way.
    #[test]
    fn a_reader_between_any_operations_of_writers_finds_a_value_that_was_there(
        steps in prop::collection::vec((any_step(), prop::option::weighted(0.3, 0..40_usize)), 1..6),
        begins in any::<prop::sample::Index>(),
        gaps in prop::collection::vec(prop_oneof![3 => 0..4_usize, 1 => 4..40_usize], 200),
    ) {
        let store = Small::default();
        let mut were_there = vec![None];
        for (step, ends_after) in &steps {
            store.0.borrow_mut().ends_after = ends_after.map(|more| store.0.borrow().operations + more);
            drop(step.run(&store));
            store.0.borrow_mut().ends_after = None;
            were_there.push(step.value());
        }
        let last = found(&store);
        let mut done = store.0.borrow().done.clone().into_iter();
        let begins = begins.index(done.len() + 1);
        let before: Vec<Change> = done.by_ref().take(begins).collect();
        let reading = Small::default();
        for (name, value) in before {
            set(&mut reading.0.borrow_mut().items, name, value);
        }
        let others = gaps.iter().map(|gap| done.by_ref().take(*gap).collect()).collect();
        reading.0.borrow_mut().others = others;
        match get(&reading, NAME) {
            Ok(Found::Moving) => {}
            Ok(Found::Absent) => prop_assert!(were_there.contains(&None)),
            Ok(Found::Value(secret)) => prop_assert!(were_there.contains(&Some(secret.expose().to_owned()))),
            Err(failure) => prop_assert!(false, "{failure:?}"),
        }
        prop_assert!(were_there.contains(&last));
    }
}

/// A store that does what it is told, and then says that it did not, once.
struct Liar(Small, RefCell<Option<&'static str>>);

impl Items for Liar {
    fn largest_item(&self) -> Option<usize> {
        self.0.largest_item()
    }

    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
        self.0.read(name)
    }

    fn write(&self, name: &str, value: &[u8]) -> Result<(), Failure> {
        self.0.write(name, value)?;
        match self.1.borrow_mut().take_if(|lie| *lie == name) {
            Some(_) => Err(Failure::new(ErrorKind::Unavailable, "no answer")),
            None => Ok(()),
        }
    }

    fn remove(&self, name: &str) -> Result<(), Failure> {
        self.0.remove(name)
    }

    fn probe(&self) -> Result<State, Failure> {
        self.0.probe()
    }
}

#[test]
fn a_write_that_is_done_and_not_answered_loses_neither_value() {
    let (old, new) = ("old ".repeat(10), "new ".repeat(12));
    for (lie, left) in [(NAME, &new), ("alice/access-key/b1", &old)] {
        let store = Liar(Small::default(), RefCell::new(None));
        put(&store, NAME, &old).unwrap();
        *store.1.borrow_mut() = Some(lie);
        put(&store, NAME, &new).unwrap_err();
        let Found::Value(found) = get(&store, NAME).unwrap() else { panic!("{lie}: no value") };
        assert_eq!(found.expose(), left, "{lie}");
        put(&store, NAME, "x").unwrap();
        assert_eq!(store.0.items().len(), 1, "something stayed behind");
    }
}
