//! Reading a file that others write.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

const PAUSE: Duration = Duration::from_millis(5);
const LOOKS: usize = 400;
const AGREEING: usize = 3;
const STALL: Duration = Duration::from_secs(1);

/// A file that stays readable when another takes its name; none reads as an empty one.
pub(crate) struct Reading {
    pub(crate) file: Option<File>,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) fn read(path: &Path) -> io::Result<Reading> {
    let mut file = match File::open(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            return Ok(Reading { file: None, bytes: Vec::new() });
        }
        opened => opened?,
    };
    let bytes = contents(&mut file)?;
    Ok(Reading { file: Some(file), bytes })
}

/// Reads until the file does not look as if it were being written.
pub(crate) fn settled(path: &Path, known_len: usize) -> io::Result<Reading> {
    let mut reading = read(path)?;
    let mut agreeing = 0;
    for _ in 0..LOOKS {
        if !is_suspect(&reading, known_len) || agreeing >= AGREEING && is_old(&reading) {
            break;
        }
        sleep(PAUSE);
        let again = read(path)?;
        agreeing = if again.bytes == reading.bytes { agreeing + 1 } else { 0 };
        reading = again;
    }
    Ok(reading)
}

/// What a displaced file holds when a slow writer has changed it, and is done.
pub(crate) fn changed(file: &mut File, before: &[u8]) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = contents(file)?;
    let mut agreeing = 0;
    while bytes != before && agreeing < AGREEING {
        sleep(PAUSE);
        let again = contents(file)?;
        agreeing = if again == bytes { agreeing + 1 } else { 0 };
        bytes = again;
    }
    Ok(Some(bytes).filter(|bytes| bytes != before))
}

fn contents(file: &mut File) -> io::Result<Vec<u8>> {
    file.rewind()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn is_suspect(reading: &Reading, known_len: usize) -> bool {
    let is_cut = !reading.bytes.ends_with(b"\n");
    reading.file.is_some() && is_cut || reading.bytes.len() < known_len
}

fn is_old(reading: &Reading) -> bool {
    let modified = reading.file.as_ref().and_then(|file| file.metadata().ok()?.modified().ok());
    modified.is_none_or(|at| at.elapsed().is_ok_and(|age| age >= STALL))
}
