//! A gnome-keyring of the test's own, and what a person does to it.

use std::collections::HashMap;
use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, fdo::DBusProxy};

const NAME: &str = "org.freedesktop.secrets";
const SERVICE: &str = "/org/freedesktop/secrets";
const LOGIN: &str = "/org/freedesktop/secrets/collection/login";

/// Runs until it is dropped.
pub(crate) struct Daemon {
    process: Child,
    bus: Connection,
}

impl Daemon {
    /// Starts it as a login with this password does, and waits until it is on the bus.
    pub(crate) async fn start(password: &str) -> Self {
        Self::start_with(&["--unlock"], password).await
    }

    /// Starts it as nobody's login.
    pub(crate) async fn start_without_login() -> Self {
        Self::start_with(&[], "").await
    }

    async fn start_with(options: &[&str], password: &str) -> Self {
        let bus = Connection::session().await.unwrap();
        let names = DBusProxy::new(&bus).await.unwrap();
        let mut command = Command::new("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]).args(options);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut daemon = Self { process: command.spawn().expect("gnome-keyring is installed"), bus };
        daemon.process.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
        for _ in 0..1000 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let owner = names.get_connection_unix_process_id(NAME.try_into().unwrap()).await;
            if owner.is_ok_and(|owner| owner == daemon.process.id()) {
                return daemon;
            }
        }
        panic!("gnome-keyring is not on the bus after 20 s");
    }

    /// Ends it, and waits until the bus has forgotten it.
    pub(crate) async fn stop(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        let names = DBusProxy::new(&self.bus).await.unwrap();
        while names.name_has_owner(NAME.try_into().unwrap()).await.unwrap() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Keeps it from answering, as long as the test runs.
    pub(crate) fn freeze(&self) {
        let id = rustix::process::Pid::from_child(&self.process);
        rustix::process::kill_process(id, rustix::process::Signal::STOP).unwrap();
    }

    pub(crate) async fn lock(&self) {
        let objects = vec![ObjectPath::try_from(LOGIN).unwrap()];
        let interface = Some("org.freedesktop.Secret.Service");
        self.bus.call_method(Some(NAME), SERVICE, interface, "Lock", &(objects,)).await.unwrap();
        assert!(self.is_locked().await);
    }

    /// As a person who enters the password.
    pub(crate) async fn unlock(&self, password: &str) {
        let interface = Some("org.freedesktop.Secret.Service");
        let plain = ("plain", Value::from(""));
        let session =
            self.bus.call_method(Some(NAME), SERVICE, interface, "OpenSession", &plain).await.unwrap();
        let (_, session): (OwnedValue, OwnedObjectPath) = session.body().deserialize().unwrap();
        let secret = (session, Vec::<u8>::new(), password.as_bytes().to_vec(), "text/plain");
        let interface = Some("org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface");
        let arguments = (ObjectPath::try_from(LOGIN).unwrap(), secret);
        let method = "UnlockWithMasterPassword";
        self.bus.call_method(Some(NAME), SERVICE, interface, method, &arguments).await.unwrap();
        assert!(!self.is_locked().await);
    }

    /// The items of the collection, whoever they are of.
    pub(crate) async fn items(&self) -> usize {
        let items: Vec<OwnedObjectPath> = self.property("Items").await.try_into().unwrap();
        items.len()
    }

    async fn is_locked(&self) -> bool {
        self.property("Locked").await.try_into().unwrap()
    }

    async fn property(&self, property: &str) -> OwnedValue {
        let interface = Some("org.freedesktop.DBus.Properties");
        let arguments = ("org.freedesktop.Secret.Collection",);
        let reply = self.bus.call_method(Some(NAME), LOGIN, interface, "GetAll", &arguments).await.unwrap();
        let mut all: HashMap<String, OwnedValue> = reply.body().deserialize().unwrap();
        all.remove(property).unwrap()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
