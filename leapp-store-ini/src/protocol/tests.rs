//! Other writers and failing disks, at the exact moments where they hurt.
#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

use std::cell::Cell;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::fd::OwnedFd;

use leapp_core::{AccessKeyId, Change, ProfileName, Secret, SessionCredentials, SessionId};
use tempfile::TempDir;

use super::*;
use crate::Document;
use crate::edit::Author;

const BEFORE: &str = "[default]\naws_access_key_id = AKIAMINE\n";
const FOREIGN: &str = "[default]\naws_access_key_id = AKIAMINE\n[theirs]\nregion = eu-west-1\n";

struct Scene {
    _folder: TempDir,
    place: Place,
}

impl Scene {
    fn new(content: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::resolve(&folder.path().join("credentials")).unwrap();
        if let Some(content) = content {
            write_in_place(&place.target, content);
        }
        Self { _folder: folder, place }
    }

    fn publish(
        &self,
        can_exchange: bool,
        create_temp: &dyn Fn(&Path) -> io::Result<File>,
    ) -> Result<(), Error> {
        self.publish_pausing(can_exchange, create_temp, &|_| {})
    }

    fn publish_pausing(
        &self,
        can_exchange: bool,
        create_temp: &dyn Fn(&Path) -> io::Result<File>,
        pause: &dyn Fn(Duration),
    ) -> Result<(), Error> {
        Protocol { place: &self.place, create_temp, can_exchange, pause }.replace(0, &edit).map(|_| ())
    }

    /// Publishes while another program opens the file between our reading and our replacing, and does the rest in the
    /// first pause after that.
    fn publish_around<T>(
        &self,
        can_exchange: bool,
        open: impl Fn(&Path) -> T,
        finish: impl Fn(&Path, T),
    ) -> Result<(), Error> {
        let (is_first, opened) = (Cell::new(true), Cell::new(None));
        let create_temp = |path: &Path| {
            if is_first.replace(false) {
                opened.set(Some(open(&self.place.target)));
            }
            temp::create(path)
        };
        let pause = |_| {
            if let Some(opened) = opened.take() {
                finish(&self.place.target, opened);
            }
        };
        self.publish_pausing(can_exchange, &create_temp, &pause)
    }

    /// Publishes while another program does something between our reading and our replacing.
    fn publish_during(&self, can_exchange: bool, foreign: impl Fn()) -> Result<(), Error> {
        let is_first = Cell::new(true);
        self.publish(can_exchange, &|path| {
            if is_first.replace(false) {
                foreign();
            }
            temp::create(path)
        })
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.place.target).unwrap()
    }

    fn assert_holds_ours_and(&self, foreign: &str) {
        let text = self.text();
        assert_eq!(
            Document::parse(text.as_bytes()).value("dev", "aws_session_token").unwrap().expose(),
            "token"
        );
        assert!(text.starts_with(foreign), "{text}");
        assert!(!self.place.temp.exists());
    }
}

fn edit(bytes: &[u8]) -> Result<Bytes, Error> {
    let mut document = Document::parse(bytes);
    let credentials = SessionCredentials::new(
        AccessKeyId::parse("ASIAIOSFODNN7EXAMPLE").unwrap(),
        Secret::new("secret"),
        Secret::new("token"),
        std::time::SystemTime::UNIX_EPOCH,
    );
    let change = Change::Publish {
        session: SessionId::parse("s").unwrap(),
        profile: ProfileName::parse("dev").unwrap(),
        region: None,
        credentials: credentials.unwrap(),
    };
    document.apply(&change, Author::default()).map_err(|_| Error::new(ErrorKind::NotOurs, "not ours"))?;
    Ok(document.to_bytes())
}

fn write_in_place(path: &Path, content: &str) {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(path).unwrap();
    file.write_all(content.as_bytes()).unwrap();
}

fn replace_by_rename(path: &Path, content: &str) {
    let other = path.with_file_name("theirs");
    write_in_place(&other, content);
    fs::rename(other, path).unwrap();
}

