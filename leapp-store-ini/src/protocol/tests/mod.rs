//! Other writers and failing disks, at the exact moments where they hurt.

// What makes a disk fail here is not on Windows: a device that is full, a pipe that cannot be synced, folders that can.
#[cfg(unix)]
mod faults;
mod races;
#[cfg(windows)]
mod windows;

use std::cell::Cell;
use std::fs::{self, OpenOptions};
use std::io::Write;

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
        assert!(!self.place.has_leftovers());
    }
}

fn edit(bytes: &[u8]) -> Result<FileBytes, Error> {
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
