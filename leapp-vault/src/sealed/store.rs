//! What is done to the file, one operation after the other. Everything here blocks.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use leapp_core::{Error, ErrorKind, Secret};

use super::contents::{Contents, LARGEST_FILE, LARGEST_ITEM};
use super::cost::SealingCost;
use super::generation::{self, Stamp};
use super::header::Header;
use super::key::Key;
use super::keys::Keys;
use super::lock::Lock;
use super::place::Place;
use super::{fault, writing};

/// How far an operation came.
pub(super) enum Step<T> {
    Done(T),
    /// There is nothing yet to derive a key from; with it, it can be done again.
    KeyNeeded {
        /// True when a file is to be made, so that no key for it need exist.
        is_new: bool,
    },
    /// It writes, and all that takes long is done; with this process's turn, it can be done again.
    TurnNeeded,
}

/// This process's turn to write: how long it may go on waiting for other processes. `None` as long as it is others' turn.
pub(super) type Turn = Option<Duration>;

/// What a host may set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) cost: SealingCost,
    /// How long a lock is waited for.
    pub(super) patience: Duration,
}

pub(super) struct Store {
    pub(super) place: Place,
    pub(super) keys: Arc<Keys>,
    /// The latest state that this vault has seen.
    seen: Mutex<Option<Stamp>>,
    /// The file that was checked last. The same bytes need no second check.
    checked: Mutex<Option<Arc<Checked>>>,
    /// Tasks of this process stand in line here, so that one of them waits for the lock, and not each.
    pub(super) turn: Arc<tokio::sync::Mutex<()>>,
}

/// A file that was read and checked as a whole. Its values are sealed; the names of its items are not.
struct Checked {
    file: Vec<u8>,
    contents: Contents,
    key: Arc<Key>,
}

macro_rules! done {
    ($step:expr) => {
        match $step {
            Step::Done(done) => done,
            Step::KeyNeeded { is_new } => return Ok(Step::KeyNeeded { is_new }),
            Step::TurnNeeded => return Ok(Step::TurnNeeded),
        }
    };
}

impl Store {
    /// Takes away what a killed process left, and from others what they may do with the file.
    pub(super) fn open(path: &Path, keys: Keys) -> Result<Self, Error> {
        let place = Place::open(path)?;
        writing::sweep(&place)?;
        super::rights::narrow(&place.target, super::header::MAGIC).map_err(|source| {
            let message = format!("others may read `{}`, and its mode cannot be changed", path.display());
            Error::new(ErrorKind::NotOurs, message).with_source(source)
        })?;
        Ok(Self {
            place,
            keys: Arc::new(keys),
            seen: Mutex::new(None),
            checked: Mutex::new(None),
            turn: Arc::default(),
        })
    }

    /// Checks the file as a whole, if there is one.
    pub(super) fn check(&self) -> Result<Step<()>, Error> {
        done!(self.load(true)?);
        Ok(Step::Done(()))
    }

    pub(super) fn get(&self, name: &str) -> Result<Step<Option<Secret>>, Error> {
        let Some(opened) = done!(self.load(true)?) else { return Ok(Step::Done(None)) };
        opened.contents.get(name, &opened.key, &self.place.target).map(Step::Done)
    }

    pub(super) fn put(
        &self,
        name: &str,
        secret: &Secret,
        settings: Settings,
        turn: Turn,
    ) -> Result<Step<()>, Error> {
        if secret.expose().len() > LARGEST_ITEM {
            let message = format!("cannot seal `{name}`: it is larger than 1 MiB");
            return Err(Error::new(ErrorKind::TooLarge, message));
        }
        // Nobody is asked for a passphrase, and no key derived for a file that is there, while others wait for the lock.
        if !self.keys.is_ready() && done!(self.load(true)?).is_none() && self.keys.is_waiting() {
            return Ok(Step::KeyNeeded { is_new: true });
        }
        let Some(patience) = turn else { return Ok(Step::TurnNeeded) };
        let _lock = Lock::acquire(&self.place, patience)?;
        let (mut contents, key) = match done!(self.load(true)?) {
            Some(opened) => (opened.contents.clone(), Arc::clone(&opened.key)),
            None => match self.keys.of_new(settings.cost, &self.place.target)? {
                Some((header, key)) => (Contents::new(header)?, key),
                None => return Ok(Step::KeyNeeded { is_new: true }),
            },
        };
        contents.put(name, secret, &key)?;
        self.write(contents, &key).map(Step::Done)
    }

