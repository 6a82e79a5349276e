//! What the handle asks of the driver.

use crate::driver::waiters::{Reply, Started};
use crate::engine::{Definition, Plan};
use crate::{AccessKeyId, Answer, Session, SessionCredentials, SessionId, SessionStatus};

#[derive(Debug)]
pub(crate) enum Command {
    Add(Vec<Definition>, Vec<Session>, Reply<()>),
    Answer(SessionId, Answer, Reply<Started>),
    /// A caller found nothing valid in a session's cell.
    Fresh(SessionId, Reply<SessionCredentials>),
    Plan(SessionId, Reply<Plan>),
    Refresh(SessionId, Reply<Started>),
    Rejected(SessionId, AccessKeyId, Reply<()>),
    Remove(SessionId, Reply<()>),
    Shutdown(Reply<()>),
    Start(SessionId, Reply<Started>),
    Status(SessionId, Reply<SessionStatus>),
    Statuses(Reply<Vec<SessionStatus>>),
    Stop(SessionId, Reply<()>),
    Wake(Reply<()>),
}
