//! What libFuzzer says of a run, on its standard error.

/// The figures of one run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    pub(crate) executions: u64,
    pub(crate) per_second: u64,
    pub(crate) peak_mib: u64,
    /// Inputs that reached something new.
    pub(crate) new_inputs: u64,
    /// Edges of the program that were reached.
    pub(crate) coverage: u64,
    /// Where the input is on which the target stopped.
    pub(crate) saved: Option<String>,
}

impl Figures {
    /// Reads the log of a run with `-print_final_stats=1`.
    pub(crate) fn parse(log: &str) -> Self {
        let mut figures = Self::default();
        for line in log.lines() {
            let number = |text: &str| text.trim().parse::<u64>().unwrap_or(0);
            if let Some((name, value)) = line.strip_prefix("stat::").and_then(|rest| rest.split_once(':')) {
                match name {
                    "average_exec_per_sec" => figures.per_second = number(value),
                    "new_units_added" => figures.new_inputs = number(value),
                    "number_of_executed_units" => figures.executions = number(value),
                    "peak_rss_mb" => figures.peak_mib = number(value),
                    _ => {}
                }
            } else if let Some((_, path)) = line.split_once("Test unit written to ") {
                figures.saved = Some(path.trim().to_owned());
            } else if line.starts_with('#')
                && let Some((_, rest)) = line.split_once(" cov: ")
            {
                figures.coverage = number(rest.split(' ').next().unwrap_or_default());
            }
        }
        figures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
INFO: Seed: 1
#2\tINITED cov: 301 ft: 302 corp: 1/1b exec/s: 0 rss: 50Mb
#4096\tpulse  cov: 412 ft: 900 corp: 60/2Kb lim: 43 exec/s: 2048 rss: 60Mb
#9000\tDONE   cov: 420 ft: 950 corp: 64/2Kb lim: 80 exec/s: 1500 rss: 61Mb
Done 9000 runs in 6 second(s)
stat::number_of_executed_units: 9000
stat::average_exec_per_sec:     1500
stat::new_units_added:          63
stat::slowest_unit_time_sec:    0
stat::peak_rss_mb:              61
";

    #[test]
    fn the_last_figures_of_a_run_count() {
        let expected = Figures {
            executions: 9000,
            per_second: 1500,
            peak_mib: 61,
            new_inputs: 63,
            coverage: 420,
            saved: None,
        };
        assert_eq!(Figures::parse(LOG), expected);
    }

    #[test]
    fn the_input_that_was_saved_is_found() {
        let log = "==7== ERROR: libFuzzer: deadly signal\nartifact_prefix='a/'; Test unit written to a/crash-1f\nBase64: YQ==\n";
        assert_eq!(Figures::parse(log).saved.as_deref(), Some("a/crash-1f"));
    }
}
