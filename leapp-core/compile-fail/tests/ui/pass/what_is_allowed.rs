//! The allowed counterpart of each refusal, from the same imports.

use std::fmt::Debug;
use std::time::SystemTime;

use leapp_core::engine::RotationEngine;
use leapp_core::{
    AccessKey, AccessKeyId, Change, IssueRequest, MemoryVault, ProfileName, Secret, SessionCredentials, SessionId,
};

fn print<T: Debug>(value: T) -> String {
    format!("{value:?}")
}

fn main() {
    let secret = Secret::new("planted");
    assert!(secret.expose() == "planted");
    assert_eq!(print(secret.clone()), "Secret(redacted)");

    let now = SystemTime::UNIX_EPOCH;
    let session = SessionId::parse("alice").unwrap();
    let id = AccessKeyId::parse("ASIAIOSFODNN7EXAMPLE").unwrap();
    let credentials = SessionCredentials::new(id, secret.clone(), secret.clone(), now).unwrap();
    let profile = ProfileName::parse("default").unwrap();
    let change = Change::Publish { session: session.clone(), profile, region: None, credentials };
    assert_eq!(change.session(), &session);

    let id = AccessKeyId::parse("AKIAIOSFODNN7EXAMPLE").unwrap();
    assert!(AccessKey::new(id, secret).is_ok());
    let vault = MemoryVault::new();
    assert!(IssueRequest::new(&session, now, &vault).answer.is_none());
    RotationEngine::new(1).handle_timeout(now);
}
