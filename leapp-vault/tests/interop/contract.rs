//! Every clause of the contract, in a desktop's keychain.

use leapp_core::LocalCoordinator;
use leapp_testkit::conformance::{check, vault};
use leapp_vault::KeyringVault;

use crate::daemon::Daemon;
use crate::session::{self, Bus};

fn open() -> KeyringVault {
    // The keys are new each time: their lock files would stay.
    KeyringVault::open_secret_service("leapp-vault-test").unwrap().with_coordinator(LocalCoordinator::new())
}

macro_rules! clauses {
    ($($name:ident)*) => {
        $(
            #[test]
            #[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
            fn $name() {
                session::run(module_path!(), stringify!($name), Bus::Desktop, async |_| {
                    let _daemon = Daemon::start("pass").await;
                    // The clause has a runtime of its own, which needs a thread of its own.
                    let clause = || check(open, |vault| vault::$name(vault));
                    tokio::task::spawn_blocking(clause).await.unwrap();
                });
            }
        )*

        #[test]
        fn no_clause_is_forgotten() {
            let here = [$(stringify!($name)),*];
            assert!(vault::CLAUSES.iter().all(|clause| here.contains(&clause.name)));
        }
    };
}

clauses! {
    round_trip put_replaces absent_is_none delete_is_idempotent keys_do_not_collide large_values_survive
    concurrent_puts_do_not_tear secrets_stay_hidden
}
