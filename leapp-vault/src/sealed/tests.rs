//! Hostile files, with the key and without: errors, and no more memory than the file has bytes, some times over.

use std::path::Path;

use leapp_core::{Error, ErrorKind, Secret};
use leapp_testkit::cases::times_as_many;
use proptest::prelude::*;

use super::contents::Contents;
use super::header::{Header, Origin, Recipe};
use super::index::{Entry, Index};
use super::key::{Key, NONCE, Nonce, OVERHEAD, Purpose};

struct Scene {
    header: Header,
    key: Key,
}

impl Scene {
    fn new() -> Self {
        let recipe = Recipe::generate(Origin::DataKey).unwrap();
        let key = Key::generate().unwrap().for_file(&recipe.salt);
        Self { header: Header::generate(recipe, &key).unwrap(), key }
    }

    /// A file whose list of items says this, by somebody who has the key.
    fn file(&self, index: &[u8], items: &[u8]) -> Vec<u8> {
        let index = self.key.seal(Purpose::Index(self.header.as_bytes()), index).unwrap();
        let length = u32::try_from(index.len()).unwrap().to_le_bytes();
        [&self.header.as_bytes()[..], &length, &index, items].concat()
    }

    fn item(&self, name: &str, text: &[u8]) -> (Entry, Vec<u8>) {
        let sealed = self.key.seal(Purpose::Item(self.header.file_id(), name), text).unwrap();
        let nonce = *sealed.first_chunk::<NONCE>().unwrap();
        (entry(name, nonce, sealed.len()), sealed)
    }

    fn parse(&self, file: &[u8]) -> Result<Contents, Error> {
        let path = Path::new("file");
        let header = Header::parse(file, path)?;
        Contents::parse(header, &self.key, file, path)
    }

    fn refusal(&self, file: &[u8]) -> Error {
        let Err(error) = self.parse(file) else { panic!("a hostile file was taken") };
        error
    }
}

fn entry(name: &str, nonce: Nonce, length: usize) -> Entry {
    Entry { name: name.to_owned(), nonce, length }
}

fn index(entries: Vec<Entry>) -> Vec<u8> {
    Index { generation: 1, entries }.to_bytes().unwrap().to_vec()
}

#[test]
fn a_list_that_lies_is_an_error() {
    let scene = Scene::new();
    let (first, sealed) = scene.item("a", b"text");
    let nonce = first.nonce;
    let count = [&1_u64.to_le_bytes()[..], &u32::MAX.to_le_bytes()].concat();
    let long_name = [&1_u64.to_le_bytes()[..], &1_u32.to_le_bytes(), &[0xff; 2], b"short"].concat();
    let no_text = [&1_u64.to_le_bytes()[..], &1_u32.to_le_bytes(), &[1, 0, 0xff], &[0; NONCE + 4]].concat();
    for (index, items, kind) in [
        (vec![], vec![], ErrorKind::Corrupt),
        (count, vec![], ErrorKind::Corrupt),
        (long_name, vec![], ErrorKind::Corrupt),
        (no_text, vec![], ErrorKind::Corrupt),
        (
            index(vec![entry("a", nonce, usize::try_from(u32::MAX).unwrap())]),
            sealed.clone(),
            ErrorKind::Corrupt,
        ),
        (index(vec![entry("a", nonce, sealed.len() - 1)]), sealed.clone(), ErrorKind::Corrupt),
        (index(vec![entry("a", [0; NONCE], 0)]), vec![], ErrorKind::NotOurs),
        (index(vec![entry("a", nonce, OVERHEAD - 1)]), sealed[..OVERHEAD - 1].to_vec(), ErrorKind::NotOurs),
        (index(vec![entry("b", nonce, sealed.len())]), sealed.clone(), ErrorKind::Corrupt),
        (index(vec![first, scene.item("a", b"x").0]), sealed.clone(), ErrorKind::Corrupt),
        (index(vec![]), sealed.clone(), ErrorKind::Corrupt),
    ] {
        let error = scene.refusal(&scene.file(&index, &items));
        assert_eq!(error.kind(), kind, "{error}");
    }
}

#[test]
fn two_items_of_one_name_are_an_error() {
    let scene = Scene::new();
    let ((one, first), (other, second)) = (scene.item("a", b"one"), scene.item("a", b"other"));
    let error = scene.refusal(&scene.file(&index(vec![one, other]), &[first, second].concat()));
    assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
}

#[test]
fn an_item_that_is_no_text_is_an_error_when_it_is_asked_for() {
    let scene = Scene::new();
    let (entry, sealed) = scene.item("a", b"\xff\xfe");
    let contents = scene.parse(&scene.file(&index(vec![entry]), &sealed)).unwrap();
    let error = contents.get("a", &scene.key, Path::new("file")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
}

#[test]
fn what_is_sealed_for_one_purpose_is_nothing_for_another() {
    let (scene, other) = (Scene::new(), Scene::new());
    let id = scene.header.file_id();
    let purposes = [
        Purpose::Index(scene.header.as_bytes()),
        Purpose::Generation(id),
        Purpose::Item(id, ""),
        Purpose::Item(id, "a"),
        Purpose::Index(other.header.as_bytes()),
        Purpose::Generation(other.header.file_id()),
        Purpose::Item(other.header.file_id(), "a"),
    ];
    for (number, purpose) in purposes.iter().enumerate() {
        let sealed = scene.key.seal(*purpose, b"text").unwrap();
        for (other, purpose) in purposes.iter().enumerate() {
            assert_eq!(scene.key.unseal(*purpose, &sealed).is_some(), number == other);
        }
    }
}

#[test]
fn buffers_have_their_full_size_from_the_start() {
    let scene = Scene::new();
    let mut contents = Contents::new(scene.header.clone()).unwrap();
    contents.put("a", &Secret::new("x".repeat(1000)), &scene.key).unwrap();
    let file = contents.seal(&scene.key, Path::new("file")).unwrap();
    assert_eq!(file.len(), file.capacity());
    let sealed = scene.key.seal(Purpose::Index(b""), &[1; 1000]).unwrap();
    assert_eq!(sealed.len(), sealed.capacity());
    let text = scene.key.unseal(Purpose::Index(b""), &sealed).unwrap();
    assert_eq!(text.len(), text.capacity());
}

/// What reading a file costs at most: some copies of it, and some room for errors.
fn assert_is_cheap(scene: &Scene, file: &[u8]) {
    let mut outcome = None;
    let used = allocation_counter::measure(|| outcome = Some(scene.parse(file).map(drop)));
    let most = u64::try_from(file.len()).unwrap() * 8 + 4096;
    assert!(used.bytes_max < most, "{} bytes for a file of {}: {outcome:?}", used.bytes_max, file.len());
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: times_as_many(2000),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn reading_any_bytes_costs_no_more_than_they_are(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let scene = Scene::new();
        assert_is_cheap(&scene, &bytes);
        // Past the header, and past the seal of the list.
        assert_is_cheap(&scene, &[&scene.header.as_bytes()[..], &bytes].concat());
        assert_is_cheap(&scene, &scene.file(&bytes, &bytes));
        assert!(scene.parse(&scene.file(&bytes, &bytes)).is_err() || bytes.is_empty());
    }
}
