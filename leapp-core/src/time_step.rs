//! The time step of an MFA device: it shows one code for so long, and AWS takes each once.

use std::time::{Duration, SystemTime};

/// AWS's virtual devices show a new code this often: [RFC 6238](https://www.rfc-editor.org/rfc/rfc6238), section 5.2.
pub(crate) const TIME_STEP: Duration = Duration::from_secs(30);

/// The time until a device shows its next code.
pub(crate) fn until_next(now: SystemTime) -> Duration {
    let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let steps = now.as_secs() / TIME_STEP.as_secs() + 1;
    Duration::from_secs(steps * TIME_STEP.as_secs()).saturating_sub(now)
}
