//! One thread for one keychain: it blocks there, in order, and nowhere else.

use std::fmt;
use std::io;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

type Job<T> = Box<dyn FnOnce(&T) + Send>;

/// A thread that owns a value and runs one job after another on it. It ends when this handle is dropped.
pub(crate) struct VaultThread<T>(Sender<Job<T>>);

impl<T: 'static> VaultThread<T> {
    /// The value is made on the thread, and stays there.
    pub(crate) fn spawn(make: impl FnOnce() -> T + Send + 'static) -> io::Result<Self> {
        let (jobs, queue) = channel::<Job<T>>();
        // Not joined: a keychain may be waiting for a person who has left.
        std::thread::Builder::new().name("leapp-vault".into()).spawn(move || {
            let owned = make();
            for job in queue {
                job(&owned);
            }
        })?;
        Ok(Self(jobs))
    }

    /// Runs a job; `None` when the thread has died. A job that nobody awaits any more is not begun, and what it holds is let go
    /// at once: a thread that waits for a person keeps neither a lease nor a secret of those who have left.
    pub(crate) async fn run<R: Send + 'static>(
        &self,
        job: impl FnOnce(&T) -> R + Send + 'static,
    ) -> Option<R> {
        let (answer, outcome) = oneshot::channel();
        let awaited = Awaited(Arc::new(Mutex::new(Some(job))));
        let queued = Arc::clone(&awaited.0);
        let sent = self.0.send(Box::new(move |owned| {
            if let Some(job) = take(&queued) {
                // Whoever asked may have gone meanwhile; then nobody is to be told.
                drop(answer.send(job(owned)));
            }
        }));
        sent.ok()?;
        outcome.await.ok()
    }
}

/// A job that is in the queue, until it is begun or its caller leaves.
struct Awaited<J>(Arc<Mutex<Option<J>>>);

impl<J> Drop for Awaited<J> {
    fn drop(&mut self) {
        drop(take(&self.0));
    }
}

fn take<J>(job: &Mutex<Option<J>>) -> Option<J> {
    job.lock().unwrap_or_else(PoisonError::into_inner).take()
}

impl<T> fmt::Debug for VaultThread<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VaultThread")
    }
}
