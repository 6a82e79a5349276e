//! Debian packages that the outside checks and measurements need.

use std::path::Path;
use std::process::Command;

use crate::{Outcome, process};

/// A program that must work, and the packages that bring it.
pub(crate) struct Need {
    program: &'static str,
    arguments: &'static [&'static str],
    packages: &'static [&'static str],
}

/// For `cargo xtask test`.
pub(crate) const TESTS: &[Need] = &[
    Need { program: "cc", arguments: &["--version"], packages: &["gcc", "libc6-dev"] },
    // Debian's `venv` module is there without this package, but cannot put pip into an environment.
    Need {
        program: "python3",
        arguments: &["-c", "import ensurepip, venv"],
        packages: &["python3", "python3-venv"],
    },
    // Its first version would do for nothing that signs in: the second is what has `aws sso login`.
    Need {
        program: "sh",
        arguments: &["-c", "case $(/usr/bin/aws --version) in aws-cli/2.*) ;; *) exit 1 ;; esac"],
        packages: &["awscli"],
    },
    Need { program: "/usr/bin/chromium", arguments: &["--version"], packages: &["chromium"] },
    Need { program: "/usr/bin/xmlsec1", arguments: &["--version"], packages: &["xmlsec1"] },
    Need { program: "fish", arguments: &["--version"], packages: &["fish"] },
    // For simplesamlphp.
    Need {
        program: "/usr/bin/php",
        arguments: &["-r", "exit(extension_loaded('dom') && extension_loaded('mbstring') ? 0 : 1);"],
        packages: &["php-cli", "php-mbstring", "php-xml"],
    },
    // For the vault over a desktop's keychain.
    Need { program: "dbus-run-session", arguments: &["--version"], packages: &["dbus"] },
    Need { program: "gnome-keyring-daemon", arguments: &["--version"], packages: &["gnome-keyring"] },
    // For a file system that cannot do all that a disk's can.
    Need { program: "bindfs", arguments: &["--version"], packages: &["bindfs"] },
    Need { program: "fusermount3", arguments: &["--version"], packages: &["fuse3"] },
    Need { program: "ip", arguments: &["-V"], packages: &["iproute2"] },
    Need { program: "unshare", arguments: &["--version"], packages: &["util-linux"] },
    // For writers of the credentials file that fail at a chosen call.
    Need { program: "strace", arguments: &["--version"], packages: &["strace"] },
    Need { program: "prlimit", arguments: &["--version"], packages: &["util-linux"] },
];

/// For Windows and macOS: a toolchain that has the sources of its library, a linker, and Wine.
pub(crate) const OTHER_SYSTEMS: &[Need] = &[
    Need { program: "/usr/bin/rustc", arguments: &["--version"], packages: &["rustc-web"] },
    Need { program: "/usr/bin/cargo", arguments: &["--version"], packages: &["cargo-web"] },
    Need {
        program: "sh",
        arguments: &["-c", "test -f /usr/lib/rustlib/src/rust/library/std/Cargo.toml"],
        packages: &["rust-web-src"],
    },
    Need {
        program: "x86_64-w64-mingw32-gcc",
        arguments: &["--version"],
        packages: &["gcc-mingw-w64-x86-64"],
    },
    Need { program: "/usr/lib/wine/wine64", arguments: &["--version"], packages: &["wine", "wine64"] },
];

/// For `cargo xtask credentials-file` and the benches that `cargo xtask ci` runs once.
pub(crate) const CREDENTIALS_FILE: &[Need] = &[
    Need {
        program: "python3",
        arguments: &["-c", "import ensurepip, venv"],
        packages: &["python3", "python3-venv"],
    },
    Need {
        program: "/usr/bin/python3",
        arguments: &["-c", "import awscli.customizations.configure.writer"],
        packages: &["awscli"],
    },
];

/// For fuzzers: libFuzzer is built from its source.
pub(crate) const FUZZING: &[Need] =
    &[Need { program: "c++", arguments: &["--version"], packages: &["g++", "libc6-dev"] }];

/// For `cargo xtask servers`.
pub(crate) const SERVERS: &[Need] = &[
    // It ends badly whatever it is asked for but a run.
    Need { program: "sh", arguments: &["-c", "command -v wrk"], packages: &["wrk"] },
    Need { program: "taskset", arguments: &["--version"], packages: &["util-linux"] },
];

/// Installs the packages behind every program that does not work; asks apt for nothing when all do.
pub(crate) fn prepare(needs: &[Need]) -> Outcome<()> {
    let missing = missing(needs);
    if missing.is_empty() {
        return Ok(());
    }
    println!("installing {}", missing.join(" "));
    process::run(&mut apt_get(&missing, &["update", "-q"])?)?;
    let install = [&["install", "-q", "-y", "--no-install-recommends"], missing.as_slice()].concat();
    process::run(&mut apt_get(&missing, &install)?)?;
    match self::missing(needs) {
        still if still.is_empty() => Ok(()),
        still => Err(format!("{} is installed and what it brings still does not work", still.join(" "))),
    }
}

/// Puts a package's file into a folder, and installs nothing.
pub(crate) fn download(package: &str, folder: &Path) -> Outcome<()> {
    // Who only reads needs to be nobody in particular.
    let download = || {
        let mut command = Command::new("apt-get");
        command.args(["download", "-q", package]).current_dir(folder);
        process::run(&mut command)
    };
    download().or_else(|_| {
        // A system that was made small does not know what there is.
        process::run(&mut apt_get(&[package], &["update", "-q"])?)?;
        download()
    })
}

fn missing(needs: &[Need]) -> Vec<&'static str> {
    let unmet =
        needs.iter().filter(|need| !process::succeeds(Command::new(need.program).args(need.arguments)));
    unmet.flat_map(|need| need.packages).copied().collect()
}

fn apt_get(packages: &[&str], arguments: &[&str]) -> Outcome<Command> {
    let unable = |why: &str| format!("{why}; install these packages: {}", packages.join(" "));
    if !process::succeeds(Command::new("apt-get").arg("--version")) {
        return Err(unable("there is no apt-get here"));
    }
    let is_root = process::output(Command::new("id").arg("-u"))?.trim() == "0";
    let mut command = if is_root {
        Command::new("apt-get")
    } else if process::succeeds(Command::new("sudo").args(["-n", "true"])) {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "apt-get"]);
        sudo
    } else {
        return Err(unable("neither root nor able to use sudo"));
    };
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    Ok(command)
}