    pub(super) fn delete(&self, name: &str, turn: Turn) -> Result<Step<()>, Error> {
        if done!(self.load(true)?).is_none() {
            return Ok(Step::Done(()));
        }
        let Some(patience) = turn else { return Ok(Step::TurnNeeded) };
        let _lock = Lock::acquire(&self.place, patience)?;
        let Some(opened) = done!(self.load(true)?) else { return Ok(Step::Done(())) };
        let mut contents = opened.contents.clone();
        if contents.delete(name) {
            self.write(contents, &opened.key)?;
        }
        Ok(Step::Done(()))
    }

    /// Takes the file as it is for the newest there was.
    pub(super) fn accept_older_copy(&self, turn: Turn) -> Result<Step<()>, Error> {
        // For the key, before the lock.
        done!(self.load(false)?);
        let Some(patience) = turn else { return Ok(Step::TurnNeeded) };
        let _lock = Lock::acquire(&self.place, patience)?;
        match done!(self.load(false)?) {
            Some(opened) => {
                let stamp = opened.contents.stamp();
                writing::replace_record(&self.place, &stamp.to_record(&opened.key)?)?;
                *lock(&self.seen) = Some(stamp);
            }
            None => {
                writing::remove(&self.place.record)?;
                *lock(&self.seen) = None;
            }
        }
        Ok(Step::Done(()))
    }

    /// Reads and checks the file. What was seen before is looked up first: the file can only be newer than that.
    fn load(&self, is_compared: bool) -> Result<Step<Option<Arc<Checked>>>, Error> {
        let path = &self.place.target;
        let seen = *lock(&self.seen);
        let record = if is_compared { self.read_record()? } else { None };
        let Some(file) = writing::read(path, LARGEST_FILE, || fault::too_large_to_read(path))? else {
            if is_compared && (seen.is_some() || record.is_some()) {
                return Err(fault::older_copy(path, "it was here before, and is gone"));
            }
            return Ok(Step::Done(None));
        };
        let Some(opened) = self.checked(file)? else { return Ok(Step::KeyNeeded { is_new: false }) };
        if is_compared {
            let (stamp, key) = (opened.contents.stamp(), &opened.key);
            let record =
                record.map(|record| Stamp::parse_record(&record, &stamp.file_id, key, &self.place.record));
            for seen in seen.into_iter().chain(record.transpose()?) {
                stamp.check_not_before(&seen, path)?;
            }
            self.note(stamp);
        }
        Ok(Step::Done(Some(opened)))
    }

    /// What a file holds, every item of it checked. `None` when there is nothing yet to derive its key from.
    fn checked(&self, file: Vec<u8>) -> Result<Option<Arc<Checked>>, Error> {
        let known = lock(&self.checked).clone();
        if let Some(known) = known.filter(|known| known.file == file) {
            return Ok(Some(known));
        }
        let path = &self.place.target;
        let header = Header::parse(&file, path)?;
        let Some(key) = self.keys.of(&header, path)? else { return Ok(None) };
        let contents = Contents::parse(header, &key, &file, path)?;
        let checked = Arc::new(Checked { file, contents, key });
        *lock(&self.checked) = Some(Arc::clone(&checked));
        Ok(Some(checked))
    }

    fn read_record(&self) -> Result<Option<Vec<u8>>, Error> {
        let path = &self.place.record;
        let record = writing::read(path, generation::LENGTH, || fault::damaged_record(path))?;
        // A power loss may leave it empty. It tells as little as one that was removed.
        Ok(record.filter(|record| !record.is_empty()))
    }

    fn write(&self, mut contents: Contents, key: &Key) -> Result<(), Error> {
        writing::check_writable(&self.place)?;
        let file = contents.seal(key, &self.place.target)?;
        let record = contents.stamp().to_record(key)?;
        writing::replace_file(&self.place, &file)?;
        self.note(contents.stamp());
        writing::replace_record(&self.place, &record)
    }

    fn note(&self, stamp: Stamp) {
        let mut seen = lock(&self.seen);
        if seen.is_none_or(|seen| seen.generation < stamp.generation) {
            *seen = Some(stamp);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
