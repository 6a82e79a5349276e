//! Outages: while one lasts nobody listens, and when it ends the ports are open again at once.

use std::future::pending;
use std::net::{SocketAddr, TcpListener as Bound};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

use super::port::{Port, listening};

/// Before a port is tried again that does not open.
const AGAIN: Duration = Duration::from_millis(20);

/// Whether there is an outage, and the ports that it closes.
#[derive(Clone, Debug)]
pub(in crate::aws) struct Outage {
    lasts: watch::Sender<bool>,
    /// The servers'. Who holds this lock opens and closes.
    doors: Arc<Mutex<Vec<Weak<Mutex<Door>>>>>,
}

/// A server's port, and who listens there.
#[derive(Debug)]
struct Door {
    port: Port,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Nobody listens.
    Closed,
    /// The server does.
    Open,
    /// Opened again; the server has not taken it over yet.
    Reopened(Bound),
}

/// What a server hears of outages.
pub(super) struct Watched {
    outage: Outage,
    lasts: watch::Receiver<bool>,
    door: Arc<Mutex<Door>>,
    address: SocketAddr,
}

impl Outage {
    pub(in crate::aws) fn new() -> Self {
        Self { lasts: watch::Sender::new(false), doors: Arc::default() }
    }

    pub(in crate::aws) fn lasts(&self) -> bool {
        *self.lasts.borrow()
    }

    /// What the last outage's end opened and no server has taken over is closed again: nobody would answer there.
    pub(in crate::aws) fn begin(&self) {
        let doors = held(&self.doors);
        self.lasts.send_replace(true);
        for door in doors.iter().filter_map(Weak::upgrade) {
            let state = &mut held(&door).state;
            if matches!(state, State::Reopened(_)) {
                *state = State::Closed;
            }
        }
    }

    /// Opens the ports before it says that the outage is over: who connects next, connects.
    pub(in crate::aws) fn end(&self) {
        let mut doors = held(&self.doors);
        doors.retain(|door| door.strong_count() > 0);
        for door in doors.iter().filter_map(Weak::upgrade) {
            held(&door).reopen();
        }
        self.lasts.send_replace(false);
    }

    pub(super) fn watch(&self, port: Port) -> Watched {
        let address = port.address();
        let door = Arc::new(Mutex::new(Door { port, state: State::Open }));
        held(&self.doors).push(Arc::downgrade(&door));
        Watched { outage: self.clone(), lasts: self.lasts.subscribe(), door, address }
    }
}

impl Door {
    fn reopen(&mut self) {
        if !matches!(self.state, State::Closed) {
            return;
        }
        match self.port.listen() {
            Ok(bound) => self.state = State::Reopened(bound),
            Err(error) => {
                let address = self.port.address();
                tracing::error!(%address, %error, "the port does not open again after the outage");
            }
        }
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watched {
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until an outage has begun.
    pub(super) async fn outage_begins(&mut self) {
        if self.lasts.wait_for(|lasts| *lasts).await.is_err() {
            pending().await
        }
    }

    /// Closes the port until the outage has ended, and listens again.
    pub(super) async fn close(&mut self, listener: TcpListener) -> TcpListener {
        {
            let _doors = held(&self.outage.doors);
            if !self.outage.lasts() {
                // It is over already, and nobody noticed.
                return listener;
            }
            drop(listener);
            held(&self.door).state = State::Closed;
        }
        loop {
            if self.lasts.wait_for(|lasts| !*lasts).await.is_err() {
                return pending().await;
            }
            if let Some(listener) = self.reopened() {
                return listener;
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// The listener, unless the next outage has begun.
    fn reopened(&self) -> Option<TcpListener> {
        let _doors = held(&self.outage.doors);
        if self.outage.lasts() {
            return None;
        }
        let mut door = held(&self.door);
        door.reopen();
        match std::mem::replace(&mut door.state, State::Closed) {
            State::Reopened(bound) => {
                let listener = listening(bound).ok()?;
                door.state = State::Open;
                Some(listener)
            }
            State::Closed | State::Open => None,
        }
    }
}
