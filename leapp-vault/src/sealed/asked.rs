//! A passphrase is asked for once, however many wait for it and whoever of them gives up.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use leapp_core::{Error, ErrorKind};
use tokio::sync::watch;

use super::keys::Keys;
use super::passphrase::Passphrase;

tokio::task_local! {
    /// Whose passphrases this task was started to obtain, one for the sake of the other.
    static ASKED: Vec<u64>;
}

type Outcome = Option<Result<(), Error>>;

pub(super) struct Asked {
    /// No other one of this process has it.
    id: u64,
    source: Mutex<Option<Passphrase>>,
    outcome: watch::Sender<Outcome>,
}

/// Tells the outcome, also when the task ends without one.
struct Teller(watch::Sender<Outcome>);

impl Asked {
    pub(super) fn new(source: Passphrase) -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let id = LAST.fetch_add(1, Ordering::Relaxed);
        Self { id, source: Mutex::new(Some(source)), outcome: watch::Sender::new(None) }
    }

    /// Waits until the keys have the passphrase. The first who waits has it asked for.
    pub(super) async fn wait(&self, keys: &Arc<Keys>) -> Result<(), Error> {
        let asked = ASKED.try_with(Clone::clone).unwrap_or_default();
        if asked.contains(&self.id) {
            let message =
                "what was to give the passphrase needs the vault itself, which waits for the passphrase";
            return Err(Error::new(ErrorKind::Locked, message));
        }
        let source = self.source.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(source) = source {
            let (teller, keys) = (Teller(self.outcome.clone()), Arc::clone(keys));
            let asked = [asked, vec![self.id]].concat();
            tokio::spawn(ASKED.scope(asked, async move {
                let outcome = source.obtain().await.map(|passphrase| keys.give_passphrase(passphrase));
                teller.tell(outcome);
            }));
        }
        let mut outcome = self.outcome.subscribe();
        match outcome.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(outcome)) => outcome.clone(),
            Ok(None) | Err(_) => Err(nobody_answered()),
        }
    }
}

impl Teller {
    fn tell(&self, told: Result<(), Error>) {
        self.0.send_if_modified(|outcome| {
            let is_first = outcome.is_none();
            outcome.get_or_insert(told);
            is_first
        });
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        self.tell(Err(nobody_answered()));
    }
}

fn nobody_answered() -> Error {
    Error::new(ErrorKind::Locked, "what was to give the passphrase ended without an answer; open it again")
}
