//! A new set reaches the programs that start after it.

use crate::readers::boto3;
use crate::servers::Ministack;
use crate::sessions::assert_active;
use crate::through_ministack::started_sessions;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn a_new_process_uses_the_set_of_the_last_refresh() {
    let ministack = Ministack::start();
    let sessions = started_sessions(&ministack).await;
    for session in ["deploy", "alice"] {
        let before = boto3(&sessions.file, session, &sessions.endpoint).unwrap();
        assert_active(sessions.refresh(session).await);
        let after = boto3(&sessions.file, session, &sessions.endpoint).unwrap();
        assert_ne!(after.access_key_id, before.access_key_id);
        assert_eq!(after.access_key_id, sessions.current(session).await.access_key_id().as_str());
        assert_eq!(after.arn, before.arn);
    }
    sessions.stop_both().await;
}
