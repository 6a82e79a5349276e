//! How a file is read and replaced: no reader sees half of it, and a killed writer leaves the old one or the new one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use leapp_core::{Error, ErrorKind};

use super::lock::Lock;
use super::place::Place;
use super::{fault, rights};

/// A file of at most so many bytes; `None` when there is none.
pub(super) fn read(
    path: &Path,
    most: usize,
    too_large: impl Fn() -> Error,
) -> Result<Option<Vec<u8>>, Error> {
    let failed = |e| fault::io("read", path, e);
    let file = match rights::open_regular(OpenOptions::new().read(true), path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(fault::io("open", path, e)),
    };
    let length = usize::try_from(file.metadata().map_err(failed)?.len()).unwrap_or(usize::MAX);
    if length > most {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(length.saturating_add(1));
    // One byte more than allowed tells a file that grows meanwhile.
    let bound = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    file.take(bound).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > most { Err(too_large()) } else { Ok(Some(bytes)) }
}

/// Refuses a file whose owner took the right to write away: replacing it would get around that.
pub(super) fn check_writable(place: &Place) -> Result<(), Error> {
    match fs::metadata(&place.target) {
        Ok(metadata) if metadata.permissions().readonly() => {
            let message = format!("cannot write `{}`: it is read-only", place.target.display());
            Err(Error::new(ErrorKind::Unavailable, message))
        }
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(fault::io("look at", &place.target, e)),
        _ => Ok(()),
    }
}

/// Replaces the sealed file, durably. The caller holds the lock.
pub(super) fn replace_file(place: &Place, bytes: &[u8]) -> Result<(), Error> {
    replace(place, &place.target, bytes, File::sync_all)?;
    rights::sync_folder(&place.folder).map_err(|e| fault::io("sync the folder", &place.folder, e))
}

/// Replaces the record beside it, and syncs nothing: the file itself is durable by now. After a power loss the record may be an
/// earlier one, or empty.
pub(super) fn replace_record(place: &Place, bytes: &[u8]) -> Result<(), Error> {
    replace(place, &place.record, bytes, |_| Ok(()))
}

/// Removes a file that may be there.
pub(super) fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(fault::io("remove", path, e)),
        _ => Ok(()),
    }
}

/// Removes what a killed process left, unless another one is writing just now and does so itself.
pub(super) fn sweep(place: &Place) -> Result<(), Error> {
    // Asked first: there may be no right to write here, and nothing to be done.
    if fs::symlink_metadata(&place.temp).is_ok()
        && let Some(_lock) = Lock::try_acquire(place)?
    {
        remove(&place.temp)?;
    }
    Ok(())
}

/// After a failed `fsync` the system may have dropped what it could not write: the temporary file is given up.
fn replace(
    place: &Place,
    target: &Path,
    bytes: &[u8],
    sync: fn(&File) -> io::Result<()>,
) -> Result<(), Error> {
    remove(&place.temp)?;
    let written = write_temp(place, bytes, sync)
        .and_then(|()| rights::rename(&place.temp, target).map_err(|e| fault::io("replace", target, e)));
    if written.is_err() {
        // Nothing more to tell anybody: what stays is swept by the next write or the next open.
        let _ = fs::remove_file(&place.temp);
    }
    written
}

fn write_temp(place: &Place, bytes: &[u8], sync: fn(&File) -> io::Result<()>) -> Result<(), Error> {
    let temp = place.temp.as_path();
    let mut file = rights::for_owner_only(OpenOptions::new().write(true).create_new(true))
        .open(temp)
        .map_err(|e| fault::io("create", temp, e))?;
    // Also of the record: root leaves nothing that the file's owner cannot read.
    rights::keep_owner(&file, &place.target).map_err(|e| fault::io("keep the owner of", &place.target, e))?;
    file.write_all(bytes).map_err(|e| fault::io("write", temp, e))?;
    sync(&file).map_err(|e| fault::io("sync", temp, e))
}
