//! From an access key to clients that work, before ministack, which lets in only what is signed rightly.

use leapp_core::{Clock, ErrorKind, Event, SessionState, SystemClock};

use crate::readers::{assert_all_are, boto3};
use crate::rust_sdk;
use crate::servers::Ministack;
use crate::sessions::{MinistackUser, Plan, Sessions, id_of, soon};
use crate::shared_file::SharedFile;

const SESSION_ARN: &str = "arn:aws:sts::000000000000:assumed-role/Deploy/assumed-from-leapp";

/// Both sessions started, for a new user and a role that trusts her.
pub(crate) async fn started_sessions(ministack: &Ministack) -> Sessions {
    let alice = MinistackUser::new(ministack, "alice");
    let role_arn = ministack.new_role("Deploy", &alice.trust_policy("{}"));
    let plan = Plan::new(&ministack.endpoint(), alice.access_key(), &role_arn);
    let sessions = plan.play(|builder| builder).await;
    sessions.start_both().await;
    sessions
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn clients_are_let_in_with_what_is_in_the_file_and_nothing_else() {
    let ministack = Ministack::start();
    let sessions = started_sessions(&ministack).await;
    assert_eq!(sessions.file.foreign_profiles(), SharedFile::with_foreign_profiles().foreign_profiles());
    assert_all_are(&sessions, "alice", "arn:aws:iam::000000000000:user/alice").await;
    assert_all_are(&sessions, "deploy", SESSION_ARN).await;

    let set = sessions.current("deploy").await;
    for (value, code) in [
        (set.secret_access_key(), "SignatureDoesNotMatch"),
        // AWS says the same of a token that is not the one it gave.
        (set.session_token(), "InvalidClientTokenId"),
    ] {
        let file = SharedFile::new(&with_one_character_changed(&sessions.file.text(), value.expose()));
        let refusals = [
            boto3(&file, "deploy", &sessions.endpoint),
            rust_sdk::caller(file.path(), "deploy", &sessions.endpoint).await,
        ];
        for refusal in refusals {
            assert!(refusal.as_ref().is_err_and(|said| said.contains(code)), "{code}: {refusal:?}");
        }
    }
    sessions.stop_both().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn what_is_valid_outlives_the_service() {
    let ministack = Ministack::start();
    let sessions = started_sessions(&ministack).await;
    let (text, set) = (sessions.file.text(), sessions.current("deploy").await);
    let mut events = sessions.leapp.events();
    drop(ministack);

    let error = sessions.refresh("deploy").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable, "{error:?}");
    let failed = async {
        while let Some(event) = events.next().await {
            if let Event::RefreshFailed { next_attempt, .. } = event {
                return next_attempt;
            }
        }
        None
    };
    assert!(soon(failed).await.is_some(), "nothing will be tried again");

    assert_eq!(sessions.file.text(), text);
    let still = sessions.current("deploy").await;
    assert_eq!(still.access_key_id(), set.access_key_id());
    assert!(still.is_valid_at(SystemClock::new().now()));
    let status = sessions.leapp.status(&id_of("deploy")).await.unwrap();
    assert_eq!(status.state, SessionState::Active);
    sessions.stop_both().await;
}

/// The file as somebody would have it who knows all but one character of a secret.
fn with_one_character_changed(text: &str, secret: &str) -> String {
    let middle = secret.len() / 2;
    let other = if secret[middle..].starts_with('A') { "B" } else { "A" };
    let changed = format!("{}{other}{}", &secret[..middle], &secret[middle + 1..]);
    assert_eq!(text.matches(secret).count(), 1);
    text.replace(secret, &changed)
}
