//! What the login's session does by itself, and when it asks for a person.

use std::sync::atomic::Ordering;
use std::time::Duration;

use leapp_core::aws::LoginFlow::DeviceCode;
use leapp_core::aws::PortalLogin;
use leapp_core::{
    Answer, Clock, ErrorKind, IssueRequest, Issued, LocalCoordinator, Login, Question, Region, Secret,
    SessionProvider, Vault,
};
use leapp_testkit::aws::Fault;

use crate::edited::{edited, without_refresh_token};
use crate::scene::{Does, HOUR, MINUTE, OTHER_START_URL, START_URL, Scene, id, place, sso};
use crate::vaults::{Refusing, Yielding};

#[tokio::test]
async fn nobody_logged_in_is_a_question_for_a_person() {
    let scene = Scene::new();
    let Issued::Challenge(challenge) = scene.attempt(&scene.portal(), None).await.unwrap() else {
        panic!("it asks")
    };
    let (start_url, region) = (START_URL.to_owned(), Region::parse("eu-west-1").unwrap());
    assert_eq!(challenge.question, Question::Login { start_url, region });
    assert_eq!(challenge.session, id("company"));
    assert!(scene.aws.requests().is_empty(), "nothing is called before the answer");
}

#[tokio::test]
async fn a_login_is_reused_until_it_is_due_and_then_renewed_without_a_person() {
    let scene = Scene::new();
    let portal = scene.portal();
    let first = scene.log_in(&portal, DeviceCode).await.unwrap();
    for _ in 0..3 {
        assert!(reused(scene.attempt(&portal, None).await.unwrap()).is_same(&first));
        scene.clock.advance(16 * MINUTE);
    }
    assert_eq!(scene.calls("CreateToken"), 1);
    scene.clock.advance(3 * MINUTE);
    let second = renewed(scene.attempt(&portal, None).await.unwrap());
    assert!(!second.is_same(&first));
    assert!(scene.record().await.unwrap().contains(second.access_token().expose()), "it is stored");
    // The next renewal is by the next refresh token: AWS ends a login whose refresh token comes twice.
    for _ in 0..7 {
        scene.clock.advance(59 * MINUTE);
        renewed(scene.attempt(&portal, None).await.unwrap());
    }
    assert_eq!(scene.pages_shown(), 1);
}

/// Eight hours are over: what is left is a question, and the refused token is not shown again.
#[tokio::test]
async fn a_refresh_token_that_is_refused_is_a_question_and_is_not_shown_again() {
    let scene = Scene::new();
    let portal = scene.portal();
    scene.log_in(&portal, DeviceCode).await.unwrap();
    scene.clock.advance(9 * HOUR);
    for _ in 0..3 {
        assert!(matches!(scene.attempt(&portal, None).await.unwrap(), Issued::Challenge(_)));
    }
    assert_eq!(scene.calls("CreateToken"), 2);
    scene.log_in(&portal, DeviceCode).await.unwrap();
    reused(scene.attempt(&portal, None).await.unwrap());
    assert_eq!(scene.calls("RegisterClient"), 1, "the registration outlives the login");
}

#[tokio::test]
async fn a_service_that_cannot_be_reached_or_will_not_answer_costs_nothing() {
    let scene = Scene::new();
    let portal = scene.portal();
    scene.log_in(&portal, DeviceCode).await.unwrap();
    scene.clock.advance(55 * MINUTE);
    let before = scene.record().await;
    for (fault, kind) in [
        (Fault::ServerError, ErrorKind::PortalDown),
        (Fault::Unavailable, ErrorKind::PortalDown),
        (Fault::Throttle, ErrorKind::Throttled),
        (Fault::ConnectionDropped, ErrorKind::Service),
    ] {
        scene.aws.fail_next_of("CreateToken", fault, 1);
        let error = scene.attempt(&portal, None).await.unwrap_err();
        assert!(error.kind() == kind && error.is_retryable(), "{fault:?}: {error:?}");
        assert_eq!(scene.record().await, before);
    }
    scene.aws.outage(true);
    assert_eq!(scene.attempt(&portal, None).await.unwrap_err().kind(), ErrorKind::Unreachable);
    scene.aws.outage(false);
    renewed(scene.attempt(&portal, None).await.unwrap());
}

/// RFC 6749 lets a server keep the refresh token that it was shown.
#[tokio::test]
async fn an_answer_without_a_refresh_token_leaves_the_one_there_was() {
    let scene = Scene::new();
    scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
    let refresh_token = refresh_token(&scene.record().await.unwrap());
    scene.clock.advance(55 * MINUTE);

    let sso = sso(without_refresh_token(scene.aws.http_client()));
    let portal = PortalLogin::new(sso, id("company"), START_URL).unwrap();
    renewed(scene.attempt(&portal, None).await.unwrap());
    assert_eq!(self::refresh_token(&scene.record().await.unwrap()), refresh_token);
}

