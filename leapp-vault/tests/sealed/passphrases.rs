//! Where the passphrase comes from, and how often it is asked for.

#[cfg(unix)]
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use leapp_core::{Error, ErrorKind, Secret, Vault};
use leapp_vault::{Passphrase, SealedFile, SealingCost};
use tokio::sync::oneshot;

use crate::scene::{FILE, PASSPHRASE, Scene, assert_is, get, key, put, refusal, try_get, write};

fn open(scene: &Scene, passphrase: Passphrase) -> SealedFile {
    SealedFile::open(scene.path(), passphrase).unwrap().with_cost(SealingCost::MINIMUM)
}

/// A passphrase, and how often it was asked for.
fn counted(text: &'static str) -> (Passphrase, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let passphrase = Passphrase::asking(move || async move {
        count.fetch_add(1, Ordering::Relaxed);
        Ok(Secret::new(text))
    });
    (passphrase, asked)
}

#[tokio::test]
async fn a_wrong_passphrase_locks_and_is_not_asked_for_again() {
    let scene = Scene::new();
    put(&scene.sealed(), "a", "x").await;
    for wrong in ["wrong", "correct horse battery staple ", "Correct horse battery staple"] {
        let (passphrase, asked) = counted(wrong);
        let error = refusal(&scene, &open(&scene, passphrase)).await;
        assert_is(&error, ErrorKind::Locked, "the passphrase is wrong; open it again");
        assert!(error.needs_person() && !error.is_retryable());
        assert_eq!(asked.load(Ordering::Relaxed), 1);
    }
    assert_eq!(get(&scene.sealed(), "a").await.as_deref(), Some("x"));
}

