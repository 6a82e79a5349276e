//! A rotation that goes well, and what it leaves alone.

use std::time::Duration;

use leapp_core::aws::{GetSessionToken, KeyRole, LastUse, Resumed};
use leapp_core::{Clock, ErrorKind, Leapp, MemorySink, ProfileName, Session, Started, Vault, VaultItem};

use crate::backends::late_iam;
use crate::scene::{Scene, alice, place};

#[tokio::test(start_paused = true)]
async fn the_vault_has_the_new_key_and_iam_the_old_one_no_more() {
    let scene = Scene::new().await;

    let rotated = scene.run(scene.rotation().rotate()).await.unwrap();

    assert_eq!((&rotated.old, rotated.is_by_another), (scene.key.access_key_id(), false));
    assert_eq!(scene.held().await.access_key_id(), &rotated.new);
    assert_ne!(rotated.new, rotated.old);
    scene.assert_settled("rotated").await;
    assert_eq!(scene.identity(&scene.key).await, None);
    // And once more.
    let again = scene.run(scene.rotation().rotate()).await.unwrap();
    assert_eq!(again.old, rotated.new);
    scene.assert_settled("rotated twice").await;
}

/// The order is the promise: known to STS before the vault relies on it, and to IAM before the old one ends.
#[tokio::test(start_paused = true)]
async fn calls_are_made_in_order_and_each_by_the_key_that_it_is_about() {
    let scene = Scene::new().await;

    let rotated = scene.run(scene.rotation().rotate()).await.unwrap();

    let requests = scene.aws.requests();
    let seen: Vec<_> =
        requests.iter().map(|request| (request.action(), request.access_key_id().unwrap())).collect();
    assert_eq!(
        seen,
        [
            ("GetCallerIdentity", &rotated.old),
            ("ListAccessKeys", &rotated.old),
            ("CreateAccessKey", &rotated.old),
            ("GetCallerIdentity", &rotated.new),
            ("GetCallerIdentity", &rotated.new),
            ("ListAccessKeys", &rotated.old),
            ("GetCallerIdentity", &rotated.new),
            ("ListAccessKeys", &rotated.new),
            ("DeleteAccessKey", &rotated.new),
        ]
    );
    let wait = |one: usize| requests[one + 1].at().duration_since(requests[one].at()).unwrap();
    assert!(wait(3) >= Duration::from_secs(10), "other machines have time to hear of it: {:?}", wait(3));
    assert!(wait(5) >= Duration::from_secs(30), "calls under way have time to end: {:?}", wait(5));
}

#[tokio::test(start_paused = true)]
async fn a_key_that_takes_time_to_spread_is_waited_for() {
    for propagation in [1, 10, 45] {
        let scene = Scene::with_key_propagation(Duration::from_secs(propagation)).await;
        let began = scene.clock.now();

        scene.run(scene.rotation().rotate()).await.unwrap();

        let took = scene.clock.now().duration_since(began).unwrap();
        assert!(took < Duration::from_secs(propagation + 5 + 10 + 31), "{propagation} s: {took:?}");
        // The end of the old one has to spread too.
        scene.clock.advance(Duration::from_secs(propagation));
        scene.assert_settled(&format!("{propagation} s")).await;
        assert_eq!(scene.identity(&scene.key).await, None);
    }
}

/// STS knew it first. What is deleted last is deleted as soon as IAM knows it too.
#[tokio::test(start_paused = true)]
async fn a_key_that_iam_gets_to_know_later_than_sts_is_waited_for() {
    let scene = Scene::new().await;
    let http = late_iam(scene.aws.http_client(), 3);

    scene.run(scene.rotation_over(scene.vault.clone(), http).rotate()).await.unwrap();

    scene.assert_settled("late").await;
}

