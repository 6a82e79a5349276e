//! No secret of any key is in an error, a `Debug` or a log line, however the rotation goes.

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};

use leapp_testkit::aws::Fault;
use leapp_testkit::leak::{Scanner, capture_logs_async, debug_of, text_of};

use crate::backends::{Faulty, faulty, overheard};
use crate::happy::mfa_set;
use crate::scene::Scene;

#[tokio::test(start_paused = true)]
async fn nothing_tells_a_secret() {
    for (action, fault) in [
        ("", Fault::Throttle),
        ("CreateAccessKey", Fault::AnswerLost),
        ("CreateAccessKey", Fault::Duplicated),
        ("CreateAccessKey", Fault::Oversized),
        ("CreateAccessKey", Fault::Truncated),
        ("CreateAccessKey", Fault::CutShort),
        ("DeleteAccessKey", Fault::AccessDenied),
        ("DeleteAccessKey", Fault::ExpiredToken),
        ("ListAccessKeys", Fault::Truncated),
    ] {
        let scene = Scene::new().await;
        let set = mfa_set(&scene).await;
        let made = Arc::new(Mutex::new(Vec::new()));
        let http = faulty(Faulty {
            aws: scene.aws.clone(),
            action,
            fault,
            from: 0,
            times: 1,
            count: AtomicUsize::new(0),
        });
        let http = overheard(http, made.clone());
        let rotation = scene.rotation_over(scene.vault.clone(), http).with_session_credentials(set.clone());

        let ((outcome, status), log) = capture_logs_async(async {
            (scene.run(rotation.rotate()).await, scene.run(rotation.status()).await)
        })
        .await;
        let resumed = scene.run(rotation.resume()).await;

        let mut secrets = vec![set.secret_access_key().expose().to_owned()];
        secrets.push(set.session_token().expose().to_owned());
        // Those of all keys there ever were: the vault's before and after, and one that nobody got to know.
        secrets.extend(made.lock().unwrap().drain(..));
        secrets.push(scene.key.secret_access_key().expose().to_owned());
        let new = scene.held().await.secret_access_key().expose().to_owned();
        assert!(secrets.contains(&new), "{action} {fault:?}");
        let scanner = Scanner::new(&secrets);
        let error = outcome.as_ref().err().map(|error| text_of(error)).unwrap_or_default();
        for (place, text) in [
            ("the rotation", debug_of(&rotation)),
            ("its outcome", debug_of(&outcome)),
            ("its error", error),
            ("its status", debug_of(&status)),
            ("what was resumed", debug_of(&resumed)),
            ("the log", log),
        ] {
            assert_eq!(scanner.scan(&text), None, "{action} {fault:?}: {place}");
        }
    }
}
