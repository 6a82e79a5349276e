//! The habits of this project as commands: `cargo xtask COMMAND`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool speaks on the terminal")]

mod ci;
mod compile_cost;
mod cpu_time;
mod credentials_file;
mod deny;
mod directions;
mod fuse;
mod malformed_files;
mod nightly;
mod node_modules;
mod other_systems;
mod packages;
mod process;
mod servers;
mod simplesamlphp;
mod stopwatch;
mod tally;
mod test;
mod tools;
mod venv;
mod workspace;

use std::process::ExitCode;

use tally::Tally;
use workspace::Workspace;

/// What a command gives back: nothing useful, or why it stopped.
type Outcome<T> = Result<T, String>;

const USAGE: &str = "\
usage: cargo xtask COMMAND [OPTIONS]

  test          all tests, with the outside checks (other SDKs, fakes, a browser); fetches what is missing
  ci            format, lints, docs, directions, licences and bans, benches once, `malformed-files`, then `test`
  directions    the dependencies that must not exist
  other-systems the part of `test` that is for Windows (under Wine) and macOS (type-checked)
  compile-cost  CPU seconds to build leapp-core, beside aws-config; takes minutes
  credentials-file
                one change of a large credentials file and a durable write, beside other people's programs
  malformed-files
                millions of malformed credentials files, coverage-guided; takes minutes
  servers       our fake AWS beside other people's: start, rate, memory; takes minutes
  nightly       fuzzing, and tests with many cases; writes fuzz/NIGHTLY.md; takes hours";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [command, options @ ..] = arguments.as_slice() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match dispatch(command, options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(reason) => {
            eprintln!("xtask {command}: {reason}");
            ExitCode::FAILURE
        }
    }
}

/// `false` when the command ran and found something wrong, and has said so.
fn dispatch(command: &str, options: &[String]) -> Outcome<bool> {
    let workspace = Workspace::load()?;
    if command != "nightly" && !options.is_empty() {
        return Err(format!("it takes no options\n{USAGE}"));
    }
    match command {
        "other-systems" => Ok(shown(other_systems::run(&workspace)?)),
        "test" => Ok(shown(test::run(&workspace)?)),
        "ci" => ci::run(&workspace),
        "directions" => directions::run(&workspace).map(|()| true),
        "compile-cost" => compile_cost::run(&workspace).map(|()| true),
        "credentials-file" => credentials_file::measure(&workspace).map(|()| true),
        "malformed-files" => malformed_files::run(&workspace).map(|()| true),
        "nightly" => nightly::run(&workspace, options),
        "servers" => servers::run(&workspace),
        _ => Err(format!("no such command\n{USAGE}")),
    }
}

/// Says how many tests passed, and gives whether all did.
fn shown(tally: Tally) -> bool {
    println!("{tally}");
    tally.is_green()
}
