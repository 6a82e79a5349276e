//! What the person asked for.

use std::time::Duration;

use crate::Outcome;

/// A part of the night; each is a section of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Fuzz,
    /// Takes hours without `--shard`, so it runs when it is asked for.
    Mutants,
    Tests,
}

#[derive(Debug)]
pub(super) struct Options {
    pub(super) parts: Vec<Part>,
    /// The fuzz targets, all of them unless some were asked for.
    pub(super) targets: Vec<String>,
    pub(super) is_every_target: bool,
    pub(super) per_target: Duration,
    pub(super) seed: u32,
    /// So many times the cases of a build.
    pub(super) times: u32,
    /// How many targets are fuzzed side by side.
    pub(super) jobs: usize,
    pub(super) shard: Option<String>,
    /// Whether what was found goes into the corpora in `fuzz/corpus`.
    pub(super) keeps: bool,
}

const USAGE: &str = "\
usage: cargo xtask nightly [--only fuzz|tests|mutants|TARGET].. [--minutes-per-target M] [--jobs J] [--keep]
                           [--times T] [--seed S] [--shard K/N]

  --only     these parts, or these fuzz targets; else fuzz and tests
  --keep     puts what was found into fuzz/corpus, minimised
  --times    so many times the cases of a build, in property tests, simulations and crash tests; else 20
  --seed     of the fuzzer, the property tests and the simulation; else 1
  --shard    a part of the mutants";

impl Options {
    pub(super) fn parse(arguments: &[String], known: &[String]) -> Outcome<Self> {
        let mut options = Self {
            parts: Vec::new(),
            targets: Vec::new(),
            is_every_target: false,
            per_target: Duration::from_secs(600),
            seed: 1,
            times: 20,
            jobs: std::thread::available_parallelism().map_or(1, usize::from),
            shard: None,
            keeps: false,
        };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value\n{USAGE}"));
            match word.as_str() {
                "--jobs" => options.jobs = number(value()?)? as usize,
                "--keep" => options.keeps = true,
                "--minutes-per-target" => {
                    options.per_target = Duration::from_secs(60 * u64::from(number(value()?)?))
                }
                "--only" => options.add(value()?, known)?,
                "--seed" => options.seed = number(value()?)?,
                "--shard" => options.shard = Some(value()?.clone()),
                "--times" => options.times = number(value()?)?,
                _ => return Err(format!("no such option: {word}\n{USAGE}")),
            }
        }
        if options.parts.is_empty() {
            options.parts = vec![Part::Fuzz, Part::Tests];
        }
        if options.targets.is_empty() {
            options.targets = known.to_vec();
            options.is_every_target = true;
        }
        Ok(options)
    }

    fn add(&mut self, name: &str, known: &[String]) -> Outcome<()> {
        let part = match name {
            "fuzz" => Part::Fuzz,
            "mutants" => Part::Mutants,
            "tests" => Part::Tests,
            target if known.iter().any(|one| one == target) => {
                self.targets.push(target.to_owned());
                Part::Fuzz
            }
            _ => return Err(format!("no such part or target: {name}; the targets: {}", known.join(", "))),
        };
        if !self.parts.contains(&part) {
            self.parts.push(part);
        }
        Ok(())
    }

    /// Whether a part runs as a whole, so that its section of the report may be replaced.
    pub(super) fn is_whole(&self, part: Part) -> bool {
        part != Part::Fuzz || self.is_every_target
    }
}

/// Zero would mean "without end" to one tool and "nothing" to another.
fn number(text: &str) -> Outcome<u32> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| format!("{text} is no number above zero\n{USAGE}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Outcome<Options> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Options::parse(&words, &["form".to_owned(), "wire".to_owned()])
    }

    #[test]
    fn a_night_is_fuzzing_and_tests_and_mutants_are_asked_for() {
        let options = parse("").unwrap();
        assert_eq!(options.parts, [Part::Fuzz, Part::Tests]);
        assert_eq!(options.targets, ["form", "wire"]);
        assert_eq!(parse("--only mutants --shard 1/8").unwrap().parts, [Part::Mutants]);
    }

    #[test]
    fn one_target_leaves_the_report_alone() {
        let options = parse("--only wire --minutes-per-target 2").unwrap();
        assert_eq!(
            (options.targets.as_slice(), options.per_target.as_secs()),
            (&["wire".to_owned()][..], 120)
        );
        assert!(!options.is_whole(Part::Fuzz));
        assert!(parse("--only fuzz").unwrap().is_whole(Part::Fuzz));
    }

    #[test]
    fn what_is_no_option_is_refused() {
        for line in ["--only nobody", "--seed", "--seed x", "--minutes-per-target 0", "wire"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
