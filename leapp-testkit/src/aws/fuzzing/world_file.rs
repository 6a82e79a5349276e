//! World files.

use super::clock;
use crate::aws::WorldFile;

/// A world file: one that is accepted is made, any other one is refused with the place of its fault.
pub fn world_file(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    match WorldFile::parse("w", text) {
        Ok(file) => drop(file.make(clock())),
        Err(error) => {
            let error = error.to_string();
            assert!(error.starts_with("w, line "), "{error}");
        }
    }
}
