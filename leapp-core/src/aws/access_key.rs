//! The access key that the vault holds for a session.

use crate::{AccessKey, Error, ErrorKind, IssueRequest, VaultItem, VaultKey};

/// Reads the key that signs a session's request.
pub(super) async fn of(request: &IssueRequest<'_>) -> Result<AccessKey, Error> {
    let session = request.session;
    match request.vault.get(&VaultKey::new(session.clone(), VaultItem::AccessKey)).await? {
        Some(record) => AccessKey::from_record(&record),
        None => {
            let message = format!("the vault holds no access key for session `{session}`");
            Err(Error::new(ErrorKind::NotFound, message))
        }
    }
}
