//! Outages: while one lasts nobody listens, and when it ends the ports are open again at once.

use std::future::pending;
use std::net::{SocketAddr, TcpListener as Bound};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

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
    /// The server's, while there is one.
    reopened: Weak<Slot>,
}

/// A port that was opened again, until its server takes it over.
type Slot = Mutex<Option<Bound>>;

/// What a server hears of outages.
pub(super) struct Reopened {
    lasts: watch::Receiver<bool>,
    slot: Arc<Slot>,
}

impl Outage {
    pub(in crate::aws) fn new() -> Self {
        Self { lasts: watch::Sender::new(false), ports: Arc::default() }
    }

    pub(in crate::aws) fn lasts(&self) -> bool {
        *self.lasts.borrow()
    }

    /// What the last outage's end opened and no server has taken over is closed again: nobody would answer there.
    pub(in crate::aws) fn begin(&self) {
        let ports = held(&self.ports);
        self.lasts.send_replace(true);
        for slot in ports.iter().filter_map(|port| port.reopened.upgrade()) {
            held(&slot).take();
        }
    }

    /// Opens the ports before it says that the outage is over: who connects next, connects.
    pub(in crate::aws) fn end(&self) {
        let mut ports = held(&self.ports);
        ports.retain(|port| port.reopened.strong_count() > 0);
        for Port { address, reopened } in ports.iter() {
            // It fails where the server has not even closed it yet, which is as good.
            if let (Some(slot), Ok(bound)) = (reopened.upgrade(), Bound::bind(address)) {
                *held(&slot) = Some(bound);
            }
        }
        self.lasts.send_replace(false);
    }

    pub(super) fn add_port(&self, address: SocketAddr) -> Reopened {
        let slot = Arc::<Slot>::default();
        held(&self.ports).push(Port { address, reopened: Arc::downgrade(&slot) });
        Reopened { lasts: self.lasts.subscribe(), slot }
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
        let bound = held(&self.slot).take();
        if let Some(bound) = bound
            && bound.set_nonblocking(true).is_ok()
            && let Ok(listener) = TcpListener::from_std(bound)
        {
            return listener;
        }
        loop {
            match TcpListener::bind(address).await {
                Ok(listener) => return listener,
                Err(_) => tokio::time::sleep(REBIND).await,
            }
        }
    }
}
