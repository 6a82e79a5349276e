//! A writer of the credentials file, as a command: ours, the AWS CLI's, Leapp's.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use crate::text;

/// `COMMAND FILE PROFILE FIRST COUNT` publishes the sets FIRST and following, COUNT of them, in a profile. It says `started`
/// before the first, a set's number after its publication was reported, and ends with a status that is not 0 after a failure.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    pub(crate) name: String,
    pub(crate) program: PathBuf,
    /// What comes before the file.
    pub(crate) arguments: Vec<OsString>,
    pub(crate) environment: Vec<(OsString, OsString)>,
    /// What is in the file that is not the writer's: as much as it can read.
    pub(crate) foreign: fn() -> Vec<u8>,
}

/// How a command ended that was left alone.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) is_success: bool,
    /// The last set that was reported as published.
    pub(crate) reported: Option<u32>,
    pub(crate) said: String,
}

impl Writer {
    /// A program that takes the four arguments and nothing else.
    pub(crate) fn new(name: &str, program: impl Into<PathBuf>) -> Self {
        Self {
            name: name.to_owned(),
            program: program.into(),
            arguments: Vec::new(),
            environment: Vec::new(),
            foreign: text::anything,
        }
    }

    pub(crate) fn ours() -> Self {
        Self::new("ours", env!("CARGO_BIN_EXE_update-profile"))
    }

    pub(crate) fn aws_cli() -> Self {
        let program = PathBuf::from("/usr/bin/python3");
        let mut proof = Command::new(&program);
        proof.args(["-c", "import awscli.customizations.configure.writer"]);
        let is_there = proof.status().is_ok_and(|status| status.success());
        assert!(is_there, "the AWS CLI is missing: `cargo xtask test` installs it");
        Self {
            arguments: vec![beside("update_profile.py")],
            environment: vec![("PYTHONDONTWRITEBYTECODE".into(), "1".into())],
            foreign: text::plain,
            ..Self::new("AWS CLI", program)
        }
    }

    pub(crate) fn leapp() -> Self {
        let modules = installed("LEAPP_INTEROP_NODE").join("node_modules");
        assert!(modules.join("js-ini").is_dir(), "js-ini is missing: `cargo xtask test` installs it");
        let node = installed("LEAPP_INTEROP_VENV").join("bin/node");
        assert!(node.is_file(), "{} is missing: `cargo xtask test` installs it", node.display());
        // What stands there may be a script that starts it: to kill that one would kill nobody who writes.
        let itself = Command::new(&node).args(["-p", "process.execPath"]).output().unwrap();
        let node = PathBuf::from(String::from_utf8(itself.stdout).unwrap().trim());
        assert!(node.is_file(), "{} is not there", node.display());
        Self {
            arguments: vec![beside("update_profile.mjs")],
            // Files through calls that a tracer sees, and not through a ring of memory.
            environment: vec![("MODULES".into(), modules.into()), ("UV_USE_IO_URING".into(), "0".into())],
            foreign: text::plain,
            ..Self::new("Leapp", node)
        }
    }

    /// The same writer, started by another program, whose arguments end where a command can follow.
    pub(crate) fn under(&self, program: &str, arguments: Vec<OsString>) -> Self {
        let own = self.arguments.iter().cloned();
        let arguments = arguments.into_iter().chain([self.program.clone().into()]).chain(own).collect();
        Self { program: program.into(), arguments, ..self.clone() }
    }

    pub(crate) fn command(&self, file: &Path, profile: &str, first: u32, count: u32) -> Command {
        let mut command = self.bare();
        command.arg(file).args([profile, &first.to_string(), &count.to_string()]);
        command
    }

    /// The AWS CLI's writer as a process that stays, and publishes when its input says so.
    pub(crate) fn resident(&self, file: &Path, profile: &str) -> Command {
        let mut command = self.bare();
        command.arg(file).args([profile, "-"]).stdin(Stdio::piped());
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, file: &Path, profile: &str, first: u32, count: u32) -> Ended {
        let mut command = self.command(file, profile, first, count);
        let output = command.stderr(Stdio::piped()).output().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        Ended {
            is_success: output.status.success(),
            reported: printed.lines().filter_map(|line| line.parse().ok()).next_back(),
            said: printed + &String::from_utf8_lossy(&output.stderr),
        }
    }

    /// Starts it, and comes back when it is about to publish.
    pub(crate) fn start(&self, file: &Path, profile: &str, first: u32, count: u32) -> Started {
        let mut started = self.spawn(file, profile, first, count);
        started.wait();
        started
    }

    /// Starts it, and does not wait for anything.
    pub(crate) fn spawn(&self, file: &Path, profile: &str, first: u32, count: u32) -> Started {
        let mut child = self.command(file, profile, first, count).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Started { child, output }
    }

    fn bare(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        command
    }
}

/// A command that is at work.
#[derive(Debug)]
pub(crate) struct Started {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Started {
    /// Waits until it is about to publish.
    pub(crate) fn wait(&mut self) {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        assert_eq!(line, "started\n", "the writer did not start");
    }

    /// Kills it, and gives the last set that it had reported.
    pub(crate) fn kill(mut self) -> Option<u32> {
        self.child.kill().unwrap();
        self.reported().0
    }

    /// Waits for its end: the last set that it reported, and whether it ended well.
    pub(crate) fn reported(mut self) -> (Option<u32>, bool) {
        let lines = self.output.by_ref().lines();
        let last = lines.filter_map(|line| line.unwrap().parse().ok()).last();
        (last, self.child.wait().unwrap().success())
    }

    /// Waits for its end: whether it ended well, and the longest time between two of its reports.
    #[expect(clippy::disallowed_methods, reason = "printed, to see how long a writer waits for others")]
    pub(crate) fn listen(mut self) -> (bool, Duration) {
        let mut longest = Duration::ZERO;
        let mut last: Option<Instant> = None;
        for line in self.output.by_ref().lines() {
            line.unwrap();
            let now = Instant::now();
            longest = longest.max(last.map_or(Duration::ZERO, |last| now - last));
            last = Some(now);
        }
        (self.child.wait().unwrap().success(), longest)
    }
}

impl Drop for Started {
    /// A check that fails leaves no writer at work.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn beside(script: &str) -> OsString {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/durability").join(script).into()
}

#[expect(clippy::disallowed_methods, reason = "a test is told by the environment where the components are")]
fn installed(name: &str) -> PathBuf {
    let folder = std::env::var_os(name).map(PathBuf::from);
    folder.unwrap_or_else(|| panic!("{name}: outside checks are run by `cargo xtask test`"))
}
