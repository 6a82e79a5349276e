//! Moves that are stopped, resumed, or meet what is there already.
#![expect(clippy::unwrap_used, reason = "a failed test says where")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use leapp_core::{Error, ErrorKind, MemoryVault, Secret, SessionId, Vault, VaultItem, VaultKey};
use leapp_testkit::leak::{assert_clean, text_of};
use leapp_vault::{Passphrase, SealedFile, SealingCost, relocate};

/// A vault that does so many operations, of all that share the count, and then fails; and may forget what it is given.
#[derive(Debug)]
struct Failing {
    vault: MemoryVault,
    left: Arc<AtomicUsize>,
    gives: fn(Secret) -> Option<Secret>,
}

impl Failing {
    fn pair(operations: usize) -> [Self; 2] {
        let left = Arc::new(AtomicUsize::new(operations));
        [(), ()].map(|()| Self { vault: MemoryVault::new(), left: left.clone(), gives: Some })
    }

    fn count(&self) -> Result<(), Error> {
        let less = |left: usize| left.checked_sub(1);
        let counted = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less);
        counted.map(drop).map_err(|_| Error::new(ErrorKind::Locked, "the vault is locked"))
    }
}

#[async_trait]
impl Vault for Failing {
    async fn put(&self, key: &VaultKey, secret: &Secret) -> Result<(), Error> {
        self.count()?;
        self.vault.put(key, secret).await
    }

    async fn get(&self, key: &VaultKey) -> Result<Option<Secret>, Error> {
        self.count()?;
        Ok(self.vault.get(key).await?.and_then(self.gives))
    }

    async fn delete(&self, key: &VaultKey) -> Result<(), Error> {
        self.count()?;
        self.vault.delete(key).await
    }
}

fn keys() -> Vec<VaultKey> {
    let session = |name: &str| SessionId::parse(name).unwrap();
    vec![
        VaultKey::new(session("alice"), VaultItem::AccessKey),
        VaultKey::new(session("alice"), VaultItem::TotpSeed),
        VaultKey::new(session("nobody"), VaultItem::AccessKey),
        VaultKey::new(session("company"), VaultItem::PortalLogin),
    ]
}

fn value(key: &VaultKey) -> String {
    format!("hunter2-{key}")
}

async fn filled(vault: &MemoryVault) {
    for key in keys().iter().filter(|key| key.session().as_str() != "nobody") {
        vault.put(key, &Secret::new(value(key))).await.unwrap();
    }
}

/// Stopped after each single operation, and gone on with.
#[tokio::test]
async fn wherever_it_is_stopped_each_value_is_whole_somewhere_and_the_next_call_goes_on() {
    let mut stops = 0;
    for operations in 0.. {
        let [from, to] = Failing::pair(operations);
        filled(&from.vault).await;
        let end = relocate(&from, &to, &keys()).await;
        for key in keys().iter().filter(|key| key.session().as_str() != "nobody") {
            let [here, there] = [&from.vault, &to.vault].map(|vault| vault.get(key));
            let found: Vec<Secret> =
                [here.await.unwrap(), there.await.unwrap()].into_iter().flatten().collect();
            assert!(!found.is_empty() && found.iter().all(|found| found.expose() == value(key)), "{key}");
        }
        let Err(error) = end else {
            assert_eq!(end.unwrap().moved.len(), 3);
            break;
        };
        stops += 1;
        assert_eq!(error.kind(), ErrorKind::Locked);
        let says_where = keys().iter().any(|key| error.to_string().contains(&format!("`{key}`")));
        assert!(says_where || error.to_string().contains("before it began"), "{error}");
        assert_clean(text_of(&error), ["hunter2"]);
        from.left.store(usize::MAX, Ordering::SeqCst);
        let done = relocate(&from, &to, &keys()).await.unwrap();
        assert_eq!(done.moved.len() + done.absent.len(), keys().len());
        for key in keys().iter().filter(|key| key.session().as_str() != "nobody") {
            assert!(from.vault.get(key).await.unwrap().is_none(), "{key}");
            assert_eq!(to.vault.get(key).await.unwrap().unwrap().expose(), value(key));
        }
    }
    // Read, look, put, read back, delete and look again, three times; once nothing; and once whether there are two.
    assert_eq!(stops, 22);
}

