//! One write: a batch on its way into the sink.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::outside::Done;
use crate::engine::BatchId;
use crate::{Change, CredentialSink, Error, ErrorKind};

/// A sink that takes longer goes on, but keeps nobody waiting any more.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// A batch and what the sink has still to do for it. A write that takes long is not given up: whether it happens could
/// then not be told, and the next one would overtake it.
pub(super) struct Write {
    batch: BatchId,
    rest: Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>,
}

impl Write {
    pub(super) fn new(batch: BatchId, changes: Vec<Change>, sink: Option<Arc<dyn CredentialSink>>) -> Self {
        let rest = Box::pin(async move {
            match sink {
                Some(sink) => sink.apply(&changes).await,
                None => Err(Error::new(ErrorKind::Unsupported, "there is no sink to publish in")),
            }
        });
        Self { batch, rest }
    }

    pub(super) fn batch(&self) -> BatchId {
        self.batch
    }

    /// Waits for its end, or for the time after which callers are to be told that the sink is busy.
    pub(super) async fn run(mut self) -> Done {
        // On the machine's time, not the application's clock: writes take as long as they take.
        match tokio::time::timeout(LONGEST_WAIT, &mut self.rest).await {
            Ok(result) => Done::Applied(self.batch, result),
            Err(_) => Done::Writing(self),
        }
    }
}

impl fmt::Debug for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Write").field("batch", &self.batch).finish_non_exhaustive()
    }
}
