//! The promises of the credentials file, each held against real files.
#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

mod adopting;
// It asks cargo where the SDK keeps its vectors, and a text reads the same on every system.
#[cfg(unix)]
mod aws_parser;
mod config;
mod contract;
mod crash;
mod document;
mod faults;
mod foreign_writers;
// Modes, owners, and links, which on Windows only an administrator makes.
#[cfg(unix)]
mod links_and_rights;
#[cfg(unix)]
mod location;
// With pipes and Python's parser.
#[cfg(unix)]
mod meddling;
mod orphans;
mod rescue;
mod restore;
mod scene;
mod sections;
#[cfg(windows)]
mod windows;