#[tokio::test]
async fn what_differs_in_both_is_left_alone_in_both() {
    let [from, to] = Failing::pair(usize::MAX);
    filled(&from.vault).await;
    let key = &keys()[1];
    to.vault.put(key, &Secret::new("hunter2-another")).await.unwrap();
    let error = relocate(&from, &to, &keys()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    assert!(error.to_string().contains("`alice/totp-seed`"), "{error}");
    assert_clean(text_of(&error), ["hunter2"]);
    assert_eq!(from.vault.get(key).await.unwrap().unwrap().expose(), value(key));
    assert_eq!(to.vault.get(key).await.unwrap().unwrap().expose(), "hunter2-another");
    assert!(from.vault.get(&keys()[0]).await.unwrap().is_none(), "the one before it is moved");
}

/// A vault that loses or changes what it is given gets nothing.
#[tokio::test]
async fn a_vault_that_does_not_give_it_back_is_not_trusted_with_it() {
    let gives: [fn(Secret) -> Option<Secret>; 2] =
        [|_| None, |secret| Some(Secret::new(secret.expose().trim_start_matches('h')))];
    for gives in gives {
        let [from, mut to] = Failing::pair(usize::MAX);
        to.gives = gives;
        filled(&from.vault).await;
        let error = relocate(&from, &to, &keys()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt);
        let key = &keys()[0];
        assert_eq!(from.vault.get(key).await.unwrap().unwrap().expose(), value(key));
    }
}

#[tokio::test]
async fn a_probe_leaves_nothing_and_says_what_failed() {
    #[derive(Debug, Default)]
    struct Kept(Mutex<Vec<VaultKey>>, MemoryVault);

    #[async_trait]
    impl Vault for Kept {
        async fn put(&self, key: &VaultKey, secret: &Secret) -> Result<(), Error> {
            self.0.lock().unwrap().push(key.clone());
            self.1.put(key, secret).await
        }

        async fn get(&self, key: &VaultKey) -> Result<Option<Secret>, Error> {
            self.1.get(key).await
        }

        async fn delete(&self, key: &VaultKey) -> Result<(), Error> {
            self.1.delete(key).await
        }
    }

    let vault = Kept::default();
    leapp_vault::probe(&vault).await.unwrap();
    let put = vault.0.lock().unwrap().clone();
    assert_eq!(put.len(), 1);
    assert!(vault.1.get(&put[0]).await.unwrap().is_none());

    for (operations, words) in [(0, "writing"), (1, "reading"), (2, "deleting"), (3, "reading")] {
        let [failing, _] = Failing::pair(operations);
        let error = leapp_vault::probe(&failing).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Locked);
        assert!(error.to_string().contains(words), "{operations}: {error}");
    }
    let [mut forgetful, _] = Failing::pair(usize::MAX);
    forgetful.gives = |_| None;
    assert_eq!(leapp_vault::probe(&forgetful).await.unwrap_err().kind(), ErrorKind::Corrupt);
}

/// Nothing is deleted where the copy and the original are one.
#[tokio::test]
async fn two_handles_on_one_vault_are_refused() {
    let vault = MemoryVault::new();
    filled(&vault).await;
    let error = relocate(&vault, &vault, &keys()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");

    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let passphrase = Passphrase::asking(|| async { Ok(Secret::new("made up")) });
        let vault = SealedFile::open(folder.path().join("sealed"), passphrase).unwrap();
        vault.with_cost(SealingCost::MINIMUM)
    };
    let (one, other) = (open(), open());
    for key in keys() {
        one.put(&key, &Secret::new(value(&key))).await.unwrap();
    }
    let error = relocate(&one, &other, &keys()).await.unwrap_err();
    assert!(error.to_string().contains("one and the same"), "{error}");
    for key in keys() {
        assert_eq!(other.get(&key).await.unwrap().unwrap().expose(), value(&key));
    }
}

/// A vault that shows what another one holds beside its own, as one that falls back to it does.
#[derive(Debug)]
struct Overlay(MemoryVault, Arc<MemoryVault>);

#[async_trait]
impl Vault for Overlay {
    async fn put(&self, key: &VaultKey, secret: &Secret) -> Result<(), Error> {
        self.0.put(key, secret).await
    }

    async fn get(&self, key: &VaultKey) -> Result<Option<Secret>, Error> {
        match self.0.get(key).await? {
            Some(found) => Ok(Some(found)),
            None => self.1.get(key).await,
        }
    }

    async fn delete(&self, key: &VaultKey) -> Result<(), Error> {
        self.0.delete(key).await
    }
}

#[tokio::test]
async fn a_copy_that_goes_with_the_original_is_noticed_while_it_is_still_in_memory() {
    let from = Arc::new(MemoryVault::new());
    filled(&from).await;
    let to = Overlay(MemoryVault::new(), from.clone());
    let error = relocate(&*from, &to, &keys()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
    assert_eq!(from.get(&keys()[0]).await.unwrap().unwrap().expose(), value(&keys()[0]));
}

#[tokio::test]
async fn a_data_key_stays_where_its_file_is_opened_from() {
    let folder = tempfile::tempdir().unwrap();
    let keychain = Arc::new(MemoryVault::new());
    let alice = SessionId::parse("alice").unwrap();
    let sealed =
        SealedFile::open_with_data_key(folder.path().join("sealed"), keychain.clone(), alice.clone())
            .unwrap();
    filled(&keychain).await;
    let all: Vec<VaultKey> = VaultItem::ALL.iter().map(|item| VaultKey::new(alice.clone(), *item)).collect();
    let error = relocate(&*keychain, &sealed, &all).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("`alice/data-key`"), "{error}");
    for key in keys().iter().filter(|key| key.session().as_str() == "alice") {
        assert!(keychain.get(key).await.unwrap().is_some(), "{key} was moved");
    }
}
