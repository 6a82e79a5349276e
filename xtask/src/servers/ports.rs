//! Ports for servers.

use std::net::{Ipv4Addr, TcpListener};

use crate::Outcome;

/// Below those that the system gives to clients: a client that knocks early and often must not get the very port it
/// knocks at as its own, and so speak to itself.
const FIRST: u16 = 21_000;
const LAST: u16 = 31_000;

/// Free ports, none given twice.
pub(super) struct Ports(u16);

impl Ports {
    pub(super) fn new() -> Self {
        Self(FIRST)
    }

    pub(super) fn free(&mut self) -> Outcome<u16> {
        let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
        let port = (self.0..LAST).find(is_free).ok_or("no port is free")?;
        self.0 = port + 1;
        Ok(port)
    }
}
