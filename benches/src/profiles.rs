//! A credentials file of profiles that this library wrote, on this machine's disk, and the least that a durable write costs there.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use leapp_core::{AccessKeyId, Change, CredentialSink, ProfileName, Secret, SessionCredentials, SessionId};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::rounds::now;
use crate::{Failure, Watch};

/// What is gone when a write is durable and only the later looks are left.
const TEMP: &str = ".credentials.leapp-new";

/// A file that is there to go.
const GOING: &str = "going";

/// The file, its sink, and a file for bare writes of the same bytes beside it.
#[derive(Debug)]
pub struct Profiles<S> {
    folder: TempDir,
    sink: S,
    runtime: Runtime,
    watch: Watch,
    count: usize,
    generation: u64,
    bytes: Vec<u8>,
}

/// One call of the sink, taken apart.
#[derive(Debug)]
#[non_exhaustive]
pub struct Written {
    /// The whole call.
    pub call: Duration,
    /// Until the new file is durable and the old one has no name any more: all but the later looks.
    pub durable: Duration,
    /// How often the file was replaced.
    pub replacements: usize,
}

impl<S: CredentialSink> Profiles<S> {
    /// Publishes so many profiles in a folder of their own below this one. The file is called `credentials`.
    ///
    /// # Errors
    /// What the sink or the file system fails with.
    pub fn publish(
        below: &Path,
        count: usize,
        open: impl FnOnce(&Path) -> Result<S, leapp_core::Error>,
    ) -> Result<Self, Failure> {
        let folder = tempfile::tempdir_in(below)?;
        let sink = open(&folder.path().join("credentials"))?;
        let runtime = Builder::new_current_thread().build()?;
        let watch = Watch::begin(folder.path())?;
        let mut profiles = Self { folder, sink, runtime, watch, count, generation: 0, bytes: Vec::new() };
        let all = profiles.sets(0..count)?;
        // The first file of its name is given the name, not exchanged for another: nothing is left to go.
        profiles.runtime.block_on(profiles.sink.apply(&all))?;
        profiles.watch.until_named("credentials")?;
        profiles.bytes = fs::read(profiles.folder.path().join("credentials"))?;
        profiles.bare_write()?;
        profiles.watch.rest();
        Ok(profiles)
    }

    /// New sets for these profiles, by their numbers, in one call.
    ///
    /// # Errors
    /// What the sink fails with.
    pub fn rotate(&mut self, numbers: std::ops::Range<usize>) -> Result<Written, Failure> {
        let changes = self.sets(numbers)?;
        self.watch.rest();
        let begun = now();
        self.runtime.block_on(self.sink.apply(&changes))?;
        let call = begun.elapsed();
        let seen = self.watch.until_gone(TEMP)?;
        let durable = seen.last().map(|last| last.at - begun).unwrap_or_default();
        let is_replacement = |seen: &&crate::Seen| seen.name == "credentials" && !seen.is_gone;
        let late = self.watch.rest();
        let replacements = seen.iter().chain(&late).filter(is_replacement).count();
        Ok(Written { call, durable, replacements })
    }

    /// As many bytes as the file has, durably: written beside, synced, renamed, the folder synced.
    ///
    /// # Errors
    /// What the file system fails with.
    pub fn bare_write(&self) -> io::Result<Duration> {
        let folder = self.folder.path();
        let temp = folder.join("bare.tmp");
        let begun = now();
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temp)?;
        file.write_all(&self.bytes)?;
        file.sync_all()?;
        fs::rename(&temp, folder.join("bare"))?;
        File::open(folder)?.sync_all()?;
        Ok(begun.elapsed())
    }

    /// How long it takes until the watch has told that a file of as many bytes is gone: what the watch adds to what it measures.
    ///
    /// # Errors
    /// What the file system fails with.
    pub fn watched_removal(&mut self) -> Result<Duration, Failure> {
        let path = self.folder.path().join(GOING);
        let mut file = File::create(&path)?;
        file.write_all(&self.bytes)?;
        file.sync_all()?;
        self.watch.rest();
        let begun = now();
        fs::remove_file(&path)?;
        let seen = self.watch.until_gone(GOING)?;
        Ok(seen.last().map(|last| last.at - begun).unwrap_or_default())
    }

    /// How many profiles there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// How long the file is.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Sets that are as long as AWS's, and others each time.
    fn sets(&mut self, numbers: std::ops::Range<usize>) -> Result<Vec<Change>, leapp_core::Error> {
        self.generation += 1;
        let generation = self.generation;
        let set = |number: usize| {
            Ok(Change::Publish {
                session: SessionId::parse(&format!("session-{number}"))?,
                profile: ProfileName::parse(&format!("profile-{number}"))?,
                region: None,
                credentials: SessionCredentials::new(
                    AccessKeyId::parse(&format!("ASIA{generation:016}"))?,
                    Secret::new(format!("{generation:040}")),
                    Secret::new(format!("{generation:0400}")),
                    SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000 + generation),
                )?,
            })
        };
        numbers.map(set).collect()
    }
}
