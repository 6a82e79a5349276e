//! The rotation of an access key, before a fake IAM and a fake STS.
#![expect(
    clippy::print_stdout,
    reason = "tables name the case that failed, and processes talk to their parent"
)]
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod answers;
mod backends;
mod endpoints;
mod faults;
mod folder;
mod grace;
mod happy;
mod interrupted;
mod lost;
mod owners;
mod processes;
mod recovery;
mod refusals;
mod scene;
mod secrets;
mod stops;
mod torn;
mod turns;
mod vaults;
