//! Two ways in: inside the process, and on loopback.

mod client;
mod server;

pub(super) use client::in_process;
pub use server::LoopbackServer;
