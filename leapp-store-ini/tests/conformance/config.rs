//! The config file as a sink: programs ask the process it names, and that one gives what the host holds.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;

use async_trait::async_trait;
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_runtime::env_config::section::EnvConfigSections;
use aws_runtime::env_config::source;
use aws_types::os_shim_internal::{Env, Fs};
use leapp_core::{Change, CredentialSink, Error, ProfileName, Region, SessionCredentials};
use leapp_store_ini::{ConfigFile, CredentialProcess};
use leapp_testkit::conformance::sink::{ReadBack, SinkHarness};
use tempfile::TempDir;

const A_PERSONS_FILE: &[u8] =
    b"# mine\r\n[default] ; d\r\noutput = json\r\n[sso-session corp]\nsso_region = eu-west-1\n[profile x]\n; end";

const HOST: &str = if cfg!(windows) { r"C:\host" } else { "/opt/host" };

/// A host: it holds the sets, which its program gives to whoever runs it with a session's id.
#[derive(Debug)]
struct Host {
    file: ConfigFile,
    sets: Mutex<HashMap<String, SessionCredentials>>,
}

#[async_trait]
impl CredentialSink for Host {
    async fn apply(&self, changes: &[Change]) -> Result<(), Error> {
        // The host has a set before its profile says so: a reader may come at once.
        let before = self.sets.lock().unwrap().clone();
        for change in changes {
            if let Change::Publish { session, credentials, .. } = change {
                self.sets.lock().unwrap().insert(session.to_string(), credentials.clone());
            }
        }
        self.file.apply(changes).await.inspect_err(|_| *self.sets.lock().unwrap() = before)
    }
}

pub(crate) struct Target {
    folder: TempDir,
    host: Host,
}

impl Target {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        super::write(&path, A_PERSONS_FILE);
        let process = CredentialProcess::new(HOST, ["print"]).unwrap();
        let file = ConfigFile::open(path, process).unwrap();
        Self { folder, host: Host { file, sets: Mutex::default() } }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("config")
    }

    fn aside(&self) -> PathBuf {
        self.folder.path().join("aside")
    }
}

#[async_trait]
impl SinkHarness for Target {
    fn sink(&self) -> &dyn CredentialSink {
        &self.host
    }

    async fn read(&self, profile: &ProfileName) -> Option<ReadBack> {
        let text = fs::read_to_string(self.path()).unwrap();
        let files = EnvConfigFiles::builder().with_contents(EnvConfigFileKind::Config, text).build();
        let source = source::load(&Env::from_slice(&[]), &Fs::from_slice(&[]), &files).await.unwrap();
        let sections = EnvConfigSections::parse(source).unwrap();
        let keys = sections.get_profile(profile.as_str())?;
        let command = keys.get("credential_process")?;
        let set = match command.strip_prefix(HOST).and_then(|rest| rest.strip_prefix(" print ")) {
            Some(session) => self.host.sets.lock().unwrap().get(session).cloned()?,
            None => panic!("no process of the host's"),
        };
        Some(ReadBack {
            access_key_id: set.access_key_id().to_string(),
            secret_access_key: set.secret_access_key().expose().to_owned(),
            session_token: set.session_token().expose().to_owned(),
            expiration: Some(set.expiration()),
            region: keys.get("region").map(|region| Region::parse(region).unwrap().to_string()),
        })
    }

    async fn write_by_hand(&self, profile: &ProfileName, _: &SessionCredentials) -> bool {
        let mut content = fs::read(self.path()).unwrap();
        content.extend_from_slice(
            format!("\n[profile {profile}]\ncredential_process = /opt/theirs\n").as_bytes(),
        );
        super::write(&self.path(), &content);
        true
    }

    async fn snapshot(&self) -> Vec<u8> {
        fs::read(self.path()).unwrap()
    }

    async fn break_target(&self) -> bool {
        fs::rename(self.path(), self.aside()).unwrap();
        fs::create_dir(self.path()).unwrap();
        true
    }

    async fn mend_target(&self) {
        fs::remove_dir(self.path()).unwrap();
        fs::rename(self.aside(), self.path()).unwrap();
    }
}
