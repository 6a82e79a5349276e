//! What another program of the same person can see of a process that has closed its memory.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a failed test says where")]

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use leapp_vault::{Shield, shield_process};

/// Whoever is nobody has no power over other processes of theirs but what the system gives to everybody.
const NOBODY: &str = "65534";

/// A process of an ordinary person: root, as in a container, would be let in everywhere.
fn as_a_person(program: &str) -> Command {
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    if !is_root {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", program]);
    command
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a process that does as it is told and stays; gives what it says of itself.
fn started(told: &str) -> (Running, String) {
    // Where everybody may read it.
    let folder =
        tempfile::Builder::new().permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755)).tempdir();
    let folder = folder.unwrap();
    let program = folder.path().join("process");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let mut child = as_a_person(program.to_str().unwrap())
        .args(["--exact", "shielded_process", "--ignored", "--nocapture", "--quiet"])
        .env("TOLD", told)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let said = lines.find_map(|line| line.unwrap().strip_prefix("shield: ").map(str::to_owned));
    (Running(child), said.unwrap())
}

#[test]
#[ignore = "the body of a process that other tests start"]
#[expect(clippy::disallowed_methods, reason = "a child process is told by its environment what to do")]
fn shielded_process() {
    let shield = (std::env::var("TOLD").as_deref() == Ok("shield")).then(|| shield_process().unwrap());
    println!("\nshield: {}", shield.map(|shield: Shield| format!("{shield:?}")).unwrap_or_default());
    std::io::stdout().flush().unwrap();
    let _ = std::io::stdin().read_line(&mut String::new());
}

fn reads(path: &str) -> bool {
    as_a_person("cat").arg(path).output().unwrap().status.success()
}

#[test]
fn a_shielded_process_shows_nobody_its_memory_and_leaves_no_core_file() {
    let (open, said) = started("nothing");
    let of = |child: &Running, name: &str| format!("/proc/{}/{name}", child.0.id());
    assert_eq!(said, "");
    assert!(reads(&of(&open, "environ")), "the neighbour that is not shielded can be read");

    let (shielded, said) = started("shield");
    assert_eq!(said, "Shield { no_core_dumps: true, no_tracing: true }");
    for name in ["environ", "maps", "auxv"] {
        assert!(!reads(&of(&shielded, name)), "{name}");
    }
    let limits = std::fs::read_to_string(of(&shielded, "limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().collect::<Vec<_>>()[4..6], ["0", "0"], "{core}");
}
