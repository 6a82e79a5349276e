//! Two ways in: inside the process, and on loopback.

mod body;
mod client;
#[cfg(any(test, feature = "fuzzing"))]
pub(super) mod fuzzing;
mod outage;
mod patience;
mod port;
mod request_body;
mod server;
#[cfg(test)]
mod tests;
#[cfg(feature = "tls")]
mod tls;

pub(super) use client::in_process;
pub(super) use outage::Outage;
pub use server::LoopbackServer;
#[cfg(feature = "tls")]
pub use tls::TlsServer;
