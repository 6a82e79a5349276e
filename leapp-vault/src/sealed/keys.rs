//! The keys of an open vault: what it was given, and what became of it.

use std::sync::{Arc, Mutex, PoisonError};

use leapp_core::{Error, ErrorKind, Secret};

use std::path::Path;

use super::cost::SealingCost;
use super::fault;
use super::header::{Header, Origin, Recipe};
use super::key::Key;

/// What opens the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    DataKey,
    Passphrase,
}

/// Holds a passphrase until the first key is derived from it, and that key from then on.
pub(super) struct Keys {
    by: By,
    state: Mutex<State>,
}

enum State {
    DataKey(Key),
    Derived {
        recipe: Recipe,
        key: Arc<Key>,
        /// False until it has opened a file, or made one. A passphrase may be mistyped, and a file planted: no new one is made in
        /// their likeness.
        is_proven: bool,
    },
    Passphrase(Secret),
    Waiting,
}

impl Keys {
    pub(super) fn new(by: By) -> Self {
        Self { by, state: Mutex::new(State::Waiting) }
    }

    pub(super) fn give_passphrase(&self, passphrase: Secret) {
        *self.lock() = State::Passphrase(passphrase);
    }

    pub(super) fn give_data_key(&self, key: Key) {
        *self.lock() = State::DataKey(key);
    }

    pub(super) fn is_waiting(&self) -> bool {
        matches!(*self.lock(), State::Waiting)
    }

    /// True when a key costs nothing any more.
    pub(super) fn is_ready(&self) -> bool {
        matches!(*self.lock(), State::DataKey(_) | State::Derived { .. })
    }

    /// The key of a file that is there. `None` as long as nothing was given to derive it from.
    pub(super) fn of(&self, header: &Header, path: &Path) -> Result<Option<Arc<Key>>, Error> {
        self.check_origin(header.recipe().origin, path)?;
        let Some(key) = self.derive(header.recipe(), path)? else { return Ok(None) };
        if header.is_opened_by(&key) {
            self.prove();
            Ok(Some(key))
        } else {
            Err(fault::wrong_key(path, self.by == By::Passphrase))
        }
    }

    /// The header of a file that is to be made, and its key.
    pub(super) fn of_new(&self, cost: SealingCost, path: &Path) -> Result<Option<(Header, Arc<Key>)>, Error> {
        let known = match &*self.lock() {
            State::Derived { recipe, is_proven: true, .. } => Some(*recipe),
            State::Derived { is_proven: false, .. } => {
                let why = "the file that was here was not opened, and is gone; open it again";
                return Err(fault::unsealable(ErrorKind::Locked, path, why));
            }
            _ => None,
        };
        let origin = match self.by {
            By::DataKey => Origin::DataKey,
            By::Passphrase => Origin::Passphrase(cost),
        };
        let recipe = known.map_or_else(|| Recipe::generate(origin), Ok)?;
        let Some(key) = self.derive(recipe, path)? else { return Ok(None) };
        self.prove();
        Ok(Some((Header::generate(recipe, &key)?, key)))
    }

    /// Derives while the state is locked: of many that wait for it, one does the work.
    fn derive(&self, recipe: Recipe, path: &Path) -> Result<Option<Arc<Key>>, Error> {
        let mut state = self.lock();
        match (&*state, recipe.origin) {
            (State::Waiting, _) => Ok(None),
            (State::DataKey(key), _) => Ok(Some(Arc::new(key.for_file(&recipe.salt)))),
            (State::Derived { recipe: known, key, .. }, _) if *known == recipe => Ok(Some(Arc::clone(key))),
            (State::Passphrase(passphrase), Origin::Passphrase(cost)) => {
                let key = Arc::new(Key::from_passphrase(passphrase, cost, &recipe.salt)?);
                // The passphrase has done its work, and goes.
                *state = State::Derived { recipe, key: Arc::clone(&key), is_proven: false };
                Ok(Some(key))
            }
            (State::Derived { .. } | State::Passphrase(_), _) => {
                let why = "it was sealed anew since it was opened; open it again";
                Err(fault::unsealable(ErrorKind::Locked, path, why))
            }
        }
    }

    fn prove(&self) {
        if let State::Derived { is_proven, .. } = &mut *self.lock() {
            *is_proven = true;
        }
    }

    fn check_origin(&self, origin: Origin, path: &Path) -> Result<(), Error> {
        let why = match (self.by, origin) {
            (By::DataKey, Origin::DataKey) | (By::Passphrase, Origin::Passphrase(_)) => return Ok(()),
            (By::DataKey, Origin::Passphrase(_)) => "it is sealed with a passphrase, not with a data key",
            (By::Passphrase, Origin::DataKey) => "it is sealed with a data key, not with a passphrase",
        };
        Err(fault::unsealable(ErrorKind::InvalidInput, path, why))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
