//! What the tests share: a folder, a sink over a file in it, made-up credentials.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use leapp_core::{
    AccessKeyId, Change, CredentialSink, Error, ProfileName, Region, Secret, SessionCredentials, SessionId,
};
use leapp_store_ini::CredentialsFile;
use tempfile::TempDir;

pub(crate) struct Scene {
    pub(crate) folder: TempDir,
    pub(crate) sink: CredentialsFile,
}

impl Scene {
    /// A folder without a credentials file.
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sink = CredentialsFile::open(folder.path().join("credentials")).unwrap();
        Self { folder, sink }
    }

    /// A folder with a credentials file.
    pub(crate) fn with(content: &[u8]) -> Self {
        let scene = Self::empty();
        write(&scene.path(), content);
        scene
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("credentials")
    }

    pub(crate) fn read(&self) -> Vec<u8> {
        fs::read(self.path()).unwrap()
    }

    /// Without the names of the owners, which are others each time.
    pub(crate) fn text(&self) -> String {
        let text = String::from_utf8(self.read()).unwrap();
        text.split_inclusive('\n').filter(|line| !line.starts_with("x_leapp_writer = ")).collect()
    }

    /// Everything in the folder but the lock file, which stays.
    pub(crate) fn names(&self) -> Vec<String> {
        let names = fs::read_dir(self.folder.path()).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| !name.ends_with(".leapp-lock")).collect();
        names.sort();
        names
    }

    pub(crate) fn apply(&self, changes: &[Change]) -> Result<(), Error> {
        apply(&self.sink, changes)
    }
}

pub(crate) fn apply(sink: &CredentialsFile, changes: &[Change]) -> Result<(), Error> {
    wait_for(sink.apply(changes))
}

pub(crate) fn wait_for<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

/// Writes as another tool does: truncates the file and writes in place.
#[expect(
    clippy::disallowed_methods,
    reason = "the foreign writer of these tests is as careless as real ones are"
)]
pub(crate) fn write(path: &Path, content: &[u8]) {
    fs::write(path, content).unwrap();
}

/// A set of credentials, a different one for each number.
pub(crate) fn set(number: u32) -> SessionCredentials {
    SessionCredentials::new(
        AccessKeyId::parse(&format!("ASIAMADEUP{number:010}")).unwrap(),
        Secret::new(format!("made-up/secret+key={number}")),
        Secret::new(format!("made-up/session+token=={number}")),
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000 + u64::from(number)),
    )
    .unwrap()
}

pub(crate) fn publish(session: &str, profile: &str, number: u32) -> Change {
    publish_in(session, profile, number, None)
}

pub(crate) fn publish_in(session: &str, profile: &str, number: u32, region: Option<&str>) -> Change {
    Change::Publish {
        session: SessionId::parse(session).unwrap(),
        profile: ProfileName::parse(profile).unwrap(),
        region: region.map(|region| Region::parse(region).unwrap()),
        credentials: set(number),
    }
}

pub(crate) fn withdraw(session: &str, profile: &str) -> Change {
    Change::Withdraw {
        session: SessionId::parse(session).unwrap(),
        profile: ProfileName::parse(profile).unwrap(),
    }
}
