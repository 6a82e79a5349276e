//! The workspace as cargo sees it.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{Outcome, process};

/// The members of the workspace and where its files are.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    pub(crate) members: Vec<Member>,
}

/// A package of the workspace.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    /// The folder of its manifest.
    pub(crate) folder: PathBuf,
    pub(crate) dependencies: Vec<Dependency>,
}

/// A line in a member's dependency tables.
#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// The version that is asked for; `*` when only a path is given.
    pub(crate) requirement: String,
    pub(crate) is_dev: bool,
}

impl Workspace {
    pub(crate) fn load() -> Outcome<Self> {
        let text = process::output(&mut process::cargo(&["metadata", "--format-version=1", "--no-deps"]))?;
        Self::parse(&text)
    }

    fn parse(metadata: &str) -> Outcome<Self> {
        let metadata: Value =
            serde_json::from_str(metadata).map_err(|e| format!("reading cargo metadata: {e}"))?;
        Ok(Self {
            root: text(&metadata, "workspace_root")?.into(),
            target: text(&metadata, "target_directory")?.into(),
            members: list(&metadata, "packages")?.iter().map(member).collect::<Outcome<_>>()?,
        })
    }

    pub(crate) fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name == name)
    }
}

fn member(package: &Value) -> Outcome<Member> {
    let manifest = text(package, "manifest_path")?;
    let folder = Path::new(manifest).parent().ok_or("a manifest lies in no folder")?.to_owned();
    let dependencies = list(package, "dependencies")?.iter().map(dependency).collect::<Outcome<_>>()?;
    Ok(Member { name: text(package, "name")?.to_owned(), folder, dependencies })
}

fn dependency(value: &Value) -> Outcome<Dependency> {
    let is_dev = value.get("kind").and_then(Value::as_str) == Some("dev");
    Ok(Dependency {
        name: text(value, "name")?.to_owned(),
        requirement: text(value, "req")?.to_owned(),
        is_dev,
    })
}

fn text<'a>(value: &'a Value, field: &str) -> Outcome<&'a str> {
    value.get(field).and_then(Value::as_str).ok_or_else(|| format!("cargo metadata has no text `{field}`"))
}

fn list<'a>(value: &'a Value, field: &str) -> Outcome<&'a Vec<Value>> {
    value.get(field).and_then(Value::as_array).ok_or_else(|| format!("cargo metadata has no list `{field}`"))
}
