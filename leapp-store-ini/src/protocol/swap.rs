//! One step from the old file to the new one, and back when it must be.

use std::fs::File;

use leapp_core::Error;

use super::Protocol;
use super::reading::{self, Current};
use super::replacing;
use super::temp::Temp;
use crate::platform::{self, Moved};
use crate::{fault, place::Place};

pub(super) struct Swap<'a> {
    pub(super) protocol: &'a Protocol<'a>,
    pub(super) current: &'a Current,
    pub(super) next: &'a [u8],
}

impl Swap<'_> {
    /// Replaces the file durably. `None` when another program came between, and nothing was changed.
    ///
    /// Returns the file that was displaced, if there was one: it has no name any more, but a slow writer may still have it open.
    pub(super) fn run(&self) -> Result<Option<Option<File>>, Error> {
        let owner = self.current.owner.as_ref();
        let temp = Temp::write(self.protocol, owner, self.next)?;
        if owner.is_none() {
            return self.create(&temp);
        }
        match self.exchange(&temp)? {
            Moved::Done => self.check(&temp),
            Moved::Raced => Ok(None),
            Moved::Unsupported => replacing::run(self, &temp),
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
            platform::remove(target).map_err(|e| fault::io("take back", target, e))?;
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

    /// Exchanges again. What cannot be put back is somebody else's, perhaps, and stays beside the file.
    fn put_back(&self, temp: &Temp<'_>) -> Result<(), Error> {
        self.try_to_put_back(temp).inspect_err(|_| temp.keep())
    }

    /// If somebody has written over our text in this moment, theirs is the newest and stays.
    fn try_to_put_back(&self, temp: &Temp<'_>) -> Result<(), Error> {
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

    pub(super) fn place(&self) -> &Place {
        self.protocol.place
    }
}
