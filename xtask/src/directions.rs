//! `cargo xtask directions`: the dependencies that must not exist.

mod backends;
mod code;
mod contracts;
mod lightness;
mod module_names;
mod public_types;
mod test_kit;

use crate::Outcome;
use crate::workspace::Workspace;

/// A place and the rule that it breaks, as a line for a person.
type Violation = String;

/// Checks every rule and lists all that is broken.
pub(crate) fn run(workspace: &Workspace) -> Outcome<()> {
    let mut violations = Vec::new();
    violations.extend(contracts::check(workspace)?);
    violations.extend(backends::check(workspace)?);
    violations.extend(test_kit::check(workspace)?);
    violations.extend(public_types::check(workspace)?);
    violations.extend(lightness::check(workspace)?);
    violations.extend(module_names::check(workspace)?);
    for violation in &violations {
        println!("{violation}");
    }
    if violations.is_empty() {
        Ok(())
    } else {
        Err(format!("{} directions that must not exist", violations.len()))
    }
}
