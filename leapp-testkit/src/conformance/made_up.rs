//! Names and secrets that nobody uses: unique to this process and this call, so that suites can share one store.

use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use leapp_core::{AccessKeyId, ProfileName, Secret, SessionCredentials, SessionId};

/// The text that every planted secret holds, and that no log line, error or `Debug` may hold.
pub(super) const NEEDLE: &str = "hunter2-hunter2";

static COUNTER: AtomicU64 = AtomicU64::new(0);

pub(super) fn unique() -> String {
    format!("leapp-testkit-{}-{}", process::id(), COUNTER.fetch_add(1, Ordering::Relaxed))
}

pub(super) fn session() -> SessionId {
    session_named(&unique())
}

pub(super) fn session_named(text: &str) -> SessionId {
    SessionId::parse(text).unwrap_or_else(|error| panic!("the suite's own session id is refused: {error}"))
}

pub(super) fn profile() -> ProfileName {
    ProfileName::parse(&unique())
        .unwrap_or_else(|error| panic!("the suite's own profile is refused: {error}"))
}

/// A set whose every part differs from those of every other set made here.
pub(super) fn credentials() -> SessionCredentials {
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let secret = format!("{NEEDLE}/{number}+secret/Key=");
    // As long as STS makes them, with the characters that base64 uses and that files and URLs treat specially.
    let token = format!("{NEEDLE}//{number}{}==", "IQoJb3JpZ2luX2Vj+/".repeat(220));
    let expiration = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000 + number * 61);
    AccessKeyId::parse(&format!("ASIATESTKIT{number:09}"))
        .and_then(|id| SessionCredentials::new(id, Secret::new(secret), Secret::new(token), expiration))
        .unwrap_or_else(|error| panic!("the suite's own credentials are refused: {error}"))
}
