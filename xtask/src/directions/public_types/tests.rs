//! The check against small crates made on the spot, so that it notices when rustdoc's format moves.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;

/// A crate with the given source that depends on an empty look-alike of tokio.
struct Planted(PathBuf);

impl Planted {
    #[expect(clippy::disallowed_methods, reason = "throw-away sources of a test")]
    fn new(name: &str, source: &str) -> Self {
        let root = std::env::temp_dir().join(format!("leapp-xtask-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        let manifest = "[package]\nname = \"NAME\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
        for (package, extra, text) in [
            ("tokio", "", "pub struct Handle; pub struct SdkConfig; pub trait Spawn {}"),
            ("planted", "[workspace]\n[dependencies]\ntokio = { path = \"tokio\" }\n", source),
        ] {
            let folder = if package == "planted" { root.clone() } else { root.join(package) };
            fs::create_dir_all(folder.join("src")).unwrap();
            fs::write(folder.join("Cargo.toml"), manifest.replace("NAME", package) + extra).unwrap();
            fs::write(folder.join("src/lib.rs"), text).unwrap();
        }
        Self(root)
    }

    fn violations(&self) -> Outcome<Vec<Violation>> {
        let rustdoc = rustdoc::Rustdoc::prepare(&self.0.join("target"))?;
        broken(&rustdoc.describe(Path::new(&self.0), "planted", "planted")?)
    }
}

impl Drop for Planted {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn every_public_position_is_seen() {
    let planted = Planted::new(
        "public-positions",
        "use tokio::{Handle as H, Spawn};\n\
         pub fn argument(_: Option<&H>) {}\n\
         pub fn result() -> impl Fn() -> H { || H }\n\
         pub struct Field(pub H);\n\
         pub trait Method { fn method(&self) -> H; }\n\
         pub struct Ours;\n\
         impl Spawn for Ours {}\n\
         impl From<H> for Ours { fn from(_: H) -> Self { Self } }\n\
         pub fn bound<T: Spawn>(_: T) {}\n\
         pub use tokio::Handle;\n\
         pub type Alias = Vec<H>;\n",
    );
    let violations = planted.violations().unwrap();
    for line in [2, 3, 4, 5, 7, 8, 9, 10, 11] {
        let place = format!("src/lib.rs:{line}:");
        assert!(violations.iter().any(|found| found.starts_with(&place)), "{line}: {violations:#?}");
    }
}

#[test]
fn private_places_and_the_hosts_configuration_are_free() {
    let planted = Planted::new(
        "private-places",
        "use tokio::{Handle, SdkConfig, Spawn};\n\
         pub struct Ours { _handle: Handle }\n\
         pub(crate) struct Hidden;\n\
         impl Spawn for Hidden {}\n\
         impl Ours { pub(crate) fn hidden(_: Handle, _: Hidden) {} pub fn new(_: &SdkConfig) -> String { String::new() } }\n",
    );
    assert_eq!(planted.violations().unwrap(), Vec::<Violation>::new());
}

#[test]
fn a_description_without_types_is_refused() {
    assert!(broken(&serde_json::json!({ "index": {}, "paths": {} })).is_err());
    assert!(broken(&serde_json::json!({})).is_err());
}

#[test]
fn families_are_told_from_neighbours() {
    for forbidden in
        ["tokio", "aws_sdk_sts", "aws_smithy_types", "aws_types", "http", "http_body", "keyring_core"]
    {
        assert!(is_forbidden(forbidden, "x::Y"), "{forbidden}");
    }
    for free in ["aws_credential_types", "httparse", "leapp_core", "tokio_free", "std"] {
        assert!(!is_forbidden(free, "x::Y"), "{free}");
    }
    assert!(!is_forbidden("aws_types", "aws_types::sdk_config::SdkConfig"));
}
