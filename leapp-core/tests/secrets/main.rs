//! No secret in `Debug`, in an error or in the log, whatever the level: not in the main job, and not when it fails.
//!
//! The log is looked at as a host sees it that has turned on TRACE for every target, the AWS SDK's included. At that
//! level the SDK prints whole answers, and so this library calls it unlogged; a host's own SDK clients are the host's.
#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

mod file;
mod heard;
mod job;
mod kinds;
mod planted;
mod refusals;
mod scene;
