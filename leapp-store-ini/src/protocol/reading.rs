//! Reading a file that others may be writing.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;
use std::time::Duration;

use leapp_core::Error;
use zeroize::Zeroizing;

use crate::platform::{self, Owner};
use crate::{FileBytes, fault};

const PAUSE: Duration = Duration::from_millis(5);

/// How many looks must agree before a file that seems cut short is believed.
const AGREEING_LOOKS: usize = 3;

/// No writer keeps a file in motion longer than this many looks.
const MAX_LOOKS: usize = 400;

/// A writer that truncates in place may stall before it writes; the truncation gave the file a new time. One this old is
/// over, as far as anybody can tell.
const STALL: Duration = Duration::from_secs(1);

/// What a file held, and whose it is: `None` when there is no such file. It is closed again, to be in nobody's way.
pub(super) struct Current {
    pub(super) owner: Option<Owner>,
    pub(super) bytes: FileBytes,
}

/// What a file holds, and the file itself, which stays readable when another takes its name.
pub(super) struct Reading {
    /// `None` when there is no such file; it reads as an empty one.
    pub(super) file: Option<File>,
    pub(super) bytes: FileBytes,
}

pub(super) fn read(path: &Path) -> Result<Reading, Error> {
    let mut file = match platform::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            return Ok(Reading { file: None, bytes: FileBytes::default() });
        }
        Err(e) => return Err(fault::io("open", path, e)),
    };
    let bytes = contents(&mut file).map_err(|e| fault::io("read", path, e))?;
    Ok(Reading { file: Some(file), bytes })
}

/// Reads a file, and once more and again while it looks as if another program were just writing it.
pub(super) fn settled(path: &Path, known_len: usize, pause: &dyn Fn(Duration)) -> Result<Current, Error> {
    let mut reading = read(path)?;
    let mut agreeing = 0;
    for _ in 0..MAX_LOOKS {
        if !is_suspect(&reading, known_len) || (agreeing >= AGREEING_LOOKS && is_old(&reading)) {
            break;
        }
        drop(reading.file.take());
        pause(PAUSE);
        let again = read(path)?;
        agreeing = if again.bytes == reading.bytes { agreeing + 1 } else { 0 };
        reading = again;
    }
    let owner = reading.file.as_ref().map(Owner::of).transpose();
    Ok(Current { owner: owner.map_err(|e| fault::io("look at", path, e))?, bytes: reading.bytes })
}

/// What an open file holds when that is no longer `before`, and no longer changes.
pub(super) fn changed(file: &mut File, before: &[u8], pause: &dyn Fn(Duration)) -> Option<FileBytes> {
    let mut bytes = contents(file).ok().filter(|bytes| bytes.as_slice() != before)?;
    let mut agreeing = 0;
    for _ in 0..MAX_LOOKS {
        if agreeing == AGREEING_LOOKS {
            break;
        }
        pause(PAUSE);
        let again = contents(file).ok()?;
        agreeing = if again == bytes { agreeing + 1 } else { 0 };
        bytes = again;
    }
    Some(bytes)
}

fn is_old(reading: &Reading) -> bool {
    let changed = reading.file.as_ref().and_then(|file| file.metadata().ok()?.modified().ok());
    changed.is_none_or(|at| at.elapsed().is_ok_and(|age| age >= STALL))
}

/// A file that never was there is not suspect: if somebody makes it now, ours does not take its name.
fn is_suspect(reading: &Reading, known_len: usize) -> bool {
    let is_empty_file = reading.file.is_some() && reading.bytes.is_empty();
    let is_cut = reading.bytes.last().is_some_and(|byte| *byte != b'\n');
    is_empty_file || is_cut || reading.bytes.len() < known_len
}

/// Room for all of the file is made at first, and anew when it grows meanwhile: memory that grows leaves a half-read secret behind.
pub(super) fn contents(file: &mut File) -> io::Result<FileBytes> {
    let size = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    let mut room = size.saturating_add(64);
    loop {
        file.rewind()?;
        let mut bytes = Zeroizing::new(Vec::new());
        // A file may say that it is larger than any memory.
        bytes.try_reserve_exact(room).map_err(|_| io::ErrorKind::OutOfMemory)?;
        bytes.resize(room, 0);
        let len = fill(file, &mut bytes)?;
        if len < room {
            bytes.truncate(len);
            return Ok(bytes.into());
        }
        room = room.saturating_mul(2);
    }
}

/// Reads until the end of the file or of the room.
fn fill(file: &mut File, room: &mut [u8]) -> io::Result<usize> {
    let mut len = 0;
    while len < room.len() {
        match file.read(&mut room[len..]) {
            Ok(0) => break,
            Ok(count) => len += count,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(len)
}
