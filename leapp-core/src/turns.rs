//! Turns of one key: when the last was, and when the next can be. No clock, no file: both come from outside.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A process that reads the clock and then waits for the file may come after one that read it later. A clock that is
/// further back than this has been set.
const JITTER: Duration = Duration::from_secs(5);
/// Nobody waits longer for a turn: what says so is not a queue but garbage.
const LONGEST: Duration = Duration::from_secs(3600);

const HEADER: &str = "leapp turn 1";

/// The last turn that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    /// The moment it is for.
    at: Duration,
    spacing: Duration,
    /// When it was taken, which is before its moment if it had to wait.
    taken_at: Duration,
}

impl Turn {
    /// The turn after `last`, and how long it is until then.
    pub(crate) fn after(last: Option<Self>, now: SystemTime, spacing: Duration) -> (Self, Duration) {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let free_at = last.and_then(|last| last.free_at(now, spacing)).unwrap_or(now);
        let at = free_at.max(now);
        (Self { at, spacing, taken_at: now }, at - now)
    }

    /// When the next turn is free; none when what is known cannot be.
    fn free_at(self, now: Duration, spacing: Duration) -> Option<Duration> {
        let Self { at, spacing: last_spacing, taken_at } = self;
        let free_at = at.checked_add(spacing.max(last_spacing))?;
        // The clock was set back: those who wait do so by the time that passes, and the queue is as long as it was.
        let set_back = taken_at.checked_sub(now).filter(|by| *by > JITTER).unwrap_or_default();
        let free_at = free_at.saturating_sub(set_back);
        let is_queue = free_at <= now.saturating_add(LONGEST) && taken_at <= at;
        is_queue.then_some(free_at)
    }

    /// What a file keeps of it.
    pub(crate) fn to_text(self) -> String {
        let Self { at, spacing, taken_at } = self;
        format!("{HEADER}\n{}\n{}\n{}\n", at.as_nanos(), spacing.as_nanos(), taken_at.as_nanos())
    }

    /// Reads what [`to_text`](Self::to_text) wrote; none for anything else, which costs no more than a turn's spacing.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let [at, spacing, taken_at] = {
            let mut lines = text.strip_suffix('\n')?.split('\n');
            (lines.next()? == HEADER).then_some(())?;
            let fields = [lines.next()?, lines.next()?, lines.next()?];
            lines.next().is_none().then_some(fields)?
        };
        let nanoseconds = |field: &str| field.parse().ok().map(Duration::from_nanos);
        Some(Self { at: nanoseconds(at)?, spacing: nanoseconds(spacing)?, taken_at: nanoseconds(taken_at)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPACING: Duration = Duration::from_millis(100);

    fn start() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_900_000_000)
    }

    fn queue(length: u32, now: SystemTime) -> Option<Turn> {
        (0..length).fold(None, |last, _| Some(Turn::after(last, now, SPACING).0))
    }

    #[test]
    fn turns_are_their_spacing_apart_and_a_free_one_is_now() {
        let (first, wait) = Turn::after(None, start(), SPACING);
        assert_eq!(wait, Duration::ZERO);
        let (second, wait) = Turn::after(Some(first), start() + SPACING / 4, SPACING);
        assert_eq!(wait, SPACING * 3 / 4);
        assert_eq!(Turn::after(Some(second), start() + SPACING * 9, SPACING).1, Duration::ZERO);
    }

    #[test]
    fn of_two_spacings_the_longer_holds() {
        let (first, _) = Turn::after(None, start(), SPACING * 5);
        assert_eq!(Turn::after(Some(first), start(), SPACING).1, SPACING * 5);
        let (first, _) = Turn::after(None, start(), SPACING);
        assert_eq!(Turn::after(Some(first), start(), SPACING * 5).1, SPACING * 5);
    }

    #[test]
    fn a_clock_that_is_set_back_makes_the_queue_no_longer() {
        let last = queue(10, start());
        for back in [60, 86_400, 1_900_000_000] {
            let now = start() - Duration::from_secs(back);
            assert_eq!(Turn::after(last, now, SPACING).1, SPACING * 10, "{back} s");
        }
    }

    /// Two processes that read the clock and come to the file in the other order are no clock that was set.
    #[test]
    fn a_reading_that_is_a_little_old_comes_no_closer() {
        let last = queue(10, start());
        let now = start() - Duration::from_millis(30);
        assert_eq!(Turn::after(last, now, SPACING).1, SPACING * 10 + Duration::from_millis(30));
    }

    #[test]
    fn a_turn_is_read_back() {
        let last = queue(3, start()).unwrap();
        assert_eq!(Turn::parse(&last.to_text()), Some(last));
    }

    #[test]
    fn garbage_keeps_nobody_waiting() {
        let whole = queue(1, start()).unwrap().to_text();
        for end in 0..whole.len() {
            assert_eq!(Turn::parse(&whole[..end]), None, "{:?}", &whole[..end]);
        }
        for text in
            ["leapp turn 1\n1\n2\n-3\n", "leapp turn 1\n1\n2\n3\n4\n", "leapp turn 2\n1\n2\n3\n", "\0\0\0"]
        {
            assert_eq!(Turn::parse(text), None, "{text:?}");
        }
        let far = u64::MAX;
        for text in [format!("leapp turn 1\n{far}\n0\n0\n"), format!("leapp turn 1\n{far}\n{far}\n{far}\n")] {
            let (_, wait) = Turn::after(Turn::parse(&text), start(), SPACING);
            assert!(wait <= LONGEST, "{text:?}: {wait:?}");
        }
    }
}
