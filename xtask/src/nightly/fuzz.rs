//! Each fuzz target for some minutes, from its committed corpus and what earlier nights found.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use super::libfuzzer::Figures;
use super::options::Options;
use super::report::Section;
use super::toolchain::Built;
use super::{Found, kept};
use crate::Outcome;
use crate::workspace::Workspace;

/// More than any input may need.
const MOST_MIB: u32 = 2048;
const MOST_SECONDS: u32 = 10;

/// The folders and the program of one target.
pub(super) struct Target {
    pub(super) name: String,
    pub(super) program: PathBuf,
    /// What is committed.
    pub(super) corpus: PathBuf,
    /// What nights on this machine found; a run adds to it.
    pub(super) findings: PathBuf,
    root: PathBuf,
    log: PathBuf,
}

struct Row {
    name: String,
    figures: Figures,
    is_sound: bool,
}

pub(super) fn run(workspace: &Workspace, options: &Options) -> Outcome<Found> {
    let built = Built::make(workspace)?;
    let targets = options.targets.iter().map(|name| Target::new(workspace, &built, name));
    let targets: Vec<Target> = targets.collect::<Outcome<_>>()?;
    let rows = fuzzed(&targets, options)?;
    for (target, row) in targets.iter().zip(&rows) {
        if options.keeps && row.is_sound {
            kept::renew(target)?;
        }
        if let (false, Some(saved)) = (row.is_sound, &row.figures.saved) {
            println!("{} stopped on {saved}; again:", row.name);
            println!("  cargo +nightly fuzz run --fuzz-dir fuzz {} {saved}", row.name);
        }
    }
    let minutes = options.per_target.as_secs() / 60;
    let (seed, jobs, rustc) = (options.seed, options.jobs, &built.rustc);
    let section = Section {
        title: "Fuzzing",
        command: format!(
            "cargo xtask nightly --only fuzz --minutes-per-target {minutes} --seed {seed} --jobs {jobs}"
        ),
        body: format!(
            "{jobs} targets side by side, {minutes} minutes each, with AddressSanitizer ({rustc}). An input may need \
             {MOST_MIB} MiB and {MOST_SECONDS} s.\n\n{}",
            table(&rows)
        ),
    };
    Ok(Found { section, is_sound: rows.iter().all(|row| row.is_sound) })
}

/// In the order of the targets, so many at a time.
fn fuzzed(targets: &[Target], options: &Options) -> Outcome<Vec<Row>> {
    let waiting = Mutex::new(targets.iter().enumerate());
    let next = || waiting.lock().map_or(None, |mut waiting| waiting.next());
    let work = || {
        let mut rows = Vec::new();
        while let Some((number, target)) = next() {
            rows.push((number, target.fuzz(options)?));
        }
        Ok(rows)
    };
    let mut rows = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..options.jobs).map(|_| scope.spawn(work)).collect();
        let rows = workers.into_iter().map(|worker| worker.join().map_err(|_| "a worker panicked")?);
        rows.collect::<Outcome<Vec<Vec<(usize, Row)>>>>()
    })?;
    let mut rows: Vec<(usize, Row)> = rows.drain(..).flatten().collect();
    rows.sort_by_key(|(number, _)| *number);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

impl Target {
    fn new(workspace: &Workspace, built: &Built, name: &str) -> Outcome<Self> {
        let night = workspace.target.join("nightly");
        let target = Self {
            name: name.to_owned(),
            program: built.program(name),
            corpus: workspace.root.join("fuzz/corpus").join(name),
            findings: night.join("corpus").join(name),
            root: workspace.root.clone(),
            log: night.join(format!("{name}.log")),
        };
        for folder in [&target.findings, &target.root.join(target.artifacts())] {
            fs::create_dir_all(folder).map_err(|e| format!("making {}: {e}", folder.display()))?;
        }
        Ok(target)
    }

    fn artifacts(&self) -> String {
        format!("fuzz/artifacts/{}/", self.name)
    }

    fn fuzz(&self, options: &Options) -> Outcome<Row> {
        println!("{}: {} s", self.name, options.per_target.as_secs());
        let failed = |e| format!("fuzzing {}: {e}", self.name);
        let log = File::create(&self.log).map_err(failed)?;
        let mut command = Command::new(&self.program);
        command.current_dir(&self.root).arg(&self.findings).arg(&self.corpus);
        command.args([
            format!("-max_total_time={}", options.per_target.as_secs()),
            format!("-rss_limit_mb={MOST_MIB}"),
            format!("-timeout={MOST_SECONDS}"),
            format!("-seed={}", options.seed),
            format!("-artifact_prefix={}", self.artifacts()),
            "-print_final_stats=1".to_owned(),
        ]);
        let status =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).status().map_err(failed)?;
        let row = Row::of(&self.name, &read_log(&self.log)?, status.success());
        if !row.is_sound {
            println!("{} ended with {status}; what it said: {}", self.name, self.log.display());
        }
        Ok(row)
    }
}

impl Row {
    fn of(name: &str, log: &str, ended_well: bool) -> Self {
        let figures = Figures::parse(log);
        let is_sound = ended_well && figures.executions > 0;
        Self { name: name.to_owned(), figures, is_sound }
    }
}

/// A target may print what is not UTF-8.
fn read_log(log: &Path) -> Outcome<String> {
    let bytes = fs::read(log).map_err(|e| format!("reading {}: {e}", log.display()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn table(rows: &[Row]) -> String {
    let mut lines = vec![
        "| target | executions | a second | edges | new inputs | peak MiB | result |".to_owned(),
        "| --- | ---: | ---: | ---: | ---: | ---: | --- |".to_owned(),
    ];
    lines.extend(rows.iter().map(|Row { name, figures, is_sound }| {
        let Figures { executions, per_second, peak_mib, new_inputs, coverage, saved } = figures;
        let result = match saved {
            _ if *is_sound => "ok",
            Some(saved) => saved,
            None => "**failed**",
        };
        format!(
            "| `{name}` | {executions} | {per_second} | {coverage} | {new_inputs} | {peak_mib} | {result} |"
        )
    }));
    let sum: u64 = rows.iter().map(|row| row.figures.executions).sum();
    lines.push(format!("| all | {sum} | | | | | |"));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_sound_that_ran_and_ended_well() {
        let row = |log, ended_well| Row::of("form", log, ended_well);
        let ran = "stat::number_of_executed_units: 7\n";
        assert!(row(ran, true).is_sound);
        assert!(!row(ran, false).is_sound, "it stopped");
        assert!(!row("", true).is_sound, "it ran nothing");
    }

    #[test]
    fn a_row_names_the_input_that_was_saved() {
        let sound = Figures { executions: 5, per_second: 1, ..Figures::default() };
        let crash = Figures { executions: 2, saved: Some("a/crash-1".to_owned()), ..Figures::default() };
        let rows = [
            Row { name: "form".to_owned(), figures: sound, is_sound: true },
            Row { name: "wire".to_owned(), figures: crash, is_sound: false },
        ];
        let table = table(&rows);
        assert!(table.contains("| `form` | 5 | 1 | 0 | 0 | 0 | ok |"), "{table}");
        assert!(table.contains("| `wire` | 2 | 0 | 0 | 0 | 0 | a/crash-1 |"), "{table}");
        assert!(table.ends_with("| all | 7 | | | | | |"), "{table}");
    }
}
