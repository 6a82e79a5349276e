//! How much a test of many cases does: little in a build, much in a night.

/// So many times the cases that a test has by itself; `LEAPP_CASES_TIMES` says how many times, else it is once.
///
/// ```
/// assert_eq!(leapp_testkit::cases::times_as_many(300), 300);
/// ```
///
/// # Panics
/// When the variable is set and is no number above zero: a night must not pass with a misunderstanding.
pub fn times_as_many(cases: u32) -> u32 {
    cases.saturating_mul(times(variable("LEAPP_CASES_TIMES").as_deref()))
}

/// The first of the seeds of a simulation, which goes on with those that follow: `LEAPP_SEED`, else 0.
///
/// Property tests have proptest's own `PROPTEST_RNG_SEED`.
///
/// # Panics
/// When the variable is set and is no number.
pub fn first_seed() -> u64 {
    seed(variable("LEAPP_SEED").as_deref())
}

#[expect(clippy::expect_used, reason = "a test that was told nonsense stops")]
fn times(variable: Option<&str>) -> u32 {
    let times = variable.map_or(Some(1), |text| text.parse().ok());
    times.filter(|times| *times > 0).expect("LEAPP_CASES_TIMES is a number above zero")
}

#[expect(clippy::expect_used, reason = "a test that was told nonsense stops")]
fn seed(variable: Option<&str>) -> u64 {
    variable.map_or(Ok(0), str::parse).expect("LEAPP_SEED is a number")
}

#[expect(clippy::disallowed_methods, reason = "whoever runs the tests says how long they may take")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    #[test]
    fn a_variable_decides_and_nonsense_is_refused() {
        assert_eq!((times(None), times(Some("50"))), (1, 50));
        assert_eq!((seed(None), seed(Some("7"))), (0, 7));
        for nonsense in ["", "0", "-1", "many"] {
            assert!(catch_unwind(|| times(Some(nonsense))).is_err(), "{nonsense}");
        }
        assert!(catch_unwind(|| seed(Some("x"))).is_err());
    }
}
