//! A program of other people's, warm, that is asked for repetitions and tells how long each took it.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::Failure;

/// What brings the programs.
const INSTALL: &str = "`cargo xtask credentials-file` installs what is missing and measures";

/// One process. Neither its start nor the way to it is in its times.
#[derive(Debug)]
pub struct Peer {
    name: &'static str,
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    /// js-ini as Leapp uses it, in Node.
    ///
    /// # Errors
    /// Says what is missing, and how it is installed.
    pub fn js_ini(text: &Path, profile: &str, change: &str) -> Result<Self, Failure> {
        let node = of_environment("LEAPP_INTEROP_VENV")?.join("bin/node");
        let modules = of_environment("LEAPP_INTEROP_NODE")?.join("node_modules");
        let name = "js-ini";
        present(name, &node)?;
        present(name, &modules.join("js-ini"))?;
        let mut command = Command::new(node);
        command.arg(script("js_ini.mjs")).env("MODULES", modules);
        Self::start(name, command, text, profile, change)
    }

    /// The AWS CLI's `ConfigFileWriter`, in the system's Python, to which Debian's package brings it.
    ///
    /// # Errors
    /// Says what is missing, and how it is installed.
    pub fn aws_cli(text: &Path, profile: &str, change: &str) -> Result<Self, Failure> {
        let name = "the AWS CLI";
        present(name, Path::new("/usr/lib/python3/dist-packages/awscli"))?;
        let mut command = Command::new("/usr/bin/python3");
        command.arg(script("aws_cli.py"));
        Self::start(name, command, text, profile, change)
    }

    /// Changes the profile so many times.
    ///
    /// # Errors
    /// Fails when the process does.
    pub fn times(&mut self, repetitions: usize) -> Result<Vec<Duration>, Failure> {
        let times = self.ask(&repetitions.to_string())?;
        if times.len() != repetitions {
            return Err(format!("{} answered {} of {repetitions}", self.name, times.len()).into());
        }
        Ok(times)
    }

    fn start(
        name: &'static str,
        mut command: Command,
        text: &Path,
        profile: &str,
        change: &str,
    ) -> Result<Self, Failure> {
        command.env("PROFILE", profile).env("CHANGE", change).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let questions = child.stdin.take().ok_or("no way to ask")?;
        let answers = child.stdout.take().map(BufReader::new).ok_or("no way to answer")?;
        let mut peer = Self { name, child, questions, answers };
        peer.ask(&text.display().to_string())?;
        Ok(peer)
    }

    fn ask(&mut self, question: &str) -> Result<Vec<Duration>, Failure> {
        writeln!(self.questions, "{question}")?;
        let mut answer = String::new();
        if self.answers.read_line(&mut answer)? == 0 {
            return Err(format!("{} ended: {}; {INSTALL}", self.name, self.child.wait()?).into());
        }
        answer.split_whitespace().map(|nanoseconds| Ok(Duration::from_nanos(nanoseconds.parse()?))).collect()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended by itself, and then there is nobody to tell.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join(name)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a bench is told by its environment where other people's programs are"
)]
fn of_environment(variable: &str) -> Result<PathBuf, Failure> {
    let value = env::var_os(variable).ok_or_else(|| format!("{variable} is not set; {INSTALL}"))?;
    Ok(value.into())
}

fn present(name: &str, path: &Path) -> Result<(), Failure> {
    if path.exists() {
        Ok(())
    } else {
        Err(format!("{name}: {} is missing; {INSTALL}", path.display()).into())
    }
}
