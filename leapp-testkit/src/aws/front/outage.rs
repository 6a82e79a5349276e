//! Outages: while one lasts nobody listens, and when it ends the ports are open again at once.

use std::future::pending;
use std::net::{SocketAddr, TcpListener as Bound};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

/// Between two looks whether an address is free again.
const REBIND: Duration = Duration::from_millis(5);

/// Whether there is an outage, and the ports that it closes.
#[derive(Clone, Debug)]
pub(in crate::aws) struct Outage {
    lasts: watch::Sender<bool>,
    ports: Arc<Mutex<Vec<Port>>>,
}

#[derive(Debug)]
struct Port {
    address: SocketAddr,
    reopened: mpsc::UnboundedSender<Bound>,
}

/// What a server hears of outages.
pub(super) struct Reopened {
    lasts: watch::Receiver<bool>,
    listeners: mpsc::UnboundedReceiver<Bound>,
}

impl Outage {
    pub(in crate::aws) fn new() -> Self {
        Self { lasts: watch::Sender::new(false), ports: Arc::default() }
    }

    pub(in crate::aws) fn lasts(&self) -> bool {
        *self.lasts.borrow()
    }

    pub(in crate::aws) fn begin(&self) {
        self.lasts.send_replace(true);
    }

    /// Opens the ports before it says that the outage is over: who connects next, connects.
    pub(in crate::aws) fn end(&self) {
        let mut ports = self.ports.lock().unwrap_or_else(PoisonError::into_inner);
        ports.retain(|port| !port.reopened.is_closed());
        for Port { address, reopened } in ports.iter() {
            // It fails where the server has not even closed it yet, which is as good.
            if let Ok(bound) = Bound::bind(address) {
                let _ = reopened.send(bound);
            }
        }
        self.lasts.send_replace(false);
    }

    pub(super) fn add_port(&self, address: SocketAddr) -> Reopened {
        let (reopened, listeners) = mpsc::unbounded_channel();
        self.ports.lock().unwrap_or_else(PoisonError::into_inner).push(Port { address, reopened });
        Reopened { lasts: self.lasts.subscribe(), listeners }
    }
}

impl Reopened {
    /// Waits until an outage has begun.
    pub(super) async fn outage_begins(&mut self) {
        if self.lasts.wait_for(|lasts| *lasts).await.is_err() {
            pending().await
        }
    }

    /// Waits until it has ended, and listens again.
    pub(super) async fn outage_ends(&mut self, address: SocketAddr) -> TcpListener {
        if self.lasts.wait_for(|lasts| !*lasts).await.is_err() {
            return pending().await;
        }
        while let Ok(bound) = self.listeners.try_recv() {
            if bound.set_nonblocking(true).is_ok()
                && let Ok(listener) = TcpListener::from_std(bound)
            {
                return listener;
            }
        }
        loop {
            match TcpListener::bind(address).await {
                Ok(listener) => return listener,
                Err(_) => tokio::time::sleep(REBIND).await,
            }
        }
    }
}
