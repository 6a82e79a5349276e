//! A test's own home and session bus. A bus is found by a variable, which belongs to a process: so the test is run
//! again in a process that was told another one.
#![expect(clippy::disallowed_methods, reason = "a test of what the environment says has to set it")]

use std::fs;
use std::future::Future;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the process that was told has its home.
const HOME: &str = "LEAPP_VAULT_TEST_HOME";

/// The session bus that a test has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bus {
    /// One that starts what is asked for, as a desktop's does.
    Desktop,
    None,
    /// One on which nobody offers anything.
    WithoutServices,
}

/// The throw-away home of a test.
#[derive(Clone, Debug)]
pub(crate) struct Home(PathBuf);

impl Home {
    /// The collection that the daemon calls `login`.
    pub(crate) fn keyring(&self) -> PathBuf {
        self.0.join("data/keyrings/login.keyring")
    }
}

/// Runs the body of a test, `module_path!()` and its name, where the bus is this one. On one thread, as the least of hosts.
pub(crate) fn run<F: Future<Output = ()>>(module: &str, test: &str, bus: Bus, body: impl FnOnce(Home) -> F) {
    if let Some(home) = std::env::var_os(HOME) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        return runtime.block_on(body(Home(home.into())));
    }
    again(module, test, bus);
}

/// Runs a test again, which then finds that it is [there](is_inside).
pub(crate) fn again(module: &str, test: &str, bus: Bus) {
    let home = tempfile::tempdir().unwrap();
    for folder in ["data/keyrings", "run", "config", "cache"] {
        fs::create_dir_all(home.path().join(folder)).unwrap();
        fs::set_permissions(home.path().join(folder), fs::Permissions::from_mode(0o700)).unwrap();
    }
    let (_, module) = module.split_once("::").unwrap();
    let mut command = command(bus, home.path());
    command.args(["--exact", &format!("{module}::{test}"), "--nocapture", "--test-threads=1"]);
    command.env(HOME, home.path()).env("HOME", home.path());
    for (variable, folder) in
        [("DATA_HOME", "data"), ("RUNTIME_DIR", "run"), ("CONFIG_HOME", "config"), ("CACHE_HOME", "cache")]
    {
        command.env(format!("XDG_{variable}"), home.path().join(folder));
    }
    for variable in ["DISPLAY", "WAYLAND_DISPLAY", "GNOME_KEYRING_CONTROL", "SSH_AUTH_SOCK"] {
        command.env_remove(variable);
    }
    let output = command.output().expect("dbus-run-session is there");
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}\n{complained}");
}

pub(crate) fn is_inside() -> bool {
    std::env::var_os(HOME).is_some()
}

fn command(bus: Bus, home: &Path) -> Command {
    let program = std::env::current_exe().unwrap();
    let mut session = Command::new("dbus-run-session");
    match bus {
        Bus::Desktop => session.arg("--").arg(program),
        Bus::WithoutServices => {
            let file = home.join("bus.conf");
            fs::write(&file, WITHOUT_SERVICES).unwrap();
            session.arg("--config-file").arg(file).arg("--").arg(program)
        }
        Bus::None => {
            session = Command::new(program);
            session.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}/no-bus", home.display()))
        }
    };
    session
}

const WITHOUT_SERVICES: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;
