//! A file that other tools and people write too: what the sinks over the two files have in common.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use leapp_core::{Change, Error, ErrorKind, ProfileName, SessionId};

use crate::edit::{Author, Orphan};
use crate::file_event::{FileEvent, Listener};
use crate::lock::Lock;
use crate::place::Place;
use crate::protocol::{self, Protocol};
use crate::scheme::Scheme;
use crate::writer::Writer;
use crate::{CredentialProcess, Document, FileBytes, FileSystem, platform};

const LOCK_WAIT: Duration = Duration::from_secs(10);

/// Clones share what they know, and are one writer.
#[derive(Clone, Debug)]
pub(crate) struct SharedFile {
    path: PathBuf,
    lock_wait: Duration,
    listener: Listener,
    /// What happened when it was opened.
    events: Arc<[FileEvent]>,
    scheme: Scheme,
    known_len: Arc<AtomicUsize>,
    writer: Arc<Writer>,
}

/// What is done to the document, with the name of its writer when it makes profiles ours.
type Edit<'a> = &'a dyn Fn(&mut Document, Option<&str>) -> Result<(), Error>;

impl SharedFile {
    /// Makes the folder, and sweeps what killed processes left.
    pub(crate) fn open(path: PathBuf, scheme: Scheme) -> Result<Self, Error> {
        Place::prepare_folder(&path)?;
        let place = Place::resolve(&path)?;
        // A writer that is at work has the lock, and a use for the temporary file.
        let mut events: Vec<FileEvent> =
            FileEvent::of_place(&path, FileSystem::of(&path)).into_iter().collect();
        if (place.has_leftovers() || Writer::has_left_some(&place.target))
            && let Some(_lock) = Lock::try_acquire(&place.lock)?
        {
            events.extend(recover(&place, scheme)?);
            Writer::sweep(&place.target);
        }
        let (lock_wait, writer) = (LOCK_WAIT, Arc::new(Writer::new()));
        let listener = Listener::default();
        Ok(Self {
            path,
            lock_wait,
            listener,
            events: events.into(),
            scheme,
            known_len: Arc::default(),
            writer,
        })
    }

    pub(crate) fn with_lock_wait(self, lock_wait: Duration) -> Self {
        Self { lock_wait, ..self }
    }

    pub(crate) fn with_listener(self, listener: impl Fn(&FileEvent) + Send + Sync + 'static) -> Self {
        self.events.iter().for_each(&listener);
        Self { listener: Listener(Arc::new(listener)), ..self }
    }

    /// The path that was opened.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes changes in one write, or not at all.
    pub(crate) async fn apply(
        &self,
        changes: &[Change],
        process: Option<&CredentialProcess>,
    ) -> Result<(), Error> {
        let (changes, process) = (changes.to_vec(), process.cloned());
        let makes_ours = changes.iter().any(|change| matches!(change, Change::Publish { .. }));
        self.edit(makes_ours, move |document, writer| {
            let author = Author { writer, process: process.as_ref() };
            changes.iter().try_for_each(|change| {
                document.apply(change, author).map_err(|refusal| refusal.of(change.profile()))
            })
        })
        .await
    }

    /// Makes a person's profile a session's.
    pub(crate) async fn adopt(&self, session: &SessionId, profile: &ProfileName) -> Result<(), Error> {
        let (session, profile) = (session.clone(), profile.clone());
        self.edit(true, move |document, writer| {
            document.adopt(&session, &profile, writer).map_err(|refusal| refusal.of(&profile))
        })
        .await
    }

    /// `makes_ours` says whether there are profiles that are ours from then on.
    async fn edit<E>(&self, makes_ours: bool, edit: E) -> Result<(), Error>
    where
        E: Fn(&mut Document, Option<&str>) -> Result<(), Error> + Send + 'static,
    {
        let file = self.clone();
        self.on_a_thread(move || file.edit_blocking(makes_ours, &edit)).await
    }

    /// The profiles whose writers are gone.
    pub(crate) async fn orphans(&self) -> Result<Vec<Orphan>, Error> {
        let file = self.clone();
        self.on_a_thread(move || {
            let place = Place::resolve(&file.path)?;
            let bytes = protocol::settled(&place, file.known_len.load(Ordering::Relaxed))?;
            Ok(Document::of(file.scheme, bytes).orphans(&|writer| Writer::is_alive(&place.target, writer)))
        })
        .await
    }

    /// Withdraws those profiles that are still as they were found.
    pub(crate) async fn withdraw_orphans(&self, orphans: &[Orphan]) -> Result<(), Error> {
        let (orphans, path) = (orphans.to_vec(), self.path.clone());
        self.edit(false, move |document, _| {
            let place = Place::resolve(&path)?;
            let is_alive = |writer: &str| Writer::is_alive(&place.target, writer);
            document.withdraw_orphans(&orphans, &is_alive);
            Ok(())
        })
        .await
    }

    /// An error about what is in the file, with the file's name.
    fn name(path: &Path, error: Error) -> Error {
        match error.kind() {
            ErrorKind::NotOurs | ErrorKind::NotFound | ErrorKind::Unsupported => {
                let message = format!("{error}, in `{}`", path.display());
                Error::new(error.kind(), message)
            }
            _ => error,
        }
    }

    fn edit_blocking(&self, makes_ours: bool, edit: Edit<'_>) -> Result<(), Error> {
        Place::prepare_folder(&self.path)?;
        let place = Place::resolve(&self.path)?;
        let _lock = Lock::acquire(&place.lock, self.lock_wait)?;
        place.check_writable()?;
        let writer = if makes_ours { Some(self.writer.announce(&place.target)?) } else { None };
        let wide = platform::wide_mode(&place.target);
        if place.has_leftovers() {
            recover(&place, self.scheme)?.iter().for_each(|event| (self.listener.0)(event));
        }
        let known_len = self.known_len.load(Ordering::Relaxed);
        let edited = |bytes: &[u8]| {
            let mut document = Document::of(self.scheme, FileBytes::copy_of(bytes));
            edit(&mut document, writer).map_err(|error| Self::name(&self.path, error))?;
            Ok(document.into_bytes())
        };
        let len = Protocol::new(&place).replace(known_len, &edited)?;
        self.known_len.store(len, Ordering::Relaxed);
        if let Some(from) = wide.filter(|_| platform::wide_mode(&place.target).is_none()) {
            (self.listener.0)(&FileEvent::ModeNarrowed { path: place.target, from });
        }
        Ok(())
    }

    /// On tokio's threads for blocking work. Once begun, a write is finished even when the caller goes away.
    async fn on_a_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        // The cause of a lost task is not passed on: a panic's message is not ours to vouch for.
        tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| {
            let message = format!("the thread that wrote `{}` is gone", self.path.display());
            Err(Error::new(ErrorKind::Unavailable, message))
        })
    }
}

/// Removes what killed processes left, and says what was rescued of it.
fn recover(place: &Place, scheme: Scheme) -> Result<Vec<FileEvent>, Error> {
    let others = |bytes: &[u8]| Document::of(scheme, FileBytes::copy_of(bytes)).without_ours().into_bytes();
    let rescued = protocol::recover(place, &others)?;
    Ok(rescued.into_iter().map(|path| FileEvent::Rescued { path }).collect())
}