/// Its list is behind what it has made.
#[tokio::test(start_paused = true)]
async fn a_key_that_iam_lists_late_is_waited_for() {
    for (seconds, is_in_time) in [(25, true), (3600, false)] {
        let scene = Scene::new().await;
        let _ = scene.aws.clone().with_key_list_delay(Duration::from_secs(seconds));

        let outcome = scene.run(scene.rotation().rotate()).await;

        assert_eq!(outcome.is_ok(), is_in_time, "{seconds} s: {outcome:?}");
        if let Err(error) = outcome {
            assert_eq!(error.kind(), ErrorKind::NotFound);
            assert_eq!(scene.held().await.access_key_id(), scene.key.access_key_id());
            assert!(scene.identity(&scene.key).await.is_some());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_running_session_goes_on_and_its_next_set_is_the_new_keys() {
    let scene = Scene::new().await;
    let sink = std::sync::Arc::new(MemorySink::new());
    let profile = ProfileName::parse("alice").unwrap();
    let start = || async {
        let leapp = Leapp::builder(scene.vault.clone())
            .with_sink(sink.clone())
            .with_clock(std::sync::Arc::new(scene.clock.clone()))
            .build()
            .unwrap();
        let session = Session::new(alice(), GetSessionToken::new(scene.sts())).with_profile(profile.clone());
        leapp.add(session).await.unwrap();
        assert!(matches!(leapp.start(&alice()).await.unwrap(), Started::Active));
        leapp
    };
    let leapp = scene.run(start()).await;
    let before = leapp.credentials(&alice()).unwrap().current().await.unwrap();

    let rotated = scene.run(scene.rotation().rotate()).await.unwrap();

    // Published, valid, and accepted: AWS does not end it with the key that it came from.
    let published = sink.read(&profile).unwrap().credentials;
    assert_eq!(published.access_key_id(), before.access_key_id());
    let rotation = scene.rotation().with_session_credentials(published);
    let error = scene.run(rotation.status()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied, "IAM wants MFA");
    let calls = scene.aws.requests();
    let by_set = calls.iter().rfind(|call| call.action() == "GetCallerIdentity").unwrap();
    assert_eq!((by_set.access_key_id(), by_set.error_code()), (Some(before.access_key_id()), None));
    // Nothing of it is kept for reuse.
    assert!(scene.vault.get(&place(VaultItem::SessionCredentials)).await.unwrap().is_none());
    scene.run(leapp.refresh(&alice())).await.unwrap();
    let after = leapp.credentials(&alice()).unwrap().current().await.unwrap();
    assert_ne!(after.access_key_id(), before.access_key_id());
    let calls = scene.aws.requests();
    let issued = calls.iter().rfind(|call| call.action() == "GetSessionToken").unwrap();
    assert_eq!(issued.access_key_id(), Some(&rotated.new));
    assert_eq!(sink.read(&profile).unwrap().credentials.access_key_id(), after.access_key_id());
}

#[tokio::test(start_paused = true)]
async fn a_session_with_mfa_signs_where_it_is_given() {
    let scene = Scene::new().await;
    let set = mfa_set(&scene).await;

    let rotation = scene.rotation().with_session_credentials(set.clone());
    let rotated = scene.run(rotation.rotate()).await.unwrap();

    for request in scene.aws.requests().iter().filter(|request| request.service() == "iam") {
        assert_eq!(request.access_key_id(), Some(set.access_key_id()), "{}", request.action());
    }
    assert_eq!(scene.held().await.access_key_id(), &rotated.new);
    scene.assert_settled("with MFA").await;
}

#[tokio::test(start_paused = true)]
async fn status_says_which_key_is_which_and_changes_nothing() {
    let scene = Scene::new().await;
    scene.clock.advance(Duration::from_secs(3600));
    let other = scene.aws.add_access_key(&scene.alice);

    let status = scene.run(scene.rotation().status()).await.unwrap();

    assert_eq!((status.user_arn.as_str(), status.is_under_way), (scene.alice.as_str(), false));
    let keys: Vec<_> = status.keys.iter().map(|key| (&key.access_key_id, key.role, key.last_use)).collect();
    let now = scene.clock.now();
    assert_eq!(
        keys,
        [
            (scene.key.access_key_id(), KeyRole::InVault, LastUse::At(now)),
            (other.access_key_id(), KeyRole::Other, LastUse::Never),
        ]
    );
    assert_eq!(status.keys[1].create_date, now);
    assert!(status.keys.iter().all(|key| key.is_active));
    assert_eq!(scene.run(scene.rotation().resume()).await.unwrap(), Resumed::Nothing);
    assert_eq!(scene.listed().await.len(), 2);
}

/// A set of alice's that was obtained with MFA.
pub(crate) async fn mfa_set(scene: &Scene) -> leapp_core::SessionCredentials {
    use leapp_core::{Answer, IssueRequest, Issued, SessionProvider};

    let device = scene.aws.add_mfa_device(&scene.alice);
    let provider = GetSessionToken::new(scene.sts()).with_mfa(device.serial_number().clone());
    let (session, now) = (alice(), scene.clock.now());
    let answer = Answer::TokenCode(device.code_at(now));
    let request = IssueRequest::new(&session, now, &*scene.vault).with_answer(Some(&answer));
    match provider.issue(&request).await.unwrap() {
        Issued::Credentials(set) => set,
        other => panic!("no credentials: {other:?}"),
    }
}
