//! `AssumeRoleWithSaml` against a fake AWS whose identity providers sign: from a login to a role's credentials, and what
//! becomes of the response on the way.
#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

mod choice;
mod driven;
mod durations;
mod granted;
mod refusals;
mod scene;
mod secrets;
mod shared;
