//! The test kit depends on no backend, and only tests, examples and benches depend on it.

use super::Violation;
use super::backends::BACKENDS;
use crate::Outcome;
use crate::workspace::{Dependency, Member, Workspace};

const TEST_KIT: &str = "leapp-testkit";
/// Members that are never published and exist to run things: they may use the test kit as they like.
const PROGRAMS: [&str; 2] = ["leapp-examples", "leapp-benches"];

pub(super) fn check(workspace: &Workspace) -> Outcome<Vec<Violation>> {
    workspace.member(TEST_KIT).ok_or_else(|| format!("there is no {TEST_KIT}"))?;
    Ok(workspace.members.iter().flat_map(broken).collect())
}

fn broken(member: &Member) -> Vec<Violation> {
    let Member { name, dependencies, .. } = member;
    if name == TEST_KIT {
        let backends = dependencies.iter().filter(|dependency| BACKENDS.contains(&dependency.name.as_str()));
        return backends
            .map(|backend| format!("{name}: must not depend on the backend {}", backend.name))
            .collect();
    }
    let uses = dependencies.iter().filter(|dependency| dependency.name == TEST_KIT);
    uses.filter_map(|dependency| misuse(name, dependency)).collect()
}

fn misuse(member: &str, dependency: &Dependency) -> Option<Violation> {
    if dependency.requirement != "*" {
        Some(format!("{member}: must name {TEST_KIT} by path, without a version, or it cannot be published"))
    } else if !dependency.is_dev && !PROGRAMS.contains(&member) {
        Some(format!("{member}: must depend on {TEST_KIT} only for its tests"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(name: &str, dependency: &str, requirement: &str, is_dev: bool) -> Member {
        let (name, requirement) = (name.to_owned(), requirement.to_owned());
        let dependencies = vec![Dependency { name: dependency.to_owned(), requirement, is_dev }];
        Member { name, folder: "x".into(), dependencies }
    }

    #[test]
    fn a_kit_that_knows_a_backend_is_found() {
        assert_eq!(broken(&member(TEST_KIT, "leapp-vault", "^0.1", true)).len(), 1);
        assert_eq!(broken(&member(TEST_KIT, "leapp-core", "^0.1", false)).len(), 0);
    }

    #[test]
    fn a_crate_built_on_the_kit_is_found() {
        assert_eq!(broken(&member("leapp-vault", TEST_KIT, "*", false)).len(), 1);
        assert_eq!(broken(&member("leapp-vault", TEST_KIT, "^0.1.0", true)).len(), 1);
        assert_eq!(broken(&member("leapp-vault", TEST_KIT, "*", true)).len(), 0);
        assert_eq!(broken(&member("leapp-examples", TEST_KIT, "*", false)).len(), 0);
    }
}
