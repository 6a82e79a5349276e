//! The clauses of [`Vault`].

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use leapp_core::{ErrorKind, Secret, Vault, VaultItem, VaultKey};

use super::{Clause, Verdict, ensure, made_up, must, scan, settle};
use crate::leak::{self, Scanner};

/// Every clause of the contract.
pub const CLAUSES: &[Clause<dyn Vault>] = crate::__vault_clauses!(__clause_table);

/// Makes one test of each clause of [`Vault`], given what opens a vault: a function or a closure.
///
/// The vaults that successive calls open may share one store.
#[macro_export]
macro_rules! vault_tests {
    ($open:expr $(,)?) => {
        $crate::__vault_clauses!(__clause_tests vault $open);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __vault_clauses {
    ($then:ident $($rest:tt)*) => {
        $crate::$then! { [
            round_trip put_replaces absent_is_none delete_is_idempotent keys_do_not_collide large_values_survive
            concurrent_puts_do_not_tear secrets_stay_hidden
        ] $($rest)* }
    };
}

/// *`get` after `put` gives the text that was put, unchanged, whatever its characters.*
///
/// # Panics
/// When the vault breaks the clause.
pub async fn round_trip(vault: Arc<dyn Vault>) {
    let keys = Keys::new();
    let verdict = async {
        for text in [
            made_up::NEEDLE,
            "",
            " spaces on both sides \t",
            "lines\nand\r\nmore lines\n",
            "\u{feff}żółć 日本語 🔑",
            "quotes \" ' ` and \\ and %s {} $HOME",
            "a nul \0 and a bell \u{7}",
        ] {
            let key = keys.key(VaultItem::AccessKey);
            put(&*vault, &key, text).await?;
            expect(&*vault, &key, Some(text)).await?;
        }
        Ok(())
    };
    let verdict = verdict.await;
    keys.settle(&*vault, "round trip", verdict).await;
}

/// *The last `put` of a key wins.*
///
/// # Panics
/// When the vault breaks the clause.
pub async fn put_replaces(vault: Arc<dyn Vault>) {
    let keys = Keys::new();
    let key = keys.key(VaultItem::AccessKey);
    let verdict = async {
        for text in ["the first and longest", "second", "second", "third one"] {
            put(&*vault, &key, text).await?;
            expect(&*vault, &key, Some(text)).await?;
        }
        Ok(())
    };
    let verdict = verdict.await;
    keys.settle(&*vault, "put replaces", verdict).await;
}

/// *`get` of what was never put is `Ok(None)`.*
///
/// # Panics
/// When the vault breaks the clause.
pub async fn absent_is_none(vault: Arc<dyn Vault>) {
    let keys = Keys::new();
    let key = keys.key(VaultItem::AccessKey);
    let verdict = async {
        expect(&*vault, &key, None).await?;
        let neighbour = keys.item_of(&key, VaultItem::TotpSeed);
        put(&*vault, &neighbour, "another item of the same session").await?;
        expect(&*vault, &key, None).await
    };
    let verdict = verdict.await;
    keys.settle(&*vault, "absent is none", verdict).await;
}

/// *Deleting what is not there succeeds, and what was deleted is gone.*
///
/// # Panics
/// When the vault breaks the clause.
pub async fn delete_is_idempotent(vault: Arc<dyn Vault>) {
    let keys = Keys::new();
    let key = keys.key(VaultItem::SessionCredentials);
    let verdict = async {
        must("a delete of what was never put", vault.delete(&key).await)?;
        put(&*vault, &key, "soon gone").await?;
        for time in ["a delete", "a second delete"] {
            must(time, vault.delete(&key).await)?;
            expect(&*vault, &key, None).await?;
        }
        put(&*vault, &key, "back again").await?;
        expect(&*vault, &key, Some("back again")).await
    };
    let verdict = verdict.await;
    keys.settle(&*vault, "delete is idempotent", verdict).await;
}

/// *Two keys that differ in session or item never share a value.*
///
/// # Panics
/// When the vault breaks the clause.
pub async fn keys_do_not_collide(vault: Arc<dyn Vault>) {
    let keys = Keys::new();
    let all = keys.look_alikes();
    let verdict = async {
        for (number, key) in all.iter().enumerate() {
            put(&*vault, key, &format!("value {number}")).await?;
        }
        for (number, key) in all.iter().enumerate() {
            expect(&*vault, key, Some(&format!("value {number}"))).await?;
        }
        let Some((first, others)) = all.split_first() else { return Ok(()) };
        must("a delete", vault.delete(first).await)?;
        for (number, key) in others.iter().enumerate() {
            expect(&*vault, key, Some(&format!("value {}", number + 1))).await?;
        }
        expect(&*vault, first, None).await
    };
    let verdict = verdict.await;
    keys.settle(&*vault, "keys do not collide", verdict).await;
}

/// *12 KiB come back unchanged; a backend that cannot hold a value says `TooLarge` and keeps the old one.*
///
/// # Panics
/// When the vault breaks the clause.
pub async fn large_values_survive(vault: Arc<dyn Vault>) {
    let keys = Keys::new();
    let key = keys.key(VaultItem::SessionCredentials);
    let verdict = async {
        let large = text_of(12 * 1024);
        put(&*vault, &key, &large).await?;
        expect(&*vault, &key, Some(&large)).await?;
        put(&*vault, &key, "small").await?;
        let huge = text_of(1024 * 1024);
        match vault.put(&key, &Secret::new(huge.as_str())).await {
            Ok(()) => expect(&*vault, &key, Some(&huge)).await,
            Err(error) if error.kind() == ErrorKind::TooLarge => expect(&*vault, &key, Some("small")).await,
            Err(error) => {
                Err(format!("a value of 1 MiB is refused as {:?}, not TooLarge: {error}", error.kind()))
            }
        }
    };
    let verdict = verdict.await;
    keys.settle(&*vault, "large values survive", verdict).await;
}

/// *A `get` beside several `put`s gives one of the values put, whole.*
///
/// # Panics
/// When the vault breaks the clause.
pub async fn concurrent_puts_do_not_tear(vault: Arc<dyn Vault>) {
    let keys = Keys::new();
    let key = keys.key(VaultItem::AccessKey);
    let verdict = async {
        put(&*vault, &key, &"a".repeat(3000)).await?;
        let mut writers = tokio::task::JoinSet::new();
        let gate = Arc::new(Gate::default());
        for letter in ["b", "c", "d"] {
            writers.spawn(write_on(Arc::clone(&vault), key.clone(), letter.repeat(3000), Arc::clone(&gate)));
        }
        while gate.writing.load(Ordering::Acquire) < writers.len() {
            tokio::task::yield_now().await;
        }
        let mut read = Ok(());
        for _ in 0..40 {
            read = read.and(whole(&*vault, &key).await);
            tokio::task::yield_now().await;
        }
        gate.is_over.store(true, Ordering::Release);
        while let Some(writer) = writers.join_next().await {
            must("a concurrent writer", writer)??;
        }
        read?;
        whole(&*vault, &key).await
    };
    let verdict = verdict.await;
    keys.settle(&*vault, "concurrent puts do not tear", verdict).await;
}

/// *Neither `Debug`, nor an error, nor a log line holds a value or a part of it.*
///
/// # Panics
/// When the vault breaks the clause.
pub async fn secrets_stay_hidden(vault: Arc<dyn Vault>) {
    let keys = Keys::new();
    let key = keys.key(VaultItem::AccessKey);
    let scanner = Scanner::new([made_up::NEEDLE]);
    let (verdict, logs) = leak::capture_logs_async(async {
        put(&*vault, &key, made_up::NEEDLE).await?;
        scan("its Debug", scanner.scan(leak::debug_of(&*vault)))?;
        expect(&*vault, &key, Some(made_up::NEEDLE)).await?;
        // The one failure that can be asked of any vault: a value it may be too small for.
        let huge = Secret::new(made_up::NEEDLE.repeat(100_000));
        if let Err(error) = vault.put(&key, &huge).await {
            scan("an error", scanner.scan_error(&error))?;
        }
        must("a delete", vault.delete(&key).await)
    })
    .await;
    let verdict = verdict.and_then(|()| scan("its log", scanner.scan(logs)));
    keys.settle(&*vault, "secrets stay hidden", verdict).await;
}

/// The keys one clause uses, which it deletes before it gives its verdict.
struct Keys(std::sync::Mutex<Vec<VaultKey>>);

impl Keys {
    fn new() -> Self {
        Self(std::sync::Mutex::default())
    }

    fn key(&self, item: VaultItem) -> VaultKey {
        self.add(VaultKey::new(made_up::session(), item))
    }

    fn item_of(&self, key: &VaultKey, item: VaultItem) -> VaultKey {
        self.add(VaultKey::new(key.session().clone(), item))
    }

    /// Keys that a backend may confuse when it joins, cuts or folds their texts.
    fn look_alikes(&self) -> Vec<VaultKey> {
        let text = made_up::unique();
        let upper = text.to_uppercase();
        let sessions =
            [text.clone(), upper, format!("{text}/access-key"), format!("{text}@a"), format!("a@{text}")];
        let longest = format!("{text}{}", "x".repeat(128 - text.len()));
        let cut = format!("{text}{}y", "x".repeat(127 - text.len()));
        let sessions = sessions.into_iter().chain([longest, cut]);
        sessions
            .flat_map(|session| {
                VaultItem::ALL.iter().map(move |item| VaultKey::new(made_up::session_named(&session), *item))
            })
            .map(|key| self.add(key))
            .collect()
    }

    fn add(&self, key: VaultKey) -> VaultKey {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(key.clone());
        key
    }

    async fn settle(self, vault: &dyn Vault, clause: &str, mut verdict: Verdict) {
        for key in self.0.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
            let cleaned = must("the clean-up's delete", vault.delete(&key).await);
            verdict = verdict.and(cleaned);
        }
        settle("vault", clause, verdict);
    }
}

async fn put(vault: &dyn Vault, key: &VaultKey, text: &str) -> Verdict {
    let put = vault.put(key, &Secret::new(text)).await;
    must(format_args!("a put of {} bytes", text.len()), put)
}

async fn expect(vault: &dyn Vault, key: &VaultKey, wanted: Option<&str>) -> Verdict {
    let found = must("a get", vault.get(key).await)?;
    let found = found.as_ref().map(Secret::expose);
    ensure!(found == wanted, "get of `{key}` gives {}, where {} was put", shown(found), shown(wanted));
    Ok(())
}

async fn whole(vault: &dyn Vault, key: &VaultKey) -> Verdict {
    let found = must("a get beside puts", vault.get(key).await)?;
    let found = found.as_ref().map(Secret::expose);
    let is_whole = found.is_some_and(|text| {
        text.len() == 3000 && text.chars().next().is_some_and(|first| text.chars().all(|c| c == first))
    });
    ensure!(is_whole, "get gives {}, which nobody put", shown(found));
    Ok(())
}

/// Between the writers and the reader of one test: every read happens while everybody writes.
#[derive(Default)]
struct Gate {
    writing: AtomicUsize,
    is_over: AtomicBool,
}

async fn write_on(vault: Arc<dyn Vault>, key: VaultKey, text: String, gate: Arc<Gate>) -> Verdict {
    let mut outcome = put(&*vault, &key, &text).await;
    gate.writing.fetch_add(1, Ordering::AcqRel);
    while outcome.is_ok() && !gate.is_over.load(Ordering::Acquire) {
        outcome = put(&*vault, &key, &text).await;
        tokio::task::yield_now().await;
    }
    outcome
}

/// Enough of a made-up value to see what is wrong with it.
fn shown(text: Option<&str>) -> String {
    text.map_or_else(
        || "nothing".into(),
        |text| format!("{} bytes {:?}", text.len(), text.chars().take(60).collect::<String>()),
    )
}

/// A text of a size, no part of which repeats: a lost or a doubled chunk shows.
fn text_of(size: usize) -> String {
    let mut text: String = (0..=size / 8).map(|number| format!("{number:07}-")).collect();
    text.truncate(size);
    text
}