#[test]
fn a_change_between_reading_and_replacing_is_merged() {
    for can_exchange in [true, false] {
        for foreign in [write_in_place, replace_by_rename] {
            let scene = Scene::new(Some(BEFORE));
            scene.publish_during(can_exchange, || foreign(&scene.place.target, FOREIGN)).unwrap();
            scene.assert_holds_ours_and(FOREIGN);
        }
    }
}

#[test]
fn a_file_that_appears_between_reading_and_creating_is_merged() {
    let scene = Scene::new(None);
    scene.publish_during(true, || write_in_place(&scene.place.target, FOREIGN)).unwrap();
    scene.assert_holds_ours_and(FOREIGN);
}

#[test]
fn a_file_that_disappears_between_reading_and_replacing_is_gone() {
    for can_exchange in [true, false] {
        let scene = Scene::new(Some(BEFORE));
        scene.publish_during(can_exchange, || fs::remove_file(&scene.place.target).unwrap()).unwrap();
        scene.assert_holds_ours_and("[dev]");
    }
}

#[test]
fn a_profile_that_becomes_theirs_between_reading_and_replacing_stays_theirs() {
    let theirs = format!("{BEFORE}[dev]\nregion = eu-west-1\n");
    for can_exchange in [true, false] {
        let scene = Scene::new(Some(BEFORE));
        let outcome = scene.publish_during(can_exchange, || write_in_place(&scene.place.target, &theirs));
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::NotOurs);
        assert_eq!(scene.text(), theirs);
        assert!(!scene.place.temp.exists());
    }
}

#[test]
fn a_writer_that_truncated_and_is_not_done_is_waited_for() {
    for can_exchange in [true, false] {
        let scene = Scene::new(Some(BEFORE));
        let truncate = |path: &Path| OpenOptions::new().write(true).truncate(true).open(path).unwrap();
        let finish = |_: &Path, mut file: File| file.write_all(FOREIGN.as_bytes()).unwrap();
        scene.publish_around(can_exchange, truncate, finish).unwrap();
        scene.assert_holds_ours_and(FOREIGN);
    }
}

#[test]
fn what_a_slow_writer_puts_into_the_displaced_file_is_merged() {
    for can_exchange in [true, false] {
        let scene = Scene::new(Some(BEFORE));
        let open = |path: &Path| OpenOptions::new().write(true).open(path).unwrap();
        let finish = |_: &Path, mut slow: File| {
            slow.set_len(0).unwrap();
            slow.write_all(FOREIGN.as_bytes()).unwrap();
        };
        scene.publish_around(can_exchange, open, finish).unwrap();
        scene.assert_holds_ours_and(FOREIGN);
    }
}

#[test]
fn what_a_slow_writer_makes_its_own_in_the_displaced_file_is_restored() {
    let theirs = format!("{BEFORE}[dev]\nregion = eu-west-1\n");
    for can_exchange in [true, false] {
        let scene = Scene::new(Some(BEFORE));
        let open = |path: &Path| OpenOptions::new().write(true).open(path).unwrap();
        let finish = |_: &Path, mut slow: File| slow.write_all(theirs.as_bytes()).unwrap();
        let outcome = scene.publish_around(can_exchange, open, finish);
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::NotOurs);
        assert_eq!(scene.text(), theirs);
        assert!(!scene.place.temp.exists());
    }
}

#[test]
fn of_two_writers_at_once_the_one_under_the_files_name_counts() {
    let scene = Scene::new(Some(BEFORE));
    let open = |path: &Path| OpenOptions::new().write(true).open(path).unwrap();
    let finish = |path: &Path, mut slow: File| {
        slow.write_all(b"; late\n").unwrap();
        replace_by_rename(path, FOREIGN);
    };
    scene.publish_around(true, open, finish).unwrap();
    scene.assert_holds_ours_and(FOREIGN);
}

#[test]
fn a_stale_text_that_overwrites_ours_is_published_into() {
    for can_exchange in [true, false] {
        let scene = Scene::new(Some(BEFORE));
        scene.publish_around(can_exchange, |_| (), |path, ()| write_in_place(path, FOREIGN)).unwrap();
        scene.assert_holds_ours_and(FOREIGN);
    }
}

