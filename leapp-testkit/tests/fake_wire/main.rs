//! What is no request, or more than one: the server says so or hangs up, and goes on for everybody else.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod bodies;
mod connection;
mod heads;
