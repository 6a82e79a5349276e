//! One step from the old file to the new one, and back when it must be.

use std::fs::{self, File};
use std::io;

use leapp_core::Error;

use super::Protocol;
use super::reading::{self, Reading};
use super::temp::Temp;
use crate::platform::{self, Moved};
use crate::{fault, place::Place};

pub(super) struct Swap<'a> {
    pub(super) protocol: &'a Protocol<'a>,
    pub(super) current: &'a Reading,
    pub(super) next: &'a [u8],
}

impl Swap<'_> {
    /// Replaces the file durably. `None` when another program came between, and nothing was changed.
    ///
    /// Returns the file that was displaced, if there was one: it has no name any more, but a slow writer may still have it open.
    pub(super) fn run(&self) -> Result<Option<Option<File>>, Error> {
        let temp = Temp::write(self.protocol, self.current.file.as_ref(), self.next)?;
        let Some(old) = &self.current.file else { return self.create(&temp) };
        match self.exchange(&temp)? {
            Moved::Done => self.check(&temp),
            Moved::Raced => Ok(None),
            Moved::Unsupported => self.rename(&temp, old),
        }
    }

    fn create(&self, temp: &Temp<'_>) -> Result<Option<Option<File>>, Error> {
        let Place { target, folder, .. } = self.place();
        let moved =
            platform::move_to_free_name(temp.path, target).map_err(|e| fault::io("create", target, e))?;
        if moved == Moved::Raced {
            return Ok(None);
        }
        if let Err(e) = platform::sync_folder(folder) {
            fs::remove_file(target).map_err(|e| fault::io("take back", target, e))?;
            return Err(fault::io("sync the folder", folder, e));
        }
        Ok(Some(None))
    }

    fn exchange(&self, temp: &Temp<'_>) -> Result<Moved, Error> {
        if !self.protocol.can_exchange {
            return Ok(Moved::Unsupported);
        }
        let target = &self.place().target;
        platform::exchange(temp.path, target).map_err(|e| fault::io("replace", target, e))
    }

    /// After the exchange: the displaced file must hold what was read.
    fn check(&self, temp: &Temp<'_>) -> Result<Option<Option<File>>, Error> {
        let displaced = match reading::read(temp.path) {
            Ok(displaced) => displaced,
            Err(e) => return self.put_back(temp).and(Err(e)),
        };
        if displaced.bytes != self.current.bytes {
            return self.put_back(temp).map(|()| None);
        }
        let folder = &self.place().folder;
        if let Err(e) = platform::sync_folder(folder) {
            self.put_back(temp)?;
            return Err(fault::io("sync the folder", folder, e));
        }
        Ok(Some(displaced.file))
    }

    /// Exchanges again. If somebody has written over our text in this moment, theirs is the newest and stays.
    fn put_back(&self, temp: &Temp<'_>) -> Result<(), Error> {
        let target = &self.place().target;
        if self.exchange(temp)? == Moved::Raced {
            platform::move_to_free_name(temp.path, target).map_err(|e| fault::io("put back", target, e))?;
            return Ok(());
        }
        if reading::read(temp.path).is_ok_and(|back| back.bytes.as_slice() != self.next) {
            self.exchange(temp)?;
        }
        Ok(())
    }

    /// Where files cannot be exchanged: looks once more, then replaces.
    fn rename(&self, temp: &Temp<'_>, old: &File) -> Result<Option<Option<File>>, Error> {
        let Place { target, folder, .. } = self.place();
        if reading::read(target)?.bytes != self.current.bytes {
            return Ok(None);
        }
        let failed = |attempt, e: io::Error| fault::io(attempt, target, e);
        let old = old.try_clone().map_err(|e| failed("keep open", e))?;
        fs::rename(temp.path, target).map_err(|e| failed("replace", e))?;
        if let Err(e) = platform::sync_folder(folder) {
            let before = Temp::write(self.protocol, Some(&old), &self.current.bytes)?;
            fs::rename(before.path, target).map_err(|e| failed("take back", e))?;
            return Err(fault::io("sync the folder", folder, e));
        }
        Ok(Some(Some(old)))
    }

    fn place(&self) -> &Place {
        self.protocol.place
    }
}
