//! No type of the SDK's inside, of a runtime or of a keychain stands in a public signature of leapp-core.
//!
//! SDK 2.x is announced: a type of 1.x in our interface would break with it.

mod interface;
mod rustdoc;

use serde_json::Value;

use super::Violation;
use crate::Outcome;
use crate::workspace::Workspace;

/// Crates that must not show.
const FORBIDDEN: [&str; 5] = ["aws_config", "aws_types", "http", "keyring", "tokio"];
/// Beginnings of the names of crates that must not show.
const FORBIDDEN_FAMILIES: [&str; 4] = ["aws_sdk_", "aws_smithy_", "http_", "keyring_"];

pub(super) fn check(workspace: &Workspace) -> Outcome<Vec<Violation>> {
    let rustdoc = rustdoc::Rustdoc::prepare(&workspace.target)?;
    broken(&rustdoc.describe(&workspace.root, "leapp-core", "leapp_core")?)
}

fn broken(description: &Value) -> Outcome<Vec<Violation>> {
    let mentions = interface::mentions(description)?;
    // Every crate's interface names something of the standard library's: nothing found means nothing read.
    if !mentions.iter().any(|mention| ["alloc", "core", "std"].contains(&mention.crate_name())) {
        return Err(
            "rustdoc's description of the interface names no type at all: its format has changed".into()
        );
    }
    let forbidden = mentions.into_iter().filter(|mention| is_forbidden(mention.crate_name(), &mention.named));
    let line = |mention: interface::Mention| {
        format!("{}: a public signature must not name `{}`", mention.place, mention.named)
    };
    let mut violations: Vec<Violation> = forbidden.map(line).collect();
    violations.dedup();
    Ok(violations)
}

fn is_forbidden(crate_name: &str, path: &str) -> bool {
    // Where a host hands its own configuration in, it has to be of the host's type.
    let is_host_configuration = path.ends_with("::SdkConfig");
    let is_banned = FORBIDDEN.contains(&crate_name)
        || FORBIDDEN_FAMILIES.iter().any(|beginning| crate_name.starts_with(beginning));
    is_banned && !is_host_configuration
}

#[cfg(test)]
mod tests;
