//! A loopback port that stays ours while nobody listens on it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener as Bound};

use socket2::{Domain, Socket, Type};
use tokio::net::TcpListener;

/// As many connections wait to be accepted.
const BACKLOG: i32 = 1024;

/// A port that is taken.
#[derive(Debug)]
pub(super) struct Port {
    address: SocketAddr,
    /// Bound, and never listening: connections are refused, and still nobody else gets the port.
    #[cfg(target_os = "linux")]
    _kept: Socket,
}

impl Port {
    /// Takes a port, or any free one, and listens on it.
    pub(super) fn open(port: u16) -> io::Result<(Self, TcpListener)> {
        let asked = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let port = Self::bind(asked)?;
        let listener = listening(port.listen()?)?;
        Ok((port, listener))
    }

    /// Linux lets sockets of one user share a port when each of them says so. This one says it as soon as it has the
    /// port: at first it must not share one with another server.
    #[cfg(target_os = "linux")]
    fn bind(asked: SocketAddr) -> io::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        // What is left of an earlier server's connections does not matter, only a socket that is in use.
        socket.set_reuse_address(true)?;
        socket.bind(&asked.into())?;
        socket.set_reuse_address(false)?;
        socket.set_reuse_port(true)?;
        let address = socket.local_addr()?.as_socket().ok_or(io::ErrorKind::AddrNotAvailable)?;
        Ok(Self { address, _kept: socket })
    }

    /// Elsewhere the port is free while nobody listens.
    #[cfg(not(target_os = "linux"))]
    fn bind(asked: SocketAddr) -> io::Result<Self> {
        Ok(Self { address: Bound::bind(asked)?.local_addr()? })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Listens, beside nobody else: the caller closes one listener before it asks for the next.
    pub(super) fn listen(&self) -> io::Result<Bound> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        #[cfg(target_os = "linux")]
        socket.set_reuse_port(true)?;
        #[cfg(all(unix, not(target_os = "linux")))]
        socket.set_reuse_address(true)?;
        socket.bind(&self.address.into())?;
        socket.listen(BACKLOG)?;
        Ok(socket.into())
    }
}

/// The same listener, for tasks.
pub(super) fn listening(bound: Bound) -> io::Result<TcpListener> {
    bound.set_nonblocking(true)?;
    TcpListener::from_std(bound)
}
