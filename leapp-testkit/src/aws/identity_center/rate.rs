//! How often one access token may be used.

use std::time::{Duration, SystemTime};

/// A bucket that holds a second's worth of calls and fills again as time passes.
pub(super) struct Bucket {
    full_at: SystemTime,
}

impl Bucket {
    pub(super) fn full() -> Self {
        Self { full_at: SystemTime::UNIX_EPOCH }
    }

    /// Takes one call out; false when there is none left.
    pub(super) fn take(&mut self, calls_per_second: u32, now: SystemTime) -> bool {
        let one = Duration::from_secs(1) / calls_per_second.max(1);
        let full_at = self.full_at.max(now) + one;
        let is_taken = full_at.duration_since(now).is_ok_and(|filling| filling <= Duration::from_secs(1));
        if is_taken {
            self.full_at = full_at;
        }
        is_taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_then_as_fast_as_it_fills() {
        let mut bucket = Bucket::full();
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);

        assert_eq!((0..30).filter(|_| bucket.take(20, now)).count(), 20);
        assert!(!bucket.take(20, now + Duration::from_millis(49)));
        assert!(bucket.take(20, now + Duration::from_millis(50)));
        assert!(!bucket.take(20, now + Duration::from_millis(50)));
        assert_eq!((0..30).filter(|_| bucket.take(20, now + Duration::from_secs(60))).count(), 20);
    }
}
