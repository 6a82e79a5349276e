//! The contracts and the engine know nothing of AWS's SDK, a runtime, files, the environment or the network.

use std::collections::BTreeSet;
use std::path::Path;

use super::Violation;
use super::code;
use crate::Outcome;
use crate::workspace::Workspace;

/// Modules that must be contracts: gating one behind a feature would take it out of this rule's sight.
const CONTRACTS: [&str; 12] = [
    "challenge",
    "clock",
    "credentials",
    "engine",
    "error",
    "event",
    "memory",
    "names",
    "provider",
    "secret",
    "sink",
    "vault",
];

pub(super) fn check(workspace: &Workspace) -> Outcome<Vec<Violation>> {
    let source = workspace.member("leapp-core").ok_or("there is no leapp-core")?.folder.join("src");
    let modules = Modules::parse(&code::read(&source.join("lib.rs"))?);
    let mut violations = modules.missing_contracts();
    for file in code::files(&source)? {
        let place = file.strip_prefix(&source).unwrap_or(&file);
        if modules.is_contract(place) {
            violations.extend(modules.violations(place, &code::read(&file)?));
        }
    }
    Ok(violations)
}

/// The modules that lib.rs declares: those that are always there, and those behind a feature.
struct Modules {
    contracts: BTreeSet<String>,
    gated: BTreeSet<String>,
}

impl Modules {
    fn parse(lib: &str) -> Self {
        let mut modules = Self { contracts: BTreeSet::new(), gated: BTreeSet::new() };
        let mut is_gated = false;
        for line in lib.lines().map(str::trim) {
            let declared =
                line.trim_start_matches("pub ").strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';'));
            match declared {
                Some(name) if is_gated => modules.gated.insert(name.to_owned()),
                Some(name) => modules.contracts.insert(name.to_owned()),
                None => false,
            };
            is_gated =
                line.starts_with("#[cfg(") && line.contains("feature") || is_gated && line.starts_with("#[");
        }
        modules
    }

    fn missing_contracts(&self) -> Vec<Violation> {
        let missing = CONTRACTS.iter().filter(|name| !self.contracts.contains(**name));
        missing
            .map(|name| format!("leapp-core/src/lib.rs: `{name}` must be there without any feature"))
            .collect()
    }

    /// Whether a file, relative to src/, belongs to a module that is always there.
    fn is_contract(&self, place: &Path) -> bool {
        let top = place.iter().next().map(|name| name.to_string_lossy().trim_end_matches(".rs").to_owned());
        top.is_some_and(|name| self.contracts.contains(&name))
    }

    fn violations(&self, place: &Path, source: &str) -> Vec<Violation> {
        let paths = code::named_paths(&code::production_code(source));
        let forbidden = paths.into_iter().filter(|path| {
            let segments: Vec<&str> = path.segments.iter().map(String::as_str).collect();
            self.is_forbidden(&segments)
        });
        let line = |path: code::NamedPath| {
            let (file, named) = (place.display(), path.segments.join("::"));
            format!("leapp-core/src/{file}:{}: contracts and engine must not name `{named}`", path.line)
        };
        forbidden.map(line).collect()
    }

    fn is_forbidden(&self, segments: &[&str]) -> bool {
        match segments {
            ["std", "env" | "fs" | "net", ..] => true,
            ["crate" | "super", module, ..] => self.gated.contains(*module),
            [first, ..] => *first == "tokio" || first.starts_with("aws_"),
            [] => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIB: &str =
        "mod clock;\nmod engine;\n#[cfg(feature = \"aws\")]\n#[doc(hidden)]\nmod aws;\npub mod vault;\n";

    fn violations(source: &str) -> usize {
        Modules::parse(LIB).violations(Path::new("clock.rs"), source).len()
    }

    #[test]
    fn every_forbidden_direction_is_found() {
        for planted in [
            "use tokio::sync::Mutex;",
            "fn f() { tokio::spawn(async {}); }",
            "use std::{fmt, fs};",
            "fn f() { std::env::var(\"X\"); }",
            "use ::std::net::TcpStream;",
            "fn f(credentials: aws_credential_types::Credentials) {}",
            "use crate::aws::Sts;",
            "use crate::{Error, aws};",
        ] {
            assert_eq!(violations(planted), 1, "{planted}");
        }
    }

    #[test]
    fn talk_and_tests_are_free() {
        assert_eq!(
            violations(
                "/// Not for tokio.\nfn f() { let s = \"std::fs\"; }\n#[cfg(test)]\nmod tests { use std::fs; }"
            ),
            0
        );
    }

    #[test]
    fn gated_modules_are_no_contracts_and_their_absence_is_noticed() {
        let modules = Modules::parse(LIB);
        assert!(
            modules.is_contract(Path::new("engine/slot.rs")) && modules.is_contract(Path::new("vault.rs"))
        );
        assert!(!modules.is_contract(Path::new("aws/sts.rs")) && !modules.is_contract(Path::new("lib.rs")));
        assert_eq!(
            Modules::parse("#[cfg(feature = \"x\")]\nmod clock;").missing_contracts().len(),
            CONTRACTS.len()
        );
    }
}