#[tokio::test]
async fn the_passphrase_is_asked_for_once_when_it_is_first_needed() {
    let scene = Scene::new();
    let (passphrase, asked) = counted(PASSPHRASE);
    let vault = Arc::new(open(&scene, passphrase));
    assert_eq!(get(&vault, "a").await, None);
    vault.delete(&key("a")).await.unwrap();
    assert_eq!(asked.load(Ordering::Relaxed), 0, "there was nothing to open");
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..10 {
        let vault = Arc::clone(&vault);
        tasks.spawn(async move { put(&vault, &format!("n{number}"), "x").await });
    }
    while let Some(task) = tasks.join_next().await {
        task.unwrap();
    }
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_caller_that_goes_away_while_a_person_types_changes_nothing_for_the_next() {
    let scene = Scene::new();
    let (typed, answer) = oneshot::channel::<&str>();
    let passphrase = Passphrase::asking(|| async { Ok(Secret::new(answer.await.unwrap())) });
    let vault = open(&scene, passphrase);
    let (name, value) = (key("a"), Secret::new("x"));
    let given_up = tokio::time::timeout(Duration::from_millis(20), vault.put(&name, &value)).await;
    assert!(given_up.is_err(), "nobody has typed anything");
    typed.send(PASSPHRASE).unwrap();
    put(&vault, "b", "y").await;
    assert_eq!(get(&scene.sealed(), "b").await.as_deref(), Some("y"));
    assert_eq!(get(&scene.sealed(), "a").await, None, "a put that was given up took effect");
}

#[tokio::test]
async fn no_passphrase_is_taken_that_is_none() {
    for (text, words) in [("", "is empty"), (&*"x".repeat(4097), "longer than 4096 bytes")] {
        let scene = Scene::new();
        let vault = scene.sealed_with(text);
        let error = vault.put(&key("a"), &Secret::new("x")).await.unwrap_err();
        assert_is(&error, ErrorKind::InvalidInput, words);
        assert!(scene.names().is_empty());
    }
}

#[tokio::test]
async fn what_the_host_fails_with_is_what_every_operation_fails_with() {
    let scene = Scene::new();
    put(&scene.sealed(), "a", "x").await;
    let refused = Passphrase::asking(|| async { Err(Error::new(ErrorKind::Cancelled, "nobody is there")) });
    assert_is(&refusal(&scene, &open(&scene, refused)).await, ErrorKind::Cancelled, "nobody is there");
    let panics = Passphrase::asking(|| async { panic!("a host's fault") });
    assert_is(&refusal(&scene, &open(&scene, panics)).await, ErrorKind::Locked, "ended without an answer");
}

#[tokio::test]
async fn a_credential_of_systemd_is_read_with_or_without_its_line_end() {
    let scene = Scene::new();
    put(&scene.sealed(), "a", "x").await;
    let credentials = tempfile::tempdir().unwrap();
    let file = credentials.path().join("vault");
    let passphrase = || Passphrase::from_credential(credentials.path(), "vault").unwrap();
    for end in ["", "\n", "\r\n"] {
        write(&file, format!("{PASSPHRASE}{end}").as_bytes());
        assert_eq!(get(&open(&scene, passphrase()), "a").await.as_deref(), Some("x"), "{end:?}");
    }
    for (bytes, words) in [
        (&b""[..], "is empty"),
        (b"\n", "is empty"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"one\ntwo", "more than one line"),
        (b"one\n\n", "more than one line"),
        (&[b'x'; 5000], "longer than 4096 bytes"),
    ] {
        write(&file, bytes);
        assert_is(&refusal(&scene, &open(&scene, passphrase())).await, ErrorKind::InvalidInput, words);
    }
    std::fs::remove_file(file).unwrap();
    assert_is(&refusal(&scene, &open(&scene, passphrase())).await, ErrorKind::NotFound, "the credential");
    for name in ["", ".", "..", "../vault", "a/b", "a\0b"] {
        let error = Passphrase::from_credential(credentials.path(), name).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{name:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_descriptor_is_read_to_the_end_of_a_line_and_closed() {
    let scene = Scene::new();
    put(&scene.sealed(), "a", "x").await;
    for text in [PASSPHRASE.to_owned(), format!("{PASSPHRASE}\n"), format!("{PASSPHRASE}\r\nmore\n")] {
        let (reader, mut writer) = std::io::pipe().unwrap();
        writer.write_all(text.as_bytes()).unwrap();
        // One that gives a line need not end.
        let open_end = text.contains('\n').then(|| writer.try_clone().unwrap());
        drop(writer);
        let vault = open(&scene, Passphrase::from_fd(reader.into()));
        assert_eq!(get(&vault, "a").await.as_deref(), Some("x"), "{text:?}");
        assert_eq!(get(&vault, "a").await.as_deref(), Some("x"), "the second time, without reading again");
        if let Some(mut writer) = open_end {
            assert!(writer.write_all(b"more").is_err(), "nobody closed it");
        }
    }
    let (reader, writer) = std::io::pipe().unwrap();
    drop(writer);
    let error = try_get(&open(&scene, Passphrase::from_fd(reader.into())), "a").await.unwrap_err();
    assert_is(&error, ErrorKind::InvalidInput, "is empty");
}

#[tokio::test]
async fn the_cost_is_that_of_the_file_and_no_less_than_the_minimum() {
    let scene = Scene::new();
    put(&scene.sealed(), "a", "x").await;
    let dearer = SealingCost::new(20 * 1024, 3).unwrap();
    let vault = open(&scene, counted(PASSPHRASE).0).with_cost(dearer);
    put(&vault, "b", "y").await;
    assert_eq!(scene.bytes()[12..16], (19 * 1024_u32).to_le_bytes(), "the file's own cost");
    for (memory, passes) in [(19 * 1024 - 1, 2), (19 * 1024, 1), (256 * 1024 + 1, 2), (19 * 1024, 17)] {
        assert_eq!(SealingCost::new(memory, passes).unwrap_err().kind(), ErrorKind::InvalidInput);
    }
}

#[tokio::test]
async fn a_file_of_the_default_cost_is_dear() {
    let scene = Scene::new();
    let vault = open(&scene, counted(PASSPHRASE).0).with_cost(SealingCost::default());
    put(&vault, "a", "x").await;
    assert_eq!(scene.bytes()[12..16], (64 * 1024_u32).to_le_bytes());
    assert_eq!(scene.bytes()[16..20], 3_u32.to_le_bytes());
}

/// A closure that needs what it is to open would wait for itself.
#[tokio::test]
async fn a_passphrase_that_needs_the_vault_it_opens_is_refused() {
    let scene = Scene::new();
    put(&scene.sealed(), "a", "x").await;
    let itself: Arc<OnceLock<Arc<SealedFile>>> = Arc::default();
    let of_closure = Arc::clone(&itself);
    let asking = Passphrase::asking(move || async move {
        let vault = of_closure.get().unwrap();
        vault.get(&key("a")).await.map(Option::unwrap)
    });
    let vault = itself.get_or_init(|| Arc::new(open(&scene, asking)));
    assert_is(&try_get(vault, "a").await.unwrap_err(), ErrorKind::Locked, "needs the vault itself");
}

/// Whoever plants a file must not have a say in how the next one is sealed; a mistyped passphrase neither.
#[tokio::test]
async fn no_new_file_is_made_in_the_likeness_of_one_that_was_not_opened() {
    let scene = Scene::new();
    put(&scene.sealed_with("another's"), "a", "x").await;
    for name in scene.names().iter().filter(|name| *name != FILE) {
        std::fs::remove_file(scene.folder().join(name)).unwrap();
    }
    let vault = scene.sealed();
    assert_is(&try_get(&vault, "a").await.unwrap_err(), ErrorKind::Locked, "the passphrase is wrong");
    std::fs::remove_file(scene.path()).unwrap();
    let error = vault.put(&key("a"), &Secret::new("x")).await.unwrap_err();
    assert_is(&error, ErrorKind::Locked, "open it again");
    assert!(scene.names().is_empty());
}

/// A runtime that ends waits for its own blocking threads.
#[cfg(unix)]
#[test]
fn a_descriptor_that_says_nothing_keeps_no_runtime() {
    let scene = Scene::new();
    let (reader, writer) = std::io::pipe().unwrap();
    let (ended, has_ended) = std::sync::mpsc::channel();
    let vault = open(&scene, Passphrase::from_fd(reader.into()));
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let put = async {
            let secret = Secret::new("x");
            tokio::time::timeout(Duration::from_millis(50), vault.put(&key("a"), &secret)).await
        };
        assert!(runtime.block_on(put).is_err(), "somebody answered");
        drop(runtime);
        ended.send(()).unwrap();
    });
    // Much longer than it takes: only a runtime that waits for the descriptor takes as long.
    assert!(has_ended.recv_timeout(Duration::from_secs(20)).is_ok(), "the runtime did not end");
    drop(writer);
}
