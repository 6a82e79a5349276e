//! What the library makes of a folder after a power loss, with real files.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt, symlink};
use std::path::Path;
use std::time::SystemTime;

use leapp_core::CredentialSink;
use leapp_store_ini::{CredentialsFile, Document};

use super::disk::{Entry, State};
use super::judge::{Promise, without_writer};
use crate::changes::publish;

/// The number of a set that no history publishes.
const NEXT: u32 = 4_000_000_000;

/// Opens the file and updates it. Nothing of the interrupted update stays, and the next one works.
pub(crate) fn recover(state: &State, promise: &Promise, file: &str, profile: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    lay_out(state, folder.path());
    let sink =
        CredentialsFile::open(folder.path().join(file)).map_err(|e| format!("cannot be opened: {e}"))?;
    let temps = promise.temps().map(|temp| folder.path().join(temp));
    let is_left = || temps.iter().any(|temp| temp.symlink_metadata().is_ok());
    if is_left() {
        return Err("opening leaves a temporary file".to_owned());
    }

    let change = publish(profile, NEXT).unwrap();
    let before = state.content(&promise.target).map_or(&[][..], |content| &content.bytes);
    let after = Document::parse(before).with_changes(std::slice::from_ref(&change)).unwrap().to_bytes();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(sink.apply(&[change])).map_err(|e| format!("cannot be updated: {e}"))?;
    let target = folder.path().join(&promise.target);
    if !fs::read(&target).is_ok_and(|found| without_writer(&found) == without_writer(&after)) {
        return Err("the next update makes something else of it".to_owned());
    }
    let mode = fs::metadata(&target).unwrap().permissions().mode() & 0o777;
    let names = fs::read_dir(target.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name());
    if names.into_iter().any(|name| name.to_string_lossy().contains("rescued")) {
        return Err("something is rescued where nobody else wrote".to_owned());
    }
    match is_left() {
        true => Err("the next update leaves a temporary file".to_owned()),
        false if mode != 0o600 => Err(format!("the next update gives the mode {mode:o}")),
        false => Ok(()),
    }
}

fn lay_out(state: &State, folder: &Path) {
    // A folder's path comes before what is in it.
    for (path, entry) in &state.entries {
        let path = folder.join(path);
        match entry {
            Entry::File { mode, content } => {
                let mut options = OpenOptions::new();
                let mut file = options.write(true).create_new(true).mode(*mode).open(path).unwrap();
                file.write_all(&content.bytes).unwrap();
                // The power has been away for longer than any writer stalls.
                file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
            }
            Entry::Folder { mode } => DirBuilder::new().mode(*mode).create(path).unwrap(),
            Entry::Link(target) => symlink(target, path).unwrap(),
        }
    }
}
