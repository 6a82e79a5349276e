//! The end.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::broadcast;

use super::Driver;
use crate::{Error, ErrorKind, Event, SessionId, SessionState, SessionStatus};

/// How long a shutdown waits for what is under way: a withdrawal, an attempt that has spent somebody's MFA code.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(10);

impl Driver {
    /// Stops every session, and waits for what is under way, but not for ever.
    pub(super) async fn shut_down(mut self) -> Result<(), Error> {
        let now = self.backends.clock.now();
        let mut watch = self.events.subscribe();
        for session in self.providers.keys().cloned().collect::<Vec<_>>() {
            let _ = self.engine.handle_stop(&session, now);
            self.show(&session);
        }
        self.settle();
        // On the machine's time, not the application's clock: writes take as long as they take.
        let patience = tokio::time::sleep(SHUTDOWN_PATIENCE);
        tokio::pin!(patience);
        while !self.outside.is_idle() {
            tokio::select! {
                done = self.outside.next() => self.take_in(done),
                () = &mut patience => break,
            }
        }
        let mut left: BTreeMap<SessionId, Error> = BTreeMap::new();
        loop {
            match watch.try_recv() {
                Ok(Event::SinkFailed { session, error, .. }) => drop(left.insert(session, error)),
                Ok(Event::Withdrawn { session, .. }) => drop(left.remove(&session)),
                Ok(_) | Err(broadcast::error::TryRecvError::Lagged(_)) => {}
                Err(_) => break,
            }
        }
        let is_left = |status: &SessionStatus| status.state != SessionState::Inactive;
        if let Some(error) = left.into_values().next() {
            Err(error)
        } else if self.engine.statuses(now).iter().any(is_left) {
            let message = "the engine was shut down before everything was withdrawn";
            Err(Error::new(ErrorKind::Unavailable, message))
        } else {
            Ok(())
        }
    }
}
