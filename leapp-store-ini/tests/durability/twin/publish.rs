//! The rounds of one publication.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use crate::edit::edit;
use crate::flaw::Flaw;
use crate::read::{Reading, changed, read, settled};

const ROUNDS: usize = 16;
const LOOKS: [Duration; 2] = [Duration::from_millis(5), Duration::from_millis(15)];

pub(crate) struct Twin {
    pub(crate) flaw: Flaw,
    pub(crate) target: PathBuf,
    pub(crate) folder: PathBuf,
    pub(crate) temp: PathBuf,
    lock: PathBuf,
    known_len: usize,
}

/// What another program did after the change.
enum Seen {
    Nothing,
    Late(Vec<u8>),
    Overwritten,
}

pub(crate) fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [flaw, file, profile, first, count] = arguments.as_slice() else {
        return Err(io::Error::other("what is needed: FLAW FILE PROFILE FIRST COUNT"));
    };
    let known = Flaw::ALL.iter().copied().find(|known| known.name() == *flaw);
    let flaw = known.ok_or_else(|| io::Error::other("no flaw of that name"))?;
    let (first, count): (u32, u32) = (parse(first)?, parse(count)?);
    let mut twin = Twin::open(flaw, Path::new(file))?;
    say("started");
    for number in first..first.saturating_add(count) {
        match twin.publish(profile, number) {
            Err(_) if flaw == Flaw::SwallowsErrors => {}
            outcome => outcome?,
        }
        if flaw != Flaw::ReportsBeforeFolderSync {
            say(&number.to_string());
        }
    }
    Ok(())
}

fn parse(number: &str) -> io::Result<u32> {
    number.parse().map_err(io::Error::other)
}

#[expect(clippy::print_stdout, reason = "its output is what its caller waits for")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

impl Twin {
    /// Removes what a killed one left.
    fn open(flaw: Flaw, file: &Path) -> io::Result<Self> {
        let mut target = file.to_path_buf();
        while flaw != Flaw::ReplacesLink && target.is_symlink() {
            target = target.with_file_name("").join(fs::read_link(&target)?);
        }
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let temp_name = match flaw {
            Flaw::RandomTempName => format!(".{name}.{}.leapp-tmp", std::process::id()),
            _ => format!(".{name}.leapp-tmp"),
        };
        let twin = Self {
            flaw,
            folder: target.with_file_name(""),
            temp: target.with_file_name(temp_name),
            lock: target.with_file_name(format!("{name}.leapp-lock")),
            known_len: 0,
            target,
        };
        twin.make_folder(&twin.folder)?;
        if twin.temp.symlink_metadata().is_ok() {
            let lock = twin.lock_file()?;
            if lock.try_lock().is_ok() {
                twin.sweep()?;
            }
        }
        Ok(twin)
    }

    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        let Some(parent) = folder.parent().filter(|_| !folder.exists()) else { return Ok(()) };
        self.make_folder(parent)?;
        DirBuilder::new().mode(0o700).create(folder)?;
        match self.flaw {
            Flaw::NewFolderNotSynced => Ok(()),
            _ => File::open(parent)?.sync_all(),
        }
    }

    fn publish(&mut self, profile: &str, number: u32) -> io::Result<()> {
        let mut early = (self.flaw == Flaw::LocksAfterReading).then(|| read(&self.target)).transpose()?;
        let _lock = self.lock()?;
        let mut late: Option<(Vec<u8>, Vec<u8>)> = None;
        for _ in 0..ROUNDS {
            let current = match early.take() {
                Some(early) => early,
                None => self.read()?,
            };
            let base = late.take().filter(|(_, by)| *by == current.bytes).map(|(bytes, _)| bytes);
            let next = edit(self.flaw, base.as_ref().unwrap_or(&current.bytes), profile, number)?;
            if next == current.bytes {
                return Ok(());
            }
            self.known_len = current.bytes.len();
            let Some(displaced) = self.swap(&current, &next, number)? else { continue };
            self.known_len = next.len();
            match self.look(displaced, &current.bytes, &next, profile, number) {
                Seen::Nothing => return self.unlock(),
                Seen::Late(bytes) => late = Some((bytes, next)),
                Seen::Overwritten => {}
            }
        }
        Err(io::Error::other("other programs keep writing"))
    }

    fn read(&self) -> io::Result<Reading> {
        match self.flaw {
            Flaw::BelievesTruncated => read(&self.target),
            _ => settled(&self.target, self.known_len),
        }
    }

    /// A slow writer may finish in the displaced file, or write over the new one. The change is durable: nothing is an error
    /// any more.
    fn look(
        &self,
        mut displaced: Option<File>,
        before: &[u8],
        after: &[u8],
        profile: &str,
        number: u32,
    ) -> Seen {
        let is_hasty = matches!(self.flaw, Flaw::LooksNoMore | Flaw::OnlyRenames);
        let looks = if is_hasty { &[][..] } else { &LOOKS };
        let is_lost = |now: &[u8]| {
            now != after && edit(Flaw::None, now, profile, number).is_ok_and(|again| again != now)
        };
        for pause in looks {
            sleep(*pause);
            if let Some(bytes) = displaced.as_mut().and_then(|file| changed(file, before).ok()?) {
                return Seen::Late(bytes);
            }
            if read(&self.target).is_ok_and(|now| is_lost(&now.bytes)) {
                return Seen::Overwritten;
            }
        }
        Seen::Nothing
    }

    fn lock(&self) -> io::Result<Option<File>> {
        if self.flaw == Flaw::LocksNothing {
            return Ok(None);
        }
        let file = self.lock_file()?;
        file.lock()?;
        Ok(Some(file))
    }

    fn unlock(&self) -> io::Result<()> {
        if self.flaw == Flaw::RemovesLockFile { fs::remove_file(&self.lock) } else { Ok(()) }
    }

    fn lock_file(&self) -> io::Result<File> {
        OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&self.lock)
    }

    pub(crate) fn sweep(&self) -> io::Result<()> {
        match fs::remove_file(&self.temp) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        }
    }
}
