//! What runs beside the driver: attempts, writes, questions to a responder. Each in a task of its own.

use std::collections::HashMap;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{Id, JoinSet};

use super::Backends;
use super::attempt::{Errand, Report};
use crate::engine::{Attempt, AttemptId, BatchId, Outcome};
use crate::{Answer, Challenge, Change, Error, ErrorKind, SessionId, SessionProvider};

/// A responder that says nothing for this long has declined: a person may be waiting to be asked.
const LONGEST_ANSWER: Duration = Duration::from_secs(2 * 60);

/// What came of a task.
#[derive(Debug)]
pub(super) enum Done {
    Answered(Challenge, Result<Option<Answer>, Error>),
    Applied(BatchId, Result<(), Error>),
    Issued(AttemptId, Report),
}

/// What a task was for: a task that panics cannot say so itself.
#[derive(Clone, Debug)]
enum Purpose {
    Answer(Challenge),
    Apply(BatchId),
    Issue(AttemptId),
}

#[derive(Debug)]
pub(super) struct Outside {
    backends: Backends,
    tasks: JoinSet<Done>,
    purposes: HashMap<Id, Purpose>,
}

impl Outside {
    pub(super) fn new(backends: Backends) -> Self {
        Self { backends, tasks: JoinSet::new(), purposes: HashMap::new() }
    }

    pub(super) fn issue(&mut self, attempt: Attempt, provider: Arc<dyn SessionProvider>) {
        let id = attempt.id.clone();
        let Backends { vault, clock, .. } = self.backends.clone();
        let errand = Errand { attempt, provider, vault, clock };
        self.spawn(Purpose::Issue(id.clone()), async move { Done::Issued(id, errand.run().await) });
    }

    pub(super) fn apply(&mut self, batch: BatchId, changes: Vec<Change>) {
        let sink = self.backends.sink.clone();
        self.spawn(Purpose::Apply(batch), async move {
            let result = match sink {
                Some(sink) => sink.apply(&changes).await,
                None => Err(Error::new(ErrorKind::Unsupported, "there is no sink to publish in")),
            };
            Done::Applied(batch, result)
        });
    }

    pub(super) fn ask(&mut self, challenge: Challenge) {
        let responder = self.backends.responder.clone();
        self.spawn(Purpose::Answer(challenge.clone()), async move {
            let result = match responder {
                Some(responder) => {
                    // On the machine's time, not the application's clock.
                    let answer = tokio::time::timeout(LONGEST_ANSWER, responder.respond(&challenge)).await;
                    answer.unwrap_or(Ok(None))
                }
                None => Ok(None),
            };
            Done::Answered(challenge, result)
        });
    }

    pub(super) fn is_asking(&self, session: &SessionId) -> bool {
        let asks = |purpose: &Purpose| matches!(purpose, Purpose::Answer(asked) if asked.session == *session);
        self.purposes.values().any(asks)
    }

    pub(super) fn is_idle(&self) -> bool {
        self.tasks.is_empty()
    }

    /// The next task's end; never, while there is none.
    pub(super) async fn next(&mut self) -> Done {
        match self.tasks.join_next_with_id().await {
            Some(Ok((id, done))) => {
                self.purposes.remove(&id);
                done
            }
            Some(Err(panic)) => match self.purposes.remove(&panic.id()) {
                Some(purpose) => failed(purpose),
                None => pending().await,
            },
            None => pending().await,
        }
    }

    fn spawn(&mut self, purpose: Purpose, task: impl Future<Output = Done> + Send + 'static) {
        let id = self.tasks.spawn(task).id();
        self.purposes.insert(id, purpose);
    }
}

/// A backend that panics has failed, and nothing more.
fn failed(purpose: Purpose) -> Done {
    let error = |what: &str| Error::new(ErrorKind::Unavailable, format!("the {what} panicked"));
    match purpose {
        Purpose::Answer(challenge) => Done::Answered(challenge, Err(error("responder"))),
        Purpose::Apply(batch) => Done::Applied(batch, Err(error("sink"))),
        Purpose::Issue(attempt) => {
            let what = format!("provider of session `{}`", attempt.session());
            Done::Issued(attempt, Outcome::Failed(error(&what)).into())
        }
    }
}