#[tokio::test]
async fn a_login_that_cannot_be_renewed_is_used_until_shortly_before_it_ends() {
    let scene = Scene::new();
    let sso = sso(without_refresh_token(scene.aws.http_client()));
    let portal = PortalLogin::new(sso, id("company"), START_URL).unwrap();
    scene.log_in(&portal, DeviceCode).await.unwrap();
    scene.clock.advance(49 * MINUTE);
    reused(scene.attempt(&portal, None).await.unwrap());
    scene.clock.advance(2 * MINUTE);
    assert!(matches!(scene.attempt(&portal, None).await.unwrap(), Issued::Challenge(_)));
    assert_eq!(scene.calls("CreateToken"), 1);
}

/// Refresh tokens are good for once: the one that a renewal brought is not lost with the vault's refusal.
#[tokio::test]
async fn a_renewal_that_the_vault_does_not_take_is_given_to_it_again() {
    let scene = Scene::new();
    let portal = scene.portal();
    let first = scene.log_in(&portal, DeviceCode).await.unwrap();
    scene.clock.advance(55 * MINUTE);
    let vault = Refusing { vault: scene.vault.clone(), refusals: 2.into() };
    let session = id("company");
    for _ in 0..2 {
        let request = IssueRequest::new(&session, scene.clock.now(), &vault);
        assert_eq!(
            portal.issue(&request).await.unwrap_err().kind(),
            ErrorKind::Locked,
            "nothing is given unstored"
        );
    }
    let request = IssueRequest::new(&session, scene.clock.now(), &vault);
    let second = reused(portal.clone().issue(&request).await.unwrap());
    assert!(!second.is_same(&first) && vault.refusals.load(Ordering::SeqCst) == 0);
    assert!(scene.record().await.unwrap().contains(second.access_token().expose()));
    assert_eq!(scene.calls("CreateToken"), 2);
}

/// The only refresh token that still works comes with the answer, whether or not anybody waits for it still.
#[tokio::test]
async fn a_renewal_whose_caller_goes_away_is_stored() {
    let scene = Scene::new();
    scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
    scene.clock.advance(2 * HOUR);
    scene.aws.fail_next_of("CreateToken", Fault::Delay(MINUTE), 1);
    let before = scene.record().await;
    let (portal, host) = (scene.portal(), scene.host(DeviceCode));
    give_up_renewing(&scene, async move { drop(portal.log_in(&host).await) }).await;
    while scene.record().await == before {
        scene.clock.advance(MINUTE);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    reused(scene.attempt(&scene.portal(), None).await.unwrap());
    assert_eq!((scene.calls("CreateToken"), scene.pages_shown()), (2, 1));
}

/// An attempt has its vault lent only: what it brought is stored by the next one.
#[tokio::test]
async fn a_renewal_whose_attempt_is_ended_is_stored_by_the_next() {
    let scene = Scene::new();
    scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
    scene.clock.advance(2 * HOUR);
    scene.aws.fail_next_of("CreateToken", Fault::Delay(MINUTE), 1);
    let portal = scene.portal();
    let (vault, now, renewing) = (scene.vault.clone(), scene.clock.now(), portal.clone());
    give_up_renewing(&scene, async move {
        let session = id("company");
        drop(renewing.issue(&IssueRequest::new(&session, now, &*vault)).await);
    })
    .await;
    let second = scene.as_time_passes(scene.attempt(&portal, None)).await.unwrap();
    let second = reused(second);
    assert!(scene.record().await.unwrap().contains(second.access_token().expose()));
    assert_eq!(scene.calls("CreateToken"), 2);
}

/// Begins a renewal, and ends whoever asked for it when the call has reached the service.
async fn give_up_renewing(scene: &Scene, renewal: impl Future<Output = ()> + Send + 'static) {
    let caller = tokio::spawn(renewal);
    while scene.calls("CreateToken") < 2 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled(), "it was waiting still");
}

/// Another process renewed it meanwhile: its login is used, and its refresh token is not overwritten.
#[tokio::test]
async fn what_another_process_renewed_is_taken_from_the_vault() {
    let scene = Scene::new();
    let (here, there) = (scene.portal(), scene.portal());
    let first = scene.log_in(&here, DeviceCode).await.unwrap();
    let second = renewed(scene.attempt(&there, Some(&first)).await.unwrap());
    let third = reused(scene.attempt(&here, Some(&first)).await.unwrap());
    assert!(second.is_same(&third));
    assert_eq!(scene.calls("CreateToken"), 2);
}

