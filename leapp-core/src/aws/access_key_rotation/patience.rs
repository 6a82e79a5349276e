//! What passes by itself is waited for.

use std::time::Duration;

use super::AccessKeyRotation;

/// What is new at IAM is known to all of AWS within seconds; after this long something else is wrong.
const LONGEST: Duration = Duration::from_secs(60);
/// Between two looks at first, and at most.
const WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(5));

impl AccessKeyRotation {
    /// Tries for a while, as long as what went wrong may pass.
    pub(super) async fn patiently<T, E>(
        &self,
        attempt: impl AsyncFn() -> Result<T, E>,
        passes: impl Fn(&E) -> bool,
    ) -> Result<T, E> {
        let (mut wait, until) = (WAITS.0, self.clock.elapsed() + LONGEST);
        loop {
            match attempt().await {
                Err(error) if passes(&error) && self.clock.elapsed() + wait <= until => {
                    self.clock.sleep(wait).await;
                    wait = (wait * 2).min(WAITS.1);
                }
                outcome => return outcome,
            }
        }
    }
}
