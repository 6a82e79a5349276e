//! The promises of the credentials file, each held against real files.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

mod adopting;
mod aws_parser;
mod config;
mod contract;
mod crash;
mod document;
mod faults;
mod foreign_writers;
mod links_and_rights;
mod location;
mod orphans;
mod restore;
mod scene;
mod sections;
