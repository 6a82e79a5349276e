//! What is left of the credentials file when its writers are killed, fail, or come all at once, and when the power goes.
//!
//! Each check is a function over a [`Writer`](writer::Writer), which is a command, so that other people's writers stand
//! beside ours; it gives its counts, and a test says which of them must be zero. A count is printed with how many cases
//! it is out of.
#![cfg(target_os = "linux")]
#![expect(
    clippy::print_stdout,
    reason = "the figures are the result; a test's own prints are allowed only in it"
)]
#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

mod at_once;
mod changes;
mod displaced;
mod kills;
mod made_up;
mod power_loss;
mod race;
mod scene;
mod slow;
mod storm;
mod syscalls;
mod text;
mod twins;
mod watch;
mod writer;
