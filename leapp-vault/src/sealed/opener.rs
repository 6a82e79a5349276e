//! What an open vault obtains its key from.

use std::sync::Arc;

use leapp_core::{Error, SessionId, Vault};
use tokio::time::Instant;

use super::asked::Asked;
use super::data_key::DataKey;
use super::passphrase::Passphrase;
use super::store::Store;
use crate::turns::Turns;

pub(super) enum Opener {
    DataKey(DataKey),
    Passphrase(Asked),
}

impl Opener {
    pub(super) fn by_passphrase(passphrase: Passphrase) -> Self {
        Self::Passphrase(Asked::new(passphrase))
    }

    pub(super) fn by_data_key(vault: Arc<dyn Vault>, name: SessionId) -> Self {
        Self::DataKey(DataKey::new(vault, name))
    }

    /// Obtains what the store derives its key from. A data key may be made only for a file that is new.
    pub(super) async fn give_key(
        &self,
        store: &Store,
        is_new: bool,
        until: Instant,
        turns: &Turns,
    ) -> Result<(), Error> {
        match self {
            Self::Passphrase(asked) => asked.wait(&store.keys).await,
            Self::DataKey(data_key) => {
                let key = data_key.obtain(&store.place, is_new, until, turns).await?;
                store.keys.give_data_key(key);
                Ok(())
            }
        }
    }
}
