use std::time::SystemTime;

use leapp_core::{IssueRequest, MemoryVault, SessionId};

fn main() {
    let session = SessionId::parse("alice").unwrap();
    let vault = MemoryVault::new();
    let now = SystemTime::UNIX_EPOCH;
    let _ = IssueRequest { session: &session, now, vault: &vault, source: None, answer: None };
}
