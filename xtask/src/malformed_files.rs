//! `cargo xtask malformed-files`: millions of credentials files that nobody would write, found by what they reach.
//!
//! The fuzz targets of the two shared files, on the compiler that builds everything else: no sanitizer, since there is no `unsafe` in
//! them, which makes it cheap enough for every change. The night has all targets, and AddressSanitizer.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::nightly::Figures;
use crate::workspace::Workspace;
use crate::{Outcome, packages, process};

/// A number of inputs for a target.
struct Campaign {
    target: &'static str,
    inputs: u64,
    /// Bytes. Short inputs reach nearly as much, several times as fast; the night has longer ones.
    longest: u32,
    /// A fuzzer that is not told where it has been goes on, and only warns: fewer edges than these are none.
    edges: u64,
}

const FILE: &str = "credentials_file";
const EDIT: &str = "credentials_edit";

const CAMPAIGNS: [Campaign; 4] = [
    Campaign { target: FILE, inputs: 4_000_000, longest: 256, edges: 400 },
    Campaign { target: FILE, inputs: 1_000_000, longest: 1024, edges: 400 },
    Campaign { target: EDIT, inputs: 100_000, longest: 256, edges: 1_100 },
    Campaign { target: EDIT, inputs: 100_000, longest: 1024, edges: 1_100 },
];

/// Each by itself: two processors, two fuzzers.
const SEEDS: [u32; 2] = [1, 2];

/// What makes a program tell the fuzzer where it has been; cargo-fuzz gives the same.
const INSTRUMENTED: [&str; 7] = [
    "--cfg=fuzzing",
    "-Cdebug-assertions",
    "-Ccodegen-units=1",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4 -sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// Runs every campaign; fails when one stops before it is through.
pub(crate) fn run(workspace: &Workspace) -> Outcome<()> {
    packages::prepare(packages::FUZZING)?;
    let programs = build(workspace)?;
    println!("| target | longest | executions | a second | edges | peak MiB |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    for campaign in &CAMPAIGNS {
        let Campaign { target, inputs, longest, edges } = campaign;
        let runs = SEEDS.map(|seed| Run::start(workspace, &programs, campaign, seed));
        // All are waited for, also behind one that failed.
        let figures = runs.map(|run| run.and_then(Run::end));
        let mut executions = 0;
        for figures in figures {
            let Figures { executions: own, per_second, coverage, peak_mib, .. } = figures?;
            println!("| `{target}` | {longest} | {own} | {per_second} | {coverage} | {peak_mib} |");
            if coverage < *edges {
                return Err(format!("{target} reached {coverage} edges, and not the {edges} that it should"));
            }
            executions += own;
        }
        if executions < *inputs {
            return Err(format!("{target} was run {executions} times, not {inputs}"));
        }
    }
    Ok(())
}

/// Builds the targets, and says where they are.
fn build(workspace: &Workspace) -> Outcome<PathBuf> {
    let text = process::output(Command::new("rustc").arg("-vV"))?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or("the compiler does not say what it builds for")?;
    let folder = workspace.target.join("malformed-files");
    let mut build = process::cargo(&["build", "--release", "--locked", "--no-default-features"]);
    // By name: one that cannot be built is an error then, and no older program is run in its place.
    build.args(["--bin", FILE, "--bin", EDIT]);
    build.args(["--manifest-path", "fuzz/Cargo.toml", "--target", host, "--target-dir"]).arg(&folder);
    // What build scripts are made of is not instrumented: it is for the host, and a target was named.
    build.env("CARGO_ENCODED_RUSTFLAGS", INSTRUMENTED.join("\u{1f}"));
    process::run(build.current_dir(&workspace.root))?;
    Ok(folder.join(host).join("release"))
}

/// One fuzzer at work.
struct Run {
    name: String,
    log: PathBuf,
    child: Child,
}

impl Run {
    fn start(workspace: &Workspace, programs: &Path, campaign: &Campaign, seed: u32) -> Outcome<Self> {
        let Campaign { target, inputs, longest, .. } = campaign;
        let name = format!("{target}-{longest}-{seed}");
        let failed = |e| format!("fuzzing {name}: {e}");
        let folder = workspace.target.join("malformed-files").join(&name);
        // What an earlier run found would make this one another.
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(failed)?;
        }
        fs::create_dir_all(folder.join("found")).map_err(failed)?;
        let log = folder.join("log");
        let mut command = Command::new(programs.join(target));
        command.arg(folder.join("found")).arg(workspace.root.join("fuzz/corpus").join(target)).args([
            format!("-runs={}", inputs.div_ceil(SEEDS.len() as u64)),
            format!("-seed={seed}"),
            format!("-artifact_prefix={}/", folder.display()),
            format!("-max_len={longest}"),
            "-timeout=10".to_owned(),
            "-print_final_stats=1".to_owned(),
        ]);
        if *target == EDIT {
            // Long ones from the beginning: what was adopted is longer than what a fuzzer begins with.
            command.arg("-len_control=0");
        }
        let output = File::create(&log).map_err(failed)?;
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(output);
        let child = command.spawn().map_err(failed)?;
        Ok(Self { name, log, child })
    }

    fn end(mut self) -> Outcome<Figures> {
        let failed = |e| format!("fuzzing {}: {e}", self.name);
        let status = self.child.wait().map_err(failed)?;
        let log = fs::read(&self.log).map_err(failed)?;
        let log = String::from_utf8_lossy(&log);
        let figures = Figures::parse(&log);
        if status.success() {
            return Ok(figures);
        }
        let Some(saved) = figures.saved else {
            return Err(format!("{} ended with {status}; what it said: {}", self.name, self.log.display()));
        };
        // Whole: the machine may be gone by the time that somebody looks. It is made up, and short.
        let input = fs::read(&saved).map_err(failed)?;
        let panic: Vec<&str> = log.lines().skip_while(|line| !line.starts_with("thread '")).take(2).collect();
        Err(format!(
            "{} ended with {status}: {}\nthe input, {saved}: {}",
            self.name,
            panic.join(" "),
            input.escape_ascii()
        ))
    }
}
