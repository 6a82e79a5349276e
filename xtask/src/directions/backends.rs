//! Backends see neither each other nor the SDK.

use super::Violation;
use super::lightness::packages;
use crate::Outcome;
use crate::workspace::Workspace;

/// Implementations of a contract over something outside; the first two exist from the start.
pub(super) const BACKENDS: [&str; 4] = ["leapp-store-ini", "leapp-vault", "leapp-endpoint", "leapp-browser"];

pub(super) fn check(workspace: &Workspace) -> Outcome<Vec<Violation>> {
    let mut violations = Vec::new();
    for (index, backend) in BACKENDS.iter().enumerate() {
        if workspace.member(backend).is_some() {
            violations
                .extend(broken(backend, &packages(workspace, &["--package", backend, "--all-features"])?));
        } else if index < 2 {
            return Err(format!("there is no {backend}"));
        }
    }
    Ok(violations)
}

/// `packages` are the names of all that the backend is built from, itself included.
fn broken(backend: &str, packages: &[String]) -> Vec<Violation> {
    let is_forbidden = |name: &&String| {
        name.starts_with("aws-") || BACKENDS.contains(&name.as_str()) && name.as_str() != backend
    };
    let forbidden = packages.iter().filter(is_forbidden);
    forbidden.map(|name| format!("{backend}: a backend must not depend on {name}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn another_backend_and_the_sdk_are_found() {
        let packages =
            named(&["aws-smithy-types", "leapp-core", "leapp-store-ini", "leapp-vault", "zeroize"]);
        assert_eq!(broken("leapp-vault", &packages).len(), 2);
    }

    #[test]
    fn the_core_is_free() {
        assert!(broken("leapp-vault", &named(&["leapp-core", "leapp-vault", "zeroize"])).is_empty());
    }
}
