//! `cargo xtask compile-cost`: what a program pays to build leapp-core, beside what it pays for aws-config.

use std::fs;
use std::path::{Path, PathBuf};

use crate::workspace::Workspace;
use crate::{Outcome, cpu_time, process};

/// The last one is what the others are compared with.
const CANDIDATES: [(&str, &str); 3] = [
    ("leapp-core, aws", "leapp-core = { path = \"CORE\", default-features = false, features = [\"aws\"] }"),
    ("leapp-core, default", "leapp-core = { path = \"CORE\" }"),
    ("aws-config 1.13.0, default", "aws-config = \"=1.13.0\""),
];

/// Outside of this workspace, so that only the dependency decides what is built.
const MANIFEST: &str = "\
[package]
name = \"candidate\"
version = \"0.1.0\"
edition = \"2024\"

[workspace]

[dependencies]
";

/// What building one candidate took.
struct Cost {
    name: &'static str,
    packages: usize,
    cpu_seconds: f64,
}

/// Builds each candidate from nothing, in turn, and prints a Markdown table.
pub(crate) fn run(workspace: &Workspace) -> Outcome<()> {
    let base = workspace.target.join("compile-cost");
    let mut crates = Vec::new();
    for (index, (name, dependency)) in CANDIDATES.into_iter().enumerate() {
        let program = Program::make(workspace, &base.join(format!("candidate-{index}")), dependency)?;
        crates.push((name, program));
    }
    let mut costs = Vec::new();
    for (name, program) in &crates {
        costs.push(Cost { name, packages: program.count_packages()?, cpu_seconds: program.build()? });
    }
    println!("{}", table(&costs));
    fs::remove_dir_all(&base).map_err(|e| format!("removing {}: {e}", base.display()))
}

/// A throw-away program with one dependency.
struct Program(PathBuf);

impl Program {
    #[expect(clippy::disallowed_methods, reason = "throw-away sources under target/")]
    fn make(workspace: &Workspace, folder: &Path, dependency: &str) -> Outcome<Self> {
        let core =
            workspace.member("leapp-core").ok_or("there is no leapp-core")?.folder.display().to_string();
        let dependency = dependency.replace("CORE", &core);
        let manifest = format!("{MANIFEST}{dependency}\n");
        let failed = |e| format!("making {}: {e}", folder.display());
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder.join("src")).map_err(failed)?;
        fs::write(folder.join("Cargo.toml"), manifest).map_err(failed)?;
        fs::write(folder.join("src/main.rs"), "fn main() {}\n").map_err(failed)?;
        // The workspace's own versions, or the candidates would differ by more than their features.
        fs::copy(workspace.root.join("Cargo.lock"), folder.join("Cargo.lock")).map_err(failed)?;
        let program = Self(folder.to_owned());
        process::run(&mut program.cargo(&["fetch", "--quiet"]))?;
        Ok(program)
    }

    /// CPU seconds of a build in an empty target directory, nothing downloaded in between.
    fn build(&self) -> Outcome<f64> {
        let before = cpu_time::of_children()?;
        process::run(&mut self.cargo(&["build", "--quiet", "--offline", "-j2"]))?;
        Ok(cpu_time::of_children()? - before)
    }

    fn count_packages(&self) -> Outcome<usize> {
        let shape =
            ["tree", "--offline", "--edges=normal,build", "--prefix=none", "--no-dedupe", "--format={p}"];
        let tree = process::output(&mut self.cargo(&shape))?;
        let packages: std::collections::BTreeSet<&str> = tree
            .lines()
            .filter(|line| !line.is_empty())
            .map(|line| line.trim_end_matches(" (proc-macro)"))
            .collect();
        // All but the throw-away program itself.
        Ok(packages.len().saturating_sub(1))
    }

    fn cargo(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = process::cargo(arguments);
        command
            .current_dir(&self.0)
            .env("CARGO_TARGET_DIR", self.0.join("target"))
            .env("CARGO_INCREMENTAL", "0");
        command
    }
}

fn table(costs: &[Cost]) -> String {
    let mut lines =
        vec!["| dependency | packages | CPU seconds | ratio |\n| --- | ---: | ---: | ---: |".to_owned()];
    let reference = costs.last().map_or(1.0, |cost| cost.cpu_seconds);
    lines.extend(costs.iter().map(|Cost { name, packages, cpu_seconds }| {
        format!("| {name} | {packages} | {cpu_seconds:.1} | {:.2} |", cpu_seconds / reference)
    }));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_to_the_last_row() {
        let costs = [
            Cost { name: "a", packages: 3, cpu_seconds: 5.0 },
            Cost { name: "b", packages: 9, cpu_seconds: 10.0 },
        ];
        assert!(table(&costs).ends_with("| a | 3 | 5.0 | 0.50 |\n| b | 9 | 10.0 | 1.00 |"));
    }
}
