//! What the library says when the service refuses an access key.

use std::error::Error as _;

use leapp_core::{Error, ErrorKind, SessionState};

use crate::servers::Ministack;
use crate::sessions::{MinistackUser, Plan, Sessions, id_of};

const ROLE: &str = "arn:aws:iam::000000000000:role/Deploy";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn a_refused_access_key_is_access_denied_with_the_services_code_beneath() {
    let ministack = Ministack::start();
    let alice = MinistackUser::new(&ministack, "alice");
    let wrong_secret = [alice.access_key_id.as_str(), "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"];
    let unknown_key = ["AKIAI44QH8DHBEXAMPLE", alice.secret_access_key.as_str()];
    for (access_key, code) in [(wrong_secret, "SignatureDoesNotMatch"), (unknown_key, "InvalidClientTokenId")]
    {
        let plan = Plan::new(&ministack.endpoint(), access_key, ROLE);
        let sessions = plan.play(|builder| builder).await;
        let error = sessions.start("alice").await.unwrap_err();
        assert_denied(&error, code);
        assert_nothing_happened(&sessions, "alice").await;
        // The role's own start ends with what its source was told, not with a time-out.
        let error = sessions.start("deploy").await.unwrap_err();
        assert_denied(&error, code);
        assert_nothing_happened(&sessions, "deploy").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn a_role_that_does_not_trust_its_source_is_access_denied() {
    let ministack = Ministack::start();
    let [alice, eve] = ["alice", "eve"].map(|name| MinistackUser::new(&ministack, name));
    let role_arn = ministack.new_role("Deploy", &alice.trust_policy("{}"));
    let plan = Plan::new(&ministack.endpoint(), eve.access_key(), &role_arn);
    let sessions = plan.play(|builder| builder).await;
    let error = sessions.start("deploy").await.unwrap_err();
    assert_denied(&error, "AccessDenied");
    assert_nothing_happened(&sessions, "deploy").await;
}

#[track_caller]
fn assert_denied(error: &Error, code: &str) {
    assert_eq!(error.kind(), ErrorKind::AccessDenied, "{error:?}");
    assert!(!error.is_retryable());
    let causes: Vec<String> =
        std::iter::successors(error.source(), |cause| std::error::Error::source(*cause))
            .map(ToString::to_string)
            .collect();
    let service = causes.last().unwrap();
    assert!(service.starts_with(&format!("{code} (403): ")), "{causes:?}");
    assert!(!error.to_string().contains(code), "the message repeats its source: {error}");
}

async fn assert_nothing_happened(sessions: &Sessions, session: &str) {
    let status = sessions.leapp.status(&id_of(session)).await.unwrap();
    assert_eq!(status.state, SessionState::Inactive);
    sessions.file.assert_restored();
}