#[test]
fn a_profile_that_somebody_makes_theirs_after_us_is_theirs() {
    let theirs = format!("{BEFORE}[dev]\nregion = eu-west-1\n");
    let scene = Scene::new(Some(BEFORE));
    scene.publish_around(true, |_| (), |path, ()| write_in_place(path, &theirs)).unwrap();
    assert_eq!(scene.text(), theirs);
}

#[test]
fn a_writer_that_never_stops_is_reported_and_nothing_of_theirs_is_lost() {
    let scene = Scene::new(Some(BEFORE));
    let count = Cell::new(0);
    let outcome = scene.publish(true, &|path| {
        count.set(count.get() + 1);
        write_in_place(&scene.place.target, &format!("{FOREIGN}; {}\n", count.get()));
        temp::create(path)
    });
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Busy);
    assert_eq!(scene.text(), format!("{FOREIGN}; {MAX_ROUNDS}\n"));
    assert!(!scene.place.temp.exists());
}

/// The temporary file is there, and what is written goes to a device that is always full.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_unavailable_and_changes_nothing() {
    let scene = Scene::new(None);
    let outcome = scene.publish(true, &|path| {
        temp::create(path)?;
        OpenOptions::new().write(true).open("/dev/full")
    });
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(error.to_string(), format!("cannot write `{}`", scene.place.temp.display()));
    assert!(format!("{error:?}").contains("StorageFull"), "{error:?}");
    assert!(!scene.place.target.exists() && !scene.place.temp.exists());
}

/// A pipe takes what is written and cannot be synced.
#[test]
fn a_failed_sync_is_unavailable_and_changes_nothing() {
    let scene = Scene::new(Some(BEFORE));
    let (_reader, writer) = io::pipe().unwrap();
    let attempts = Cell::new(0);
    let outcome = scene.publish(true, &|path| {
        attempts.set(attempts.get() + 1);
        temp::create(path)?;
        Ok(File::from(OwnedFd::from(writer.try_clone()?)))
    });
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(error.to_string(), format!("cannot sync `{}`", scene.place.temp.display()));
    assert_eq!(attempts.get(), 1, "a file that failed to sync is not tried again");
    assert_eq!(scene.text(), BEFORE);
    assert!(!scene.place.temp.exists());
}

/// A folder that is not there cannot be synced; the file is somewhere else and can be replaced.
#[test]
fn a_folder_that_cannot_be_synced_takes_the_change_back() {
    for (content, can_exchange) in [(Some(BEFORE), true), (Some(BEFORE), false), (None, true)] {
        let mut scene = Scene::new(content);
        scene.place.folder = scene.place.folder.join("missing");
        let error = scene.publish(can_exchange, &temp::create).unwrap_err();
        assert_eq!(error.to_string(), format!("cannot sync the folder `{}`", scene.place.folder.display()));
        assert_eq!(fs::read_to_string(&scene.place.target).ok().as_deref(), content);
        assert!(!scene.place.temp.exists());
    }
}

/// Some batches move a profile to the end each time they are applied. They are applied once.
#[test]
fn a_batch_that_is_not_idempotent_is_applied_once() {
    let scene = Scene::new(Some(BEFORE));
    let append = |bytes: &[u8]| Ok(Zeroizing::new([bytes, b"; once\n"].concat()));
    Protocol::new(&scene.place).replace(0, &append).unwrap();
    assert_eq!(scene.text(), format!("{BEFORE}; once\n"));
}

#[test]
fn a_file_that_looks_cut_short_is_read_until_it_holds_still() {
    for (cut, known_len) in [("", 0), ("[defa", 0), ("[default]\n", BEFORE.len())] {
        let scene = Scene::new(Some(cut));
        let finish = |_| write_in_place(&scene.place.target, FOREIGN);
        let reading = reading::settled(&scene.place.target, known_len, &finish).unwrap();
        assert_eq!(reading.bytes.as_slice(), FOREIGN.as_bytes(), "{cut:?}");
    }
}
