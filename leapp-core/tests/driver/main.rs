//! The handle and the driver, on a real runtime, in virtual time, against the fake AWS.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod challenges;
mod hot_path;
mod keeping;
mod lifecycle;
mod patience;
mod rotation;
mod scene;
mod starts;
