//! Where files cannot be exchanged: the file is looked at once more, then replaced.

use std::fs::{self, File};
use std::io;

use leapp_core::Error;

use super::reading;
use super::swap::Swap;
use super::temp::Temp;
use crate::fault;
use crate::place::Place;
use crate::platform::{self, BETWEEN_TRIES, Hold, TRIES};

/// Replaces the file durably. `None` when another program came between, and nothing was changed.
///
/// A program that has the file open may be in the way, and may change the file before it goes out of it: before every try, the
/// file is looked at anew.
pub(super) fn run(swap: &Swap<'_>, temp: &Temp<'_>) -> Result<Option<Option<File>>, Error> {
    let target = &swap.place().target;
    let mut hold = None;
    let mut tries = 1;
    loop {
        if reading::read(target)?.bytes != swap.current.bytes {
            return Ok(None);
        }
        match attempt(swap.place(), temp, &mut hold) {
            Ok(displaced) => return finish(swap, displaced),
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) if tries < TRIES && platform::is_in_use(&e) => (swap.protocol.pause)(BETWEEN_TRIES),
            Err(e) => return Err(fault::io("replace", target, e)),
        }
        tries += 1;
    }
}

/// Takes hold of the file, if an earlier try has not: what is changed from then on is found in what was displaced.
fn attempt(place: &Place, temp: &Temp<'_>, hold: &mut Option<Hold>) -> io::Result<Option<File>> {
    if hold.is_none() {
        *hold = Some(Hold::take(&place.target, &place.aside)?);
    }
    fs::rename(temp.path, &place.target)?;
    Ok(hold.take().and_then(Hold::release))
}

fn finish(swap: &Swap<'_>, displaced: Option<File>) -> Result<Option<Option<File>>, Error> {
    let Place { target, folder, .. } = swap.place();
    if let Err(e) = platform::sync_folder(folder) {
        let before = Temp::write(swap.protocol, swap.current.owner.as_ref(), &swap.current.bytes)?;
        fs::rename(before.path, target).map_err(|e| fault::io("take back", target, e))?;
        return Err(fault::io("sync the folder", folder, e));
    }
    Ok(Some(displaced))
}
