//! SimpleSAMLphp, an identity provider: the pages of Debian's package.
//!
//! They are taken out of the package, which is not installed: it wants a web server beside it, and Debian's would start at
//! once and answer the whole network.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::workspace::Workspace;
use crate::{Outcome, packages, process};

const PACKAGE: &str = "simplesamlphp";
/// Where the package has them.
const PLACE: &str = "usr/share/simplesamlphp";

/// Makes `target/interop-simplesamlphp`, unless it is there or the package is installed, and gives the path of its pages,
/// libraries and modules.
pub(crate) fn prepare(workspace: &Workspace) -> Outcome<PathBuf> {
    let installed = Path::new("/").join(PLACE);
    if installed.is_dir() {
        return Ok(installed);
    }
    let folder = workspace.target.join("interop-simplesamlphp");
    if folder.join(PLACE).is_dir() {
        return Ok(folder.join(PLACE));
    }
    println!("making {} from Debian's {PACKAGE}", folder.display());
    let unfinished = workspace.target.join("interop-simplesamlphp.unfinished");
    let failed = |what: &str, e: std::io::Error| format!("{what} {}: {e}", unfinished.display());
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(|e| failed("removing", e))?;
    }
    fs::create_dir_all(&unfinished).map_err(|e| failed("making", e))?;
    packages::download(PACKAGE, &unfinished)?;
    process::run(Command::new("dpkg-deb").arg("--extract").arg(downloaded(&unfinished)?).arg(&unfinished))?;
    if !unfinished.join(PLACE).is_dir() {
        return Err(format!("there is no {PLACE} in {PACKAGE}"));
    }
    // Under its name there is all of it or nothing.
    fs::rename(&unfinished, &folder).map_err(|e| failed("renaming", e))?;
    Ok(folder.join(PLACE))
}

fn downloaded(folder: &Path) -> Outcome<PathBuf> {
    let entries = fs::read_dir(folder).map_err(|e| format!("reading {}: {e}", folder.display()))?;
    let mut files = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let package = files.find(|file| file.extension().is_some_and(|extension| extension == "deb"));
    package.ok_or_else(|| format!("apt-get left no package in {}", folder.display()))
}
