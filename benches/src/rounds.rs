//! Contenders that take turns, so that whatever else the machine does slows all of them alike.

use std::fs;
use std::time::{Duration, Instant};

/// What is measured, and how long it took each time.
pub struct Contender<'a> {
    name: &'a str,
    repetitions: usize,
    run: Box<dyn FnMut(usize) -> Vec<Duration> + 'a>,
    times: Vec<Duration>,
}

impl std::fmt::Debug for Contender<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Contender").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<'a> Contender<'a> {
    /// One that tells itself how long each of so many repetitions took, which is asked in each round.
    pub fn new(name: &'a str, repetitions: usize, run: impl FnMut(usize) -> Vec<Duration> + 'a) -> Self {
        Self { name, repetitions, run: Box::new(run), times: Vec::new() }
    }

    /// One that is timed here: `prepare` is not, and dropping what `run` gives is not either.
    pub fn timed<I, O>(
        name: &'a str,
        repetitions: usize,
        mut prepare: impl FnMut() -> I + 'a,
        mut run: impl FnMut(I) -> O + 'a,
    ) -> Self {
        let mut once = move || {
            let input = prepare();
            let begun = now();
            let output = std::hint::black_box(run(input));
            let took = begun.elapsed();
            drop(output);
            took
        };
        Self::new(name, repetitions, move |repetitions| (0..repetitions).map(|_| once()).collect())
    }

    /// What is measured.
    pub fn name(&self) -> &str {
        self.name
    }

    /// The middle of the times.
    pub fn median(&self) -> Duration {
        self.sorted().get(self.times.len() / 2).copied().unwrap_or_default()
    }

    /// The least of the times.
    pub fn minimum(&self) -> Duration {
        self.times.iter().min().copied().unwrap_or_default()
    }

    fn sorted(&self) -> Vec<Duration> {
        let mut times = self.times.clone();
        times.sort_unstable();
        times
    }

    /// A row of a table in Markdown, with the ratios to another contender.
    fn row(&self, to: &Self) -> String {
        let sorted = self.sorted();
        let of = |tenths: usize| sorted[(sorted.len() - 1) * tenths / 10];
        let ratio = |own: Duration, other: Duration| own.as_secs_f64() / other.as_secs_f64();
        format!(
            "| {} | {} | {} | {} | {} to {} | {:.3} | {:.3} |",
            self.name,
            sorted.len(),
            milliseconds(self.median()),
            milliseconds(self.minimum()),
            milliseconds(of(1)),
            milliseconds(of(9)),
            ratio(self.median(), to.median()),
            ratio(self.minimum(), to.minimum()),
        )
    }
}

/// True when this is a measurement, and not `cargo test`, which wants to know only whether all of it works.
pub fn is_measurement() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// Runs all of them in turns; the times of a first round, which warms them up, are left out. A test is one repetition of each.
///
/// Every other round goes backwards: else the first would always find the caches as the last has left them.
pub fn take_turns(contenders: &mut [Contender<'_>], rounds: usize) {
    let is_test = !is_measurement();
    for round in 0..=if is_test { 0 } else { rounds } {
        let mut turns: Vec<&mut Contender<'_>> = contenders.iter_mut().collect();
        if round % 2 == 1 {
            turns.reverse();
        }
        for contender in turns {
            let times = (contender.run)(if is_test { 1 } else { contender.repetitions });
            if is_test || round > 0 {
                contender.times.extend(times);
            }
        }
    }
}

/// A table in Markdown, ratios to the contender at `base`, and what else the machine had to do.
pub fn table(title: &str, contenders: &[Contender<'_>], base: usize) -> String {
    let head =
        "| what | N | median, ms | minimum, ms | of ten, eight within, ms | ratio of medians | of minima |";
    let rows = contenders.iter().map(|contender| contender.row(&contenders[base]));
    let lines = [
        title.to_owned(),
        String::new(),
        head.to_owned(),
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |".to_owned(),
    ];
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_else(|_| "unknown".to_owned());
    let mut lines: Vec<String> = lines.into_iter().chain(rows).collect();
    lines.push(format!("\nload at the end: {}\n", load.trim()));
    lines.join("\n")
}

#[expect(clippy::disallowed_methods, reason = "a bench measures the machine's own time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

fn milliseconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64() * 1e3)
}
