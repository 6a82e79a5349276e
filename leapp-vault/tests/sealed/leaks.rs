//! Secrets, where none may be: in errors, logs, `Debug`, the file, memory.

use leapp_core::{Error, Secret, Vault};
use leapp_testkit::leak::{Scanner, capture_logs_async, debug_of};

use crate::scene::{Scene, key, open, put, try_get, write};

const PASSPHRASE: &str = "hunter2-hunter2-hunter2";
const VALUE: &str = "0123456789-value-of-an-item";
const SESSION: &str = "name-of-a-session";

#[tokio::test]
async fn no_file_holds_a_value_a_name_or_the_passphrase() {
    let scene = Scene::new();
    put(&open(&scene.path(), PASSPHRASE), SESSION, VALUE).await;
    let scanner = Scanner::new([PASSPHRASE, VALUE, SESSION]);
    for name in scene.names() {
        let bytes = std::fs::read(scene.folder().join(&name)).unwrap();
        assert_eq!(scanner.scan(bytes), None, "{name}");
    }
}

#[tokio::test]
async fn no_error_log_or_debug_holds_a_value_or_the_passphrase() {
    let scanner = Scanner::new([PASSPHRASE, VALUE]);
    let ((), logs) = capture_logs_async(async {
        let scene = Scene::new();
        let vault = open(&scene.path(), PASSPHRASE);
        put(&vault, SESSION, VALUE).await;
        put(&vault, "a", VALUE).await;
        assert_eq!(scanner.scan(debug_of(&vault)), None);
        let mut errors: Vec<Error> = Vec::new();
        errors.push(try_get(&open(&scene.path(), &format!("{PASSPHRASE}!")), "a").await.unwrap_err());
        errors.push(vault.put(&key("a"), &Secret::new(VALUE.repeat(60_000))).await.unwrap_err());
        let whole = scene.bytes();
        for at in (0..whole.len()).step_by(7) {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            write(&scene.path(), &bytes);
            errors.push(vault.put(&key("a"), &Secret::new(VALUE)).await.unwrap_err());
        }
        for error in &errors {
            assert_eq!(scanner.scan_error(error), None, "{error}");
        }
    })
    .await;
    assert_eq!(scanner.scan(logs), None);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn no_copy_of_a_value_or_the_passphrase_stays_in_memory() {
    use leapp_testkit::leak::Canary;
    use leapp_vault::{Passphrase, SealedFile, SealingCost};

    let scene = Scene::new();
    let (passphrase, value) = (Canary::new(), Canary::new());
    let typed = Secret::from(passphrase.text());
    let asking = Passphrase::asking(move || async move { Ok(typed) });
    let vault = SealedFile::open(scene.path(), asking).unwrap().with_cost(SealingCost::MINIMUM);
    vault.put(&key("a"), &Secret::from(value.text())).await.unwrap();
    assert_eq!(passphrase.copies().unwrap(), 0, "the passphrase, once the key is derived");
    assert_eq!(value.copies().unwrap(), 0, "the value, once it is sealed");
    let read = vault.get(&key("a")).await.unwrap().unwrap();
    assert_eq!(value.copies().unwrap(), 1, "the one that was read");
    drop(read);
    vault.put(&key("b"), &Secret::new("x")).await.unwrap();
    vault.unlock().await.unwrap();
    assert_eq!(value.copies().unwrap(), 0, "after it was checked");

    // The same from a descriptor.
    let (reader, mut writer) = std::io::pipe().unwrap();
    std::io::Write::write_all(&mut writer, passphrase.text().as_bytes()).unwrap();
    drop(writer);
    let vault = SealedFile::open(scene.path(), Passphrase::from_fd(reader.into())).unwrap();
    vault.unlock().await.unwrap();
    assert_eq!(passphrase.copies().unwrap(), 0);
}
