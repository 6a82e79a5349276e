//! What is wrong is refused by kind and name, before a call where that is possible, and takes nothing away.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a step that fails is a test that fails")]

mod answers;
mod backends;
mod chains;
mod doors;
mod durations;
mod gate;
mod scene;
mod successes;
