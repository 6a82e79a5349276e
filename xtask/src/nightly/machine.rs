//! Where, when and of what a night's figures are.

use std::fmt;
use std::process::Command;

use crate::workspace::Workspace;
use crate::{Outcome, process};

pub(super) struct Machine {
    date: String,
    commit: String,
    kernel: String,
    cores: usize,
    rustc: String,
}

impl Machine {
    pub(super) fn of(workspace: &Workspace) -> Outcome<Self> {
        let git = |arguments: &[&str]| {
            let text = process::output(Command::new("git").args(arguments).current_dir(&workspace.root));
            text.map(|text| text.trim().to_owned())
        };
        // The report is what a night changes; it says nothing of the code.
        let changes = git(&["status", "--porcelain", "--", ".", ":!fuzz/NIGHTLY.md", ":!fuzz/corpus"])?;
        let changed = if changes.is_empty() { "" } else { ", with changes" };
        let said = |program: &str, arguments: &[&str]| {
            process::output(Command::new(program).args(arguments)).map(|text| text.trim().to_owned())
        };
        Ok(Self {
            date: said("date", &["-u", "+%F %R UTC"])?,
            commit: format!("{}{changed}", git(&["rev-parse", "--short=12", "HEAD"])?),
            kernel: said("uname", &["-srm"])?,
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            rustc: said("rustc", &["-V"])?,
        })
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { date, commit, kernel, cores, rustc } = self;
        write!(f, "{date}, commit {commit}; {cores} cores, {kernel}; {rustc}.")
    }
}
