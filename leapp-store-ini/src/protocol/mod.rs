//! How the file is replaced: no reader sees half of it, no other writer's change is lost.
//!
//! 1. Read the file (again, until it holds still, when it looks cut short: other tools truncate it and write in place).
//! 2. Write the new text to a temporary file beside it, for the owner only, and `fsync` it.
//!    A complete one gets a second name: under the first is only ever half a text, which a killed process leaves.
//! 3. Exchange the two. What was displaced is what was read, or else another program wrote in between: put it back, start over.
//! 4. `fsync` the folder, remove the displaced file, but keep it open.
//! 5. Look twice more: a slow writer may have finished in the displaced file, or have overwritten the new one. Then merge.
//!
//! Where a system cannot exchange files, the file is looked at once more and then renamed over. What is lost there is a file that
//! another program renames into the place in between; one that it changes in place is seen afterwards, as above.
//!
//! What a process that is killed in between leaves is looked at by the next one, before it is removed: `recovery.rs`.
//!
//! Among users of this library the lock makes all this unnecessary. Other tools take no lock.

mod reading;
mod recovery;
mod replacing;
mod swap;
mod temp;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use leapp_core::{Error, ErrorKind};

use crate::FileBytes;
use crate::place::Place;
use reading::Current;
use swap::Swap;

pub(crate) use recovery::recover;

/// The text of the file once it holds still.
pub(crate) fn settled(place: &Place, known_len: usize) -> Result<FileBytes, Error> {
    reading::settled(&place.target, known_len, &sleep).map(|reading| reading.bytes)
}

/// How often another program may get in between before we give up.
const MAX_ROUNDS: usize = 16;

/// When to look whether the change is still there: 5 and 20 milliseconds after it.
const LOOKS: [Duration; 2] = [Duration::from_millis(5), Duration::from_millis(15)];

/// One replacement of the file at a place. The caller holds the lock.
pub(crate) struct Protocol<'a> {
    place: &'a Place,
    create_temp: &'a dyn Fn(&Path) -> io::Result<File>,
    can_exchange: bool,
    pause: &'a dyn Fn(Duration),
}

/// What a writer left in a file that we had displaced already, and the text we displaced it with.
struct Late {
    bytes: FileBytes,
    by: FileBytes,
}

/// What another program did after our change.
enum Seen {
    Nothing,
    Late(FileBytes),
    Overwritten,
}

impl<'a> Protocol<'a> {
    pub(crate) fn new(place: &'a Place) -> Self {
        Self { place, create_temp: &temp::create, can_exchange: true, pause: &sleep }
    }

    /// Replaces the text by its edited form, and returns the length of the file. A text that `edit` leaves as it is is not written.
    ///
    /// `known_len` is how long the file was when it was last seen: a shorter one may be a file that is being written.
    pub(crate) fn replace(
        &self,
        known_len: usize,
        edit: &dyn Fn(&[u8]) -> Result<FileBytes, Error>,
    ) -> Result<usize, Error> {
        let mut known_len = known_len;
        let mut late = None;
        for _ in 0..MAX_ROUNDS {
            let current = reading::settled(&self.place.target, known_len, self.pause)?;
            let (next, verdict) = next(&current, late.take(), edit)?;
            if next == current.bytes {
                return verdict.map(|()| next.len());
            }
            known_len = current.bytes.len();
            let Some(displaced) = (Swap { protocol: self, current: &current, next: &next }).run()? else {
                continue;
            };
            verdict?;
            match self.look(displaced, &current.bytes, &next, edit) {
                Seen::Nothing => return Ok(next.len()),
                Seen::Overwritten => known_len = next.len(),
                Seen::Late(bytes) => late = Some(Late { bytes, by: next }),
            }
        }
        let message = format!("other programs keep writing `{}`", self.place.target.display());
        Err(Error::new(ErrorKind::Busy, message))
    }

    /// Looks after a change that is durable: nothing here is an error any more.
    fn look(
        &self,
        mut displaced: Option<File>,
        before: &[u8],
        after: &[u8],
        edit: &dyn Fn(&[u8]) -> Result<FileBytes, Error>,
    ) -> Seen {
        for pause in LOOKS {
            (self.pause)(pause);
            if let Some(bytes) =
                displaced.as_mut().and_then(|file| reading::changed(file, before, self.pause))
            {
                return Seen::Late(bytes);
            }
            if reading::read(&self.place.target).is_ok_and(|now| is_lost(&now.bytes, after, edit)) {
                return Seen::Overwritten;
            }
        }
        Seen::Nothing
    }
}

/// True when our change is not in the text any more. When it is refused there, somebody made the profile theirs after
/// us, and theirs it is.
fn is_lost(now: &[u8], after: &[u8], edit: &dyn Fn(&[u8]) -> Result<FileBytes, Error>) -> bool {
    now != after && edit(now).is_ok_and(|again| again.as_slice() != now)
}

/// The text to write, and what to tell the caller after it is written.
///
/// A late writer's text counts as if it had come before ours. When our change is refused there, it stands as it is.
fn next(
    current: &Current,
    late: Option<Late>,
    edit: &dyn Fn(&[u8]) -> Result<FileBytes, Error>,
) -> Result<(FileBytes, Result<(), Error>), Error> {
    match late {
        Some(late) if late.by == current.bytes => match edit(&late.bytes) {
            Ok(next) => Ok((next, Ok(()))),
            Err(refusal) => Ok((late.bytes, Err(refusal))),
        },
        _ => Ok((edit(&current.bytes)?, Ok(()))),
    }
}
