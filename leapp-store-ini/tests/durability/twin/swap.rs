//! From the old file to the new one.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::flaw::Flaw;
use crate::publish::{Twin, say};
use crate::read::{Reading, read};

/// Removes the temporary file in the end, whatever it holds then.
struct Temp<'a> {
    twin: &'a Twin,
}

impl Drop for Temp<'_> {
    fn drop(&mut self) {
        if self.twin.flaw != Flaw::LeavesTemp {
            let _ = self.twin.sweep();
        }
    }
}

impl Twin {
    /// `None` when another program came between. Gives what was displaced.
    pub(crate) fn swap(
        &self,
        current: &Reading,
        next: &[u8],
        number: u32,
    ) -> io::Result<Option<Option<File>>> {
        if self.flaw == Flaw::TruncatesInPlace {
            let mut file =
                OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&self.target)?;
            file.write_all(next)?;
            file.sync_all()?;
            self.sync_folder()?;
            return Ok(Some(None));
        }
        let temp = Temp { twin: self };
        let file = self.write(next)?;
        if self.flaw == Flaw::FolderSyncedBeforeRename {
            self.sync_folder()?;
        }
        let Some(displaced) = self.put(current, next)? else { return Ok(None) };
        match self.flaw {
            Flaw::FileSyncedAfterRename => file.sync_all()?,
            Flaw::NarrowsModeLate => file.set_permissions(Permissions::from_mode(0o600))?,
            Flaw::ReportsBeforeFolderSync => say(&number.to_string()),
            _ => {}
        }
        if !matches!(self.flaw, Flaw::FolderNotSynced | Flaw::FolderSyncedBeforeRename)
            && let Err(e) = self.sync_folder()
        {
            match current.file {
                Some(_) => self.put_back(next)?,
                None => fs::remove_file(&self.target)?,
            }
            return Err(e);
        }
        drop(temp);
        Ok(Some(displaced))
    }

    fn write(&self, next: &[u8]) -> io::Result<File> {
        self.sweep()?;
        let is_open = matches!(self.flaw, Flaw::NarrowsModeLate | Flaw::TempOpenToAll);
        let mode = if is_open { 0o644 } else { 0o600 };
        let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&self.temp)?;
        if self.flaw == Flaw::IgnoresShortWrite {
            let _ = file.write(next)?;
        } else {
            file.write_all(next)?;
        }
        match self.flaw {
            Flaw::TempOpenToAll => file.set_permissions(Permissions::from_mode(0o600))?,
            Flaw::TargetOpenToAll => file.set_permissions(Permissions::from_mode(0o644))?,
            _ => {}
        }
        match self.flaw {
            Flaw::FileNotSynced | Flaw::FileSyncedAfterRename => {}
            Flaw::RetriesFailedSync => file.sync_all().or_else(|_| file.sync_all())?,
            _ => file.sync_all()?,
        }
        Ok(file)
    }

    fn put(&self, current: &Reading, next: &[u8]) -> io::Result<Option<Option<File>>> {
        let Some(old) = &current.file else {
            return match fs::hard_link(&self.temp, &self.target) {
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(None),
                linked => linked.map(|()| Some(None)),
            };
        };
        if matches!(self.flaw, Flaw::LocksAfterReading | Flaw::OnlyRenames | Flaw::ReplacesLink) {
            fs::rename(&self.temp, &self.target)?;
            return Ok(Some(Some(old.try_clone()?)));
        }
        match self.exchange() {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            exchanged => exchanged?,
        }
        if self.flaw == Flaw::ForgetsDisplaced {
            return Ok(Some(None));
        }
        let displaced = match read(&self.temp) {
            Err(e) => return self.put_back(next).and(Err(e)),
            Ok(displaced) => displaced,
        };
        if displaced.bytes != current.bytes {
            self.put_back(next)?;
            return Ok(None);
        }
        Ok(Some(displaced.file))
    }

    /// Exchanges again, and once more if somebody has written over the new text in this moment.
    fn put_back(&self, next: &[u8]) -> io::Result<()> {
        self.exchange()?;
        if read(&self.temp).is_ok_and(|back| back.bytes != next) { self.exchange() } else { Ok(()) }
    }

    fn exchange(&self) -> io::Result<()> {
        Ok(renameat_with(CWD, &self.temp, CWD, &self.target, RenameFlags::EXCHANGE)?)
    }

    fn sync_folder(&self) -> io::Result<()> {
        File::open(&self.folder)?.sync_all()
    }
}
