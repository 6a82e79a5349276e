//! How long a step took.

use std::time::{Duration, Instant};

/// Runs a step and measures it.
#[expect(clippy::disallowed_methods, reason = "a report on this tool itself; no credential depends on it")]
pub(crate) fn timed<T>(step: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = step();
    (result, start.elapsed())
}
