//! The sum over all test programs of a run.

use std::fmt;

/// How many tests passed, failed and were skipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Tally {
    /// Adds what one line of the runner's output says, if it is the summary of a test program.
    pub(crate) fn read(&mut self, line: &str) {
        let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for part in counts.split("; ") {
            match part.split_once(' ') {
                Some((count, "passed")) => self.passed += count.parse::<u64>().unwrap_or(0),
                Some((count, "failed")) => self.failed += count.parse::<u64>().unwrap_or(0),
                Some((count, "ignored")) => self.skipped += count.parse::<u64>().unwrap_or(0),
                _ => {}
            }
        }
    }

    /// Adds what others counted.
    pub(crate) fn add(&mut self, other: Self) {
        let Self { passed, failed, skipped } = other;
        self.passed += passed;
        self.failed += failed;
        self.skipped += skipped;
    }

    /// Counts a check that is no test program as one test.
    pub(crate) fn count(&mut self, is_good: bool) {
        if is_good { self.passed += 1 } else { self.failed += 1 }
    }

    /// Counts tests for which this machine lacks what no package brings, as one that was skipped.
    pub(crate) fn skip(&mut self) {
        self.skipped += 1;
    }

    /// Counts a test program that ended without saying how: one that did not compile, or crashed.
    pub(crate) fn count_crash(&mut self) {
        self.failed += 1;
    }

    /// Whether at least one test ran and none failed.
    pub(crate) fn is_green(self) -> bool {
        self.failed == 0 && self.passed > 0
    }

    pub(crate) fn has_failures(self) -> bool {
        self.failed > 0
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { passed, failed, skipped } = self;
        write!(f, "{passed} passed, {failed} failed")?;
        if *skipped > 0 { write!(f, ", {skipped} skipped") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(output: &str) -> Tally {
        let mut tally = Tally::default();
        output.lines().for_each(|line| tally.read(line));
        tally
    }

    #[test]
    fn test_programs_are_summed() {
        let sum = tally(
            "running 2 tests\ntest a ... ok\n\n\
             test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
             test result: FAILED. 3 passed; 1 failed; 4 ignored; 0 measured; 0 filtered out; finished in 0.00s\n",
        );
        assert_eq!(sum.to_string(), "5 passed, 1 failed, 4 skipped");
        assert!(!sum.is_green());
    }

    #[test]
    fn nothing_skipped_is_not_mentioned() {
        let sum = tally("test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out");
        assert_eq!(sum.to_string(), "2 passed, 0 failed");
        assert!(sum.is_green());
    }

    #[test]
    fn a_run_without_tests_is_not_green() {
        assert!(!tally("test result: ok. 0 passed; 0 failed; 3 ignored; 0 measured").is_green());
    }

    #[test]
    fn tallies_and_checks_add_up() {
        let mut sum = tally("test result: ok. 2 passed; 0 failed; 1 ignored");
        sum.add(tally("test result: FAILED. 3 passed; 1 failed; 0 ignored"));
        sum.count(true);
        sum.count(false);
        assert_eq!(sum.to_string(), "6 passed, 2 failed, 1 skipped");
    }

    #[test]
    fn a_crash_is_a_failure() {
        let mut sum = tally("test result: ok. 2 passed; 0 failed; 0 ignored");
        sum.count_crash();
        assert_eq!(sum.to_string(), "2 passed, 1 failed");
    }
}
