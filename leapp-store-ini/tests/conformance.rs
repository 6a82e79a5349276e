//! The credentials file keeps the sink's contract, as the AWS SDK's own parser reads it.
#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

use std::fs;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_runtime::env_config::section::EnvConfigSections;
use aws_runtime::env_config::source;
use aws_types::os_shim_internal::{Env, Fs};
use leapp_core::{CredentialSink, ProfileName, SessionCredentials};
use leapp_store_ini::CredentialsFile;
use leapp_testkit::conformance::sink::{ReadBack, SinkHarness};
use tempfile::TempDir;

#[path = "conformance/config.rs"]
mod config;

mod a_config_file {
    leapp_testkit::sink_tests!(super::config::Target::new);
}

mod a_file_of_somebody_elses {
    leapp_testkit::sink_tests!(super::Target::with_a_persons_file);
}

mod an_empty_file {
    leapp_testkit::sink_tests!(super::Target::with_an_empty_file);
}

mod a_file_that_another_process_locks {
    leapp_testkit::sink_tests!(super::Target::with_a_rival);
}

/// As people's files are: comments, a nested block, line ends of two kinds, no final line break.
const A_PERSONS_FILE: &[u8] =
    b"# mine\r\n[default] ; d\naws_access_key_id = AKIAMINE\ns3 =\n  a = b\n\n[x]\n; end";

struct Target {
    folder: TempDir,
    sink: CredentialsFile,
    /// How it is broken: by another process that has the lock, else by a folder where the file was.
    has_rival: bool,
    rivals_lock: Mutex<Option<File>>,
}

impl Target {
    fn with_a_persons_file() -> Self {
        Self::with(A_PERSONS_FILE)
    }

    fn with_an_empty_file() -> Self {
        Self::with(b"")
    }

    fn with_a_rival() -> Self {
        let target = Self::with(A_PERSONS_FILE);
        let sink = target.sink.clone().with_lock_wait(Duration::from_millis(20));
        Self { sink, has_rival: true, ..target }
    }

    fn with(content: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("credentials");
        write(&path, content);
        rights::narrow(&path);
        let sink = CredentialsFile::open(path).unwrap();
        Self { folder, sink, has_rival: false, rivals_lock: Mutex::default() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("credentials")
    }

    fn aside(&self) -> PathBuf {
        self.folder.path().join("aside")
    }
}

#[async_trait]
impl SinkHarness for Target {
    fn sink(&self) -> &dyn CredentialSink {
        &self.sink
    }

    async fn read(&self, profile: &ProfileName) -> Option<ReadBack> {
        let sections = sdk(&fs::read_to_string(self.path()).unwrap()).await;
        let keys = sections.get_profile(profile.as_str())?;
        let value = |key: &str| keys.get(key).map(str::to_owned);
        Some(ReadBack {
            access_key_id: value("aws_access_key_id")?,
            secret_access_key: value("aws_secret_access_key")?,
            session_token: value("aws_session_token")?,
            expiration: value("aws_credential_expiration").map(|text| time(&text)),
            region: value("region"),
        })
    }

    async fn write_by_hand(&self, profile: &ProfileName, credentials: &SessionCredentials) -> bool {
        let mut content = fs::read(self.path()).unwrap();
        let section = format!(
            "\n[{profile}]\naws_access_key_id={}\naws_secret_access_key={}\naws_session_token = {} # by hand\n",
            credentials.access_key_id(),
            credentials.secret_access_key().expose(),
            credentials.session_token().expose(),
        );
        content.extend_from_slice(section.as_bytes());
        write(&self.path(), &content);
        true
    }

    async fn snapshot(&self) -> Vec<u8> {
        let mode = rights::mode(&self.path());
        let mut names: Vec<String> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            // The lock stays, by design.
            .filter(|name| !name.ends_with(".leapp-lock"))
            .collect();
        names.sort();
        [fs::read(self.path()).unwrap(), format!("{mode:o} {names:?}").into_bytes()].concat()
    }

    /// Neither cause spares root.
    async fn break_target(&self) -> bool {
        if self.has_rival {
            let lock = File::create(self.folder.path().join("credentials.leapp-lock")).unwrap();
            lock.try_lock().unwrap();
            *self.rivals_lock.lock().unwrap() = Some(lock);
        } else {
            fs::rename(self.path(), self.aside()).unwrap();
            fs::create_dir(self.path()).unwrap();
        }
        true
    }

    async fn mend_target(&self) {
        if self.has_rival {
            *self.rivals_lock.lock().unwrap() = None;
        } else {
            fs::remove_dir(self.path()).unwrap();
            fs::rename(self.aside(), self.path()).unwrap();
        }
    }
}

/// What the write protocol gives a file, so that the first write does not change it.
#[cfg(unix)]
mod rights {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    pub(crate) fn narrow(path: &Path) {
        fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
    }

    pub(crate) fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode()
    }
}

/// Where a file has no mode, it has its attributes.
#[cfg(windows)]
mod rights {
    use std::fs;
    use std::os::windows::fs::MetadataExt;
    use std::path::Path;

    pub(crate) fn narrow(_path: &Path) {}

    pub(crate) fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().file_attributes()
    }
}

/// What the SDK reads. It must take the file: one that it refuses is unreadable for every program.
async fn sdk(text: &str) -> EnvConfigSections {
    let files = EnvConfigFiles::builder().with_contents(EnvConfigFileKind::Credentials, text).build();
    EnvConfigSections::parse(source::load(&Env::from_slice(&[]), &Fs::from_slice(&[]), &files).await.unwrap())
        .unwrap()
}

fn time(rfc3339: &str) -> SystemTime {
    use aws_smithy_types::date_time::{DateTime, Format};
    let time = DateTime::from_str(rfc3339, Format::DateTime).unwrap();
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(time.secs()).unwrap())
}

#[expect(clippy::disallowed_methods, reason = "a person's editor is as careless as this")]
fn write(path: &Path, content: &[u8]) {
    fs::write(path, content).unwrap();
}
