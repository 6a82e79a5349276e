//! The credentials file on a file system that cannot exchange two files: `bindfs`, which shows a folder through FUSE.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tally::Tally;
use crate::workspace::Workspace;
use crate::{Outcome, process, test};

/// The kernel's number of FUSE.
const NUMBER: &str = "65735546";

/// A folder that is shown through FUSE until this is dropped.
struct Mount {
    folder: PathBuf,
}

/// What the kernel has where it has FUSE.
const DEVICE: &str = "/dev/fuse";

/// Runs tests whose temporary folders are on FUSE. A kernel that has none is told of; else what does not work is a failure.
pub(crate) fn run(workspace: &Workspace, tests: &mut Command) -> Outcome<Tally> {
    println!("the tests of the credentials file once more, on FUSE");
    if !Path::new(DEVICE).exists() {
        println!("skipped: this machine has no {DEVICE}");
        let mut tally = Tally::default();
        tally.skip();
        return Ok(tally);
    }
    match Mount::new(&workspace.target.join("fuse")) {
        Ok(mount) => test::summed(tests.env("TMPDIR", &mount.folder)),
        Err(reason) => {
            println!("{reason}; counted as one failure");
            let mut tally = Tally::default();
            tally.count(false);
            Ok(tally)
        }
    }
}

impl Mount {
    fn new(parent: &Path) -> Outcome<Self> {
        let (behind, folder) = (parent.join("behind"), parent.join("shown"));
        // What a killed run left.
        unmount(&folder);
        for folder in [&behind, &folder] {
            fs::create_dir_all(folder).map_err(|e| format!("creating {}: {e}", folder.display()))?;
        }
        process::run(Command::new("bindfs").arg("--no-allow-other").args([&behind, &folder]))?;
        let mount = Self { folder };
        let stat = process::output(Command::new("stat").args(["-f", "-c", "%t"]).arg(&mount.folder))?;
        if stat.trim() == NUMBER { Ok(mount) } else { Err("bindfs has mounted nothing".to_owned()) }
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        unmount(&self.folder);
    }
}

fn unmount(folder: &Path) {
    process::succeeds(Command::new("fusermount3").args(["-u", "-q"]).arg(folder));
}
