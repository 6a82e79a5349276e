//! A sealed file in a folder of its own, and a vault that keeps its data key.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use leapp_core::{Error, ErrorKind, MemoryVault, Secret, SessionId, Vault, VaultItem, VaultKey};
use leapp_vault::{Passphrase, SealedFile, SealingCost};
use tempfile::TempDir;

pub(crate) const PASSPHRASE: &str = "correct horse battery staple";
pub(crate) const FILE: &str = "secrets.sealed";

pub(crate) struct Scene {
    folder: TempDir,
    pub(crate) keychain: Arc<MemoryVault>,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), keychain: Arc::new(MemoryVault::new()) }
    }

    /// One that holds `a` and `b`, sealed with a data key.
    pub(crate) async fn with_two() -> Self {
        let scene = Self::new();
        put(&scene.keyed(), "a", "value-a").await;
        put(&scene.keyed(), "b", "value-b").await;
        scene
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder().join(FILE)
    }

    pub(crate) fn record(&self) -> PathBuf {
        self.folder().join(format!("{FILE}.leapp-generation"))
    }

    pub(crate) fn temp(&self) -> PathBuf {
        self.folder().join(format!(".{FILE}.leapp-tmp"))
    }

    /// A vault that has seen nothing yet.
    pub(crate) fn sealed(&self) -> SealedFile {
        self.sealed_with(PASSPHRASE)
    }

    pub(crate) fn sealed_with(&self, passphrase: &str) -> SealedFile {
        open(&self.path(), passphrase)
    }

    pub(crate) fn keyed(&self) -> SealedFile {
        self.keyed_at(&self.path())
    }

    pub(crate) fn keyed_at(&self, path: &Path) -> SealedFile {
        SealedFile::open_with_data_key(path, self.keychain.clone(), session("host")).unwrap()
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        fs::read(self.path()).unwrap()
    }

    /// What is in the folder, but for the lock.
    pub(crate) fn names(&self) -> Vec<String> {
        let names = fs::read_dir(self.folder()).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| !name.ends_with(".leapp-lock")).collect();
        names.sort();
        names
    }
}

pub(crate) fn open(path: &Path, passphrase: &str) -> SealedFile {
    let passphrase = passphrase.to_owned();
    let passphrase = Passphrase::asking(move || async move { Ok(Secret::new(passphrase)) });
    SealedFile::open(path, passphrase).unwrap().with_cost(SealingCost::MINIMUM)
}

pub(crate) fn write(path: &Path, bytes: &[u8]) {
    File::create(path).unwrap().write_all(bytes).unwrap();
}

pub(crate) fn session(name: &str) -> SessionId {
    SessionId::parse(name).unwrap()
}

pub(crate) fn key(name: &str) -> VaultKey {
    VaultKey::new(session(name), VaultItem::AccessKey)
}

pub(crate) async fn put(vault: &SealedFile, name: &str, value: &str) {
    vault.put(&key(name), &Secret::new(value)).await.unwrap();
}

pub(crate) async fn get(vault: &SealedFile, name: &str) -> Option<String> {
    try_get(vault, name).await.unwrap()
}

pub(crate) async fn try_get(vault: &SealedFile, name: &str) -> Result<Option<String>, Error> {
    Ok(vault.get(&key(name)).await?.map(|secret| secret.expose().to_owned()))
}

/// The error that every operation must fail with alike, and that leaves the file as it is.
pub(crate) async fn refusal(scene: &Scene, vault: &SealedFile) -> Error {
    let before = scene.path().exists().then(|| scene.bytes());
    let error = try_get(vault, "a").await.expect_err("a get that must fail");
    let outcomes = [
        vault.get(&key("absent")).await.map(drop),
        vault.put(&key("a"), &Secret::new("new")).await,
        vault.put(&key("new"), &Secret::new("new")).await,
        vault.delete(&key("a")).await,
        vault.unlock().await,
    ];
    for outcome in outcomes {
        let other = outcome.expect_err("an operation that must fail");
        assert_eq!((other.kind(), other.to_string()), (error.kind(), error.to_string()));
    }
    assert!(before == scene.path().exists().then(|| scene.bytes()), "a file that cannot be read was written");
    error
}

pub(crate) fn assert_is(error: &Error, kind: ErrorKind, words: &str) {
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(words), "{error}");
}
