//! The habits of this project as commands: `cargo xtask COMMAND`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool speaks on the terminal")]

mod ci;
mod compile_cost;
mod cpu_time;
mod deny;
mod directions;
mod node_modules;
mod packages;
mod process;
mod servers;
mod stopwatch;
mod tally;
mod test;
mod venv;
mod workspace;

use std::process::ExitCode;

use workspace::Workspace;

/// What a command gives back: nothing useful, or why it stopped.
type Outcome<T> = Result<T, String>;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  test          all tests, with the outside checks (other SDKs, other fake AWS servers); fetches what is missing
  ci            format, lints, docs, directions, licences and bans, then `test`
  directions    the dependencies that must not exist
  compile-cost  CPU seconds to build leapp-core, beside aws-config; takes minutes
  servers       our fake AWS beside other people's: start, rate, memory; takes minutes";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [command] = arguments.as_slice() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match dispatch(command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(reason) => {
            eprintln!("xtask {command}: {reason}");
            ExitCode::FAILURE
        }
    }
}

/// `false` when the command ran and found something wrong, and has said so.
fn dispatch(command: &str) -> Outcome<bool> {
    let workspace = Workspace::load()?;
    match command {
        "test" => {
            let tally = test::run(&workspace)?;
            println!("{tally}");
            Ok(tally.is_green())
        }
        "ci" => ci::run(&workspace),
        "directions" => directions::run(&workspace).map(|()| true),
        "compile-cost" => compile_cost::run(&workspace).map(|()| true),
        "servers" => servers::run(&workspace),
        _ => Err(format!("no such command\n{USAGE}")),
    }
}
