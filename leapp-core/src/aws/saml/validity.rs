//! When a response may be used, and for how long a session.

use std::time::{Duration, SystemTime};

use super::SamlResponse;
use crate::{Error, ErrorKind};

/// What AWS gives at least.
const LEAST: Duration = Duration::from_secs(900);
/// A clock that is off by more signs nothing that AWS takes, either. Within it, STS decides.
const TOLERANCE: Duration = Duration::from_secs(300);

impl SamlResponse {
    /// Looks whether it may be used now, by this machine's clock.
    ///
    /// # Errors
    /// - [`ErrorKind::Expired`] from five minutes after its end on: log in again. Until then, STS decides.
    /// - [`ErrorKind::ClockSkew`] when it begins more than five minutes from now: this machine's clock is slow, or the
    ///   identity provider's is fast.
    pub fn check_at(&self, now: SystemTime) -> Result<(), Error> {
        // Within the tolerance, STS decides: it has the better clock.
        if let Ok(late) =
            now.duration_since(self.not_on_or_after()).map(|late| late.saturating_sub(TOLERANCE))
            && !late.is_zero()
        {
            let message = format!(
                "the SAML response ended more than {} s ago, by this machine's clock: log in again, and answer soon after",
                (late + TOLERANCE).as_secs()
            );
            return Err(Error::new(ErrorKind::Expired, message));
        }
        let early = self.not_before().and_then(|start| start.duration_since(now).ok()).unwrap_or_default();
        if early > TOLERANCE {
            let message = format!(
                "the SAML response is not valid for another {} s: this machine's clock is slow, or the identity provider's \
                 is fast",
                early.as_secs()
            );
            return Err(Error::new(ErrorKind::ClockSkew, message));
        }
        Ok(())
    }

    /// How long a session may be asked for: what is asked, or less where the identity provider allows less.
    ///
    /// # Errors
    /// [`ErrorKind::Expired`] when the login at the identity provider has ended. When it ends within 15 minutes, 15 minutes are
    /// asked for, the least that can be, and AWS ends the session with the login.
    pub fn duration_at(&self, asked: Duration, now: SystemTime) -> Result<Duration, Error> {
        let left = self.session_not_on_or_after().map(|end| end.duration_since(now).unwrap_or_default());
        if left.is_some_and(|left| left.is_zero()) {
            let message =
                "the login at the identity provider has ended, by this machine's clock: log in again";
            return Err(Error::new(ErrorKind::Expired, message));
        }
        let limits = [self.session_duration(), left.map(|left| left.max(LEAST))].into_iter().flatten();
        let duration = limits.fold(asked, Duration::min);
        // Whole seconds, as the API takes them.
        Ok(Duration::from_secs(duration.as_secs()))
    }
}
