//! `cargo xtask nightly`: what takes too long for every change, in one command, with a report to commit.

mod fuzz;
mod kept;
mod libfuzzer;
mod machine;
mod many_cases;
mod mutants;
mod options;
mod report;
mod targets;
mod toolchain;

pub(crate) use libfuzzer::Figures;

use crate::Outcome;
use crate::workspace::Workspace;

use machine::Machine;
use options::{Options, Part};
use report::Section;

/// What a part of the night has found.
struct Found {
    section: Section,
    is_sound: bool,
}

/// Runs the parts that were asked for and writes their sections of the report. Nothing is committed.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Outcome<bool> {
    let options = Options::parse(arguments, &targets::names(workspace)?)?;
    let machine = Machine::of(workspace)?;
    let mut is_sound = true;
    for part in &options.parts {
        let found = match part {
            Part::Fuzz => fuzz::run(workspace, &options)?,
            Part::Mutants => mutants::run(workspace, &options)?,
            Part::Tests => many_cases::run(workspace, &options)?,
        };
        is_sound &= found.is_sound;
        println!("\n{}", found.section.with(&machine));
        if options.is_whole(*part) {
            report::put(workspace, &found.section, &machine)?;
        } else {
            println!("a part of the targets: the report stays as it is");
        }
    }
    Ok(is_sound)
}
