//! The vault's contract, with either way to the key.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use leapp_core::MemoryVault;
use leapp_vault::SealedFile;
use tempfile::TempDir;

use crate::scene::{self, session};

/// One for all clauses: what is written there by others must not matter.
static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());

fn path(name: &str) -> PathBuf {
    FOLDER.path().join(name)
}

mod with_passphrase {
    leapp_testkit::vault_tests!(|| super::scene::open(&super::path("by-passphrase"), "made up"));
}

mod with_data_key {
    use super::*;

    static KEYCHAIN: LazyLock<Arc<MemoryVault>> = LazyLock::new(Arc::default);

    fn open() -> SealedFile {
        SealedFile::open_with_data_key(path("by-data-key"), KEYCHAIN.clone(), session("host")).unwrap()
    }

    leapp_testkit::vault_tests!(open);
}

mod each_in_a_file_of_its_own {
    use super::*;

    fn open() -> SealedFile {
        // Gone at the end of the machine's temporary folder's life; a clause takes the vault away with it.
        let folder = tempfile::tempdir_in(FOLDER.path()).unwrap().keep();
        scene::open(&folder.join("sealed"), "made up")
    }

    leapp_testkit::vault_tests!(open);
}
