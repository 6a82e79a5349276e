//! Starting other programs.

use std::process::{Command, Stdio};

use crate::Outcome;

/// The cargo that runs this tool, in the workspace's own environment.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    // Cargo tells the programs it runs which cargo that was; outside of cargo the one on the PATH must do.
    let mut command = Command::new(option_env!("CARGO").unwrap_or("cargo"));
    command.args(arguments);
    command
}

/// Runs a program to its end, its output going where ours goes.
pub(crate) fn run(command: &mut Command) -> Outcome<()> {
    let status = command.status().map_err(|e| format!("starting {}: {e}", shown(command)))?;
    if status.success() { Ok(()) } else { Err(format!("{} ended with {status}", shown(command))) }
}

/// Runs a program to its end and gives what it wrote on its standard output.
pub(crate) fn output(command: &mut Command) -> Outcome<String> {
    command.stderr(Stdio::inherit());
    let output = command.output().map_err(|e| format!("starting {}: {e}", shown(command)))?;
    if !output.status.success() {
        return Err(format!("{} ended with {}", shown(command), output.status));
    }
    String::from_utf8(output.stdout).map_err(|e| format!("reading what {} wrote: {e}", shown(command)))
}

/// Whether a program exists and ends well, its output thrown away.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn shown(command: &Command) -> String {
    let words = command.get_args().map(|word| word.to_string_lossy());
    let program = command.get_program().to_string_lossy();
    format!("`{}`", std::iter::once(program).chain(words).collect::<Vec<_>>().join(" "))
}
