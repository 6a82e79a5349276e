//! What a sink's author supplies, so that the suite can look at the target as other programs do.

use std::fmt::Debug;
use std::time::SystemTime;

use async_trait::async_trait;
use leapp_core::{CredentialSink, ProfileName, SessionCredentials};

/// A sink over a fresh target, and the ways other programs read and write that target.
///
/// What a target cannot do is declared here, by an answer of `false`; the suite never concludes it from an error.
#[async_trait]
pub trait SinkHarness: Send + Sync {
    /// The sink.
    fn sink(&self) -> &dyn CredentialSink;

    /// Reads a profile with another program's parser, not with the sink's.
    async fn read(&self, profile: &ProfileName) -> Option<ReadBack>;

    /// Writes a profile as a person would in an editor. `false` declares that the target holds nothing but what the
    /// sink puts there, so that there is nothing foreign to leave alone.
    async fn write_by_hand(&self, profile: &ProfileName, credentials: &SessionCredentials) -> bool;

    /// Everything the target holds, byte for byte, permissions included where there are any.
    async fn snapshot(&self) -> Vec<u8>;

    /// Makes every `apply` fail from here on: takes away a permission, fills the disk. `false` declares that nothing can
    /// make it fail.
    async fn break_target(&self) -> bool {
        false
    }

    /// Undoes [`break_target`](Self::break_target).
    async fn mend_target(&self) {}

    /// Whether readers of the target learn the Region. `false` declares that it has no place for one.
    fn carries_region(&self) -> bool {
        true
    }

    /// Whether readers of the target learn the expiration. `false` declares that it has no place for one.
    fn carries_expiration(&self) -> bool {
        true
    }
}

/// What another program reads from a target, as the text it finds.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "harnesses build it, and every field must be given")]
pub struct ReadBack {
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
    /// The session token.
    pub session_token: String,
    /// The expiration, in whole seconds; `None` where the target carries none.
    pub expiration: Option<SystemTime>,
    /// The Region; `None` when there is none, and where the target carries none.
    pub region: Option<String>,
}

impl ReadBack {
    /// Names the first part that differs.
    pub(super) fn differs_from(&self, other: &Self) -> Option<&'static str> {
        let Self { access_key_id, secret_access_key, session_token, expiration, region } = self;
        let parts = [
            ("access key id", *access_key_id == other.access_key_id),
            ("secret access key", *secret_access_key == other.secret_access_key),
            ("session token", *session_token == other.session_token),
            ("expiration", *expiration == other.expiration),
            ("region", *region == other.region),
        ];
        parts.into_iter().find(|(_, same)| !same).map(|(part, _)| part)
    }
}

impl Debug for ReadBack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReadBack").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}
