//! `durability-twin FLAW FILE PROFILE FIRST COUNT`: publishes as `update-profile` does, by code of its own that has a flaw.
//!
//! The checks of these tests are tested with it: a twin with a flaw must be caught, the one without must not be.

#[cfg(target_os = "linux")]
#[expect(dead_code, reason = "a twin only publishes")]
#[path = "../changes.rs"]
mod changes;
#[cfg(target_os = "linux")]
mod edit;
#[cfg(target_os = "linux")]
mod flaw;
#[cfg(target_os = "linux")]
#[path = "../made_up.rs"]
mod made_up;
#[cfg(target_os = "linux")]
mod publish;
#[cfg(target_os = "linux")]
mod read;
#[cfg(target_os = "linux")]
mod swap;

#[cfg(target_os = "linux")]
fn main() -> std::io::Result<()> {
    publish::main()
}

#[cfg(not(target_os = "linux"))]
fn main() {}