/// A refresh token that comes twice ends the login, at AWS and here.
#[tokio::test]
async fn a_renewal_is_one_call_however_many_processes_need_it() {
    let scene = Scene::new();
    scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
    scene.clock.advance(2 * HOUR);
    let (coordinator, vault) = (LocalCoordinator::new(), Yielding(scene.vault.clone()));
    let mut attempts = tokio::task::JoinSet::new();
    for _ in 0..20 {
        // Each has its own value, as a process has: they share the vault and the coordinator, and nothing else.
        let (portal, coordinator, vault) = (scene.portal(), coordinator.clone(), vault.clone());
        let now = scene.clock.now();
        attempts.spawn(async move {
            let session = id("company");
            let request = IssueRequest::new(&session, now, &vault).with_coordinator(Some(&coordinator));
            portal.issue(&request).await.unwrap()
        });
    }
    let issued = attempts.join_all().await;
    assert_eq!(issued.iter().filter(|issued| matches!(issued, Issued::Login(_))).count(), 1);
    assert_eq!(issued.iter().filter(|issued| matches!(issued, Issued::Reused(_))).count(), 19);
    assert_eq!(scene.calls("CreateToken"), 2);
}

#[tokio::test]
async fn a_login_that_the_portal_refuses_is_renewed_and_never_given_again() {
    let scene = Scene::new();
    let sso = sso(without_refresh_token(scene.aws.http_client()));
    let portal = PortalLogin::new(sso, id("company"), START_URL).unwrap();
    let first = scene.log_in(&portal, DeviceCode).await.unwrap();
    assert!(matches!(scene.attempt(&portal, Some(&first)).await.unwrap(), Issued::Challenge(_)));
    // Whoever logs in now does not find the refused one in the vault, and takes it for a login.
    let second = scene.log_in(&portal, DeviceCode).await.unwrap();
    assert!(!second.is_same(&first));
}

#[tokio::test]
async fn a_token_of_another_portal_or_region_is_not_used() {
    let scene = Scene::new();
    scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
    let other = PortalLogin::new(scene.sso(), id("company"), OTHER_START_URL).unwrap();
    assert!(matches!(scene.attempt(&other, None).await.unwrap(), Issued::Challenge(_)));
    let theirs = scene.log_in(&other, DeviceCode).await.unwrap();
    assert!(reused(scene.attempt(&other, None).await.unwrap()).is_same(&theirs));
    assert!(matches!(scene.attempt(&scene.portal(), None).await.unwrap(), Issued::Challenge(_)));
}

#[tokio::test]
async fn what_cannot_be_read_in_the_vault_is_replaced_by_the_next_login() {
    let scene = Scene::new();
    let portal = scene.portal();
    for garbage in ["", "hunter2-hunter2", "leapp portal login 1\nx\n"] {
        scene.vault.put(&place(), &Secret::new(garbage)).await.unwrap();
        assert!(matches!(scene.attempt(&portal, None).await.unwrap(), Issued::Challenge(_)), "{garbage:?}");
        scene.log_in(&portal, DeviceCode).await.unwrap();
        reused(scene.attempt(&portal, None).await.unwrap());
    }
}

#[tokio::test]
async fn an_answer_that_is_not_true_is_an_error_and_no_endless_question() {
    let scene = Scene::new();
    let (session, portal) = (id("company"), scene.portal());
    let request = IssueRequest::new(&session, scene.clock.now(), &*scene.vault);
    let answered = request.with_answer(Some(&Answer::LoggedIn));
    assert_eq!(portal.issue(&answered).await.unwrap_err().kind(), ErrorKind::NotFound);
    scene.log_in(&portal, DeviceCode).await.unwrap();
    reused(portal.issue(&answered).await.unwrap());
}

/// A person who calls for a login need not come to the page when a renewal will do.
#[tokio::test]
async fn logging_in_renews_what_can_be_renewed() {
    let scene = Scene::new();
    scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
    scene.clock.advance(2 * HOUR);
    scene.person_will(Does::Nothing);
    scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
    assert_eq!(scene.pages_shown(), 1);
}

#[tokio::test]
async fn an_answer_without_a_token_is_the_services_fault_and_stores_nothing() {
    let scene = Scene::new();
    scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
    scene.clock.advance(55 * MINUTE);
    let before = scene.record().await;
    let client = edited(scene.aws.http_client(), |answer| answer.replace("\"accessToken\"", "\"nothing\""));
    let portal = PortalLogin::new(sso(client), id("company"), START_URL).unwrap();
    assert_eq!(scene.attempt(&portal, None).await.unwrap_err().kind(), ErrorKind::Service);
    assert_eq!(scene.record().await, before);
}

#[track_caller]
fn reused(issued: Issued) -> Login {
    let Issued::Reused(grant) = issued else { panic!("not reused: {issued:?}") };
    grant.login().unwrap().clone()
}

#[track_caller]
fn renewed(issued: Issued) -> Login {
    let Issued::Login(login) = issued else { panic!("not renewed: {issued:?}") };
    login
}

fn refresh_token(record: &str) -> String {
    record.lines().find(|line| line.starts_with("aorAAAAAG")).unwrap().to_owned()
}
