//! What a killed process left beside the file.
//!
//! Half a text is nobody's. A complete one may be our new text, which never took its place, or the file that it displaced: and
//! if another program had changed that one in the last moment, its change is in there and nowhere else.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use leapp_core::Error;

use super::temp::{self, remove};
use super::{FileBytes, reading};
use crate::fault;
use crate::place::Place;
use crate::platform;

/// As many rescued texts may lie beside the file.
const MOST: usize = 10_000;

/// Removes what was left. What somebody else wrote there, and is not in the file, is kept in a file of its own, whose path is given.
/// `others` gives what of a text is not ours.
///
/// The caller holds the lock.
pub(crate) fn recover(place: &Place, others: &dyn Fn(&[u8]) -> FileBytes) -> Result<Vec<PathBuf>, Error> {
    remove(&place.temp)?;
    let mut rescued = Vec::new();
    for left in [&place.ready, &place.aside] {
        rescued.extend(rescue(left, place, others)?);
        remove(left)?;
    }
    Ok(rescued)
}

fn rescue(left: &Path, place: &Place, others: &dyn Fn(&[u8]) -> FileBytes) -> Result<Option<PathBuf>, Error> {
    // A folder in its place, or a link, is not what we left.
    if !left.symlink_metadata().is_ok_and(|metadata| metadata.is_file()) {
        return Ok(None);
    }
    let theirs = others(&reading::read(left)?.bytes);
    if theirs.is_empty() || theirs == others(&reading::read(&place.target)?.bytes) {
        return Ok(None);
    }
    let (path, mut file) = free_file(place)?;
    let written = file.write_all(&theirs).and_then(|()| file.sync_all());
    // Its name, too, has to outlast the power before the only other copy goes.
    let written = written.and_then(|()| platform::sync_folder(&place.folder));
    written.map_err(|e| fault::io("write", &path, e))?;
    Ok(Some(path))
}

fn free_file(place: &Place) -> Result<(PathBuf, File), Error> {
    let mut taken = None;
    for path in (1..=MOST).map(|number| place.rescued(number)) {
        match temp::create(&path) {
            Ok(file) => return Ok((path, file)),
            Err(e) => taken = Some(fault::io("create", &path, e)),
        }
    }
    Err(taken.unwrap_or_else(|| fault::unfit(&place.target, "has no name beside it")))
}
