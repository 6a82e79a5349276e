//! Accounts and roles as the portal lists them.

use std::sync::Mutex;
use std::time::Duration;

use leapp_core::aws::LoginFlow::DeviceCode;
use leapp_core::aws::{AssignedRole, PortalLogin};
use leapp_core::{AccountId, Error, ErrorKind, Session};
use leapp_testkit::aws::{Fault, IdentityCenterSpec};

use crate::edited::edited;
use crate::scene::{HOUR, START_URL, Scene, id, sso};

const SPACING: Duration = Duration::from_millis(100);
/// More than a page.
const ACCOUNTS: usize = 230;

/// Each account has one role for alice, and the first has fifty.
fn many(spec: IdentityCenterSpec) -> IdentityCenterSpec {
    (1..ACCOUNTS).fold(spec, |spec, number| {
        let account = account(number);
        spec.with_account(&account, &format!("Account {number}"), "dev@example.com")
            .with_assignment("alice", &account, "Role7")
    })
}

fn account(number: usize) -> AccountId {
    AccountId::parse(&format!("{:012}", 200_000_000_000 + number)).unwrap()
}

async fn listed(scene: &Scene, portal: &PortalLogin) -> Result<Vec<AssignedRole>, Error> {
    let host = scene.host(DeviceCode);
    scene.as_time_passes(portal.assigned_roles(&host)).await
}

#[tokio::test]
async fn every_role_of_every_account_is_listed_page_by_page_and_no_faster_than_the_portal_bears() {
    let scene = Scene::with(many);
    let portal = scene.portal();
    scene.log_in(&portal, DeviceCode).await.unwrap();
    let assigned = listed(&scene, &portal).await.unwrap();
    assert_eq!(assigned.len(), ACCOUNTS - 1 + 50);
    let first = &assigned[0];
    assert_eq!(
        [first.account.account_id.as_str(), &first.account.account_name, &first.account.email],
        ["111122223333", "Development", "dev@example.com"]
    );
    let of_first = assigned.iter().filter(|one| one.account.account_id == scene.account);
    assert_eq!(of_first.count(), 50);
    assert!(assigned.iter().any(|one| one.account.account_id == account(229) && one.role_name == "Role7"));

    assert_eq!((scene.calls("ListAccounts"), scene.calls("ListAccountRoles")), (3, ACCOUNTS));
    assert!(scene.aws.requests().iter().all(|request| request.error_code().is_none()), "none is refused");
    let mut moments = scene.requests("ListAccounts");
    moments.extend(scene.requests("ListAccountRoles"));
    assert!(moments.windows(2).all(|pair| pair[1].duration_since(pair[0]).unwrap() >= SPACING));
}

/// Hosts of one login that know nothing of each other.
#[tokio::test]
async fn two_lists_of_one_login_at_once_keep_its_pace() {
    let scene = Scene::with(many);
    let portal = scene.portal();
    scene.log_in(&portal, DeviceCode).await.unwrap();
    let (one, other) = (scene.host(DeviceCode), scene.host(DeviceCode));
    let both = async { tokio::join!(portal.accounts(&one), portal.accounts(&other)) };
    let (one, other) = scene.as_time_passes(both).await;
    assert_eq!((one.unwrap().len(), other.unwrap().len()), (ACCOUNTS, ACCOUNTS));
    let moments = scene.requests("ListAccounts");
    assert!(moments.windows(2).all(|pair| pair[1].duration_since(pair[0]).unwrap() >= SPACING));
}

/// One token, one patience: a list and fifty roles that start beside it.
#[tokio::test]
async fn a_list_takes_turns_with_the_roles_that_start_beside_it() {
    let scene = Scene::with(many);
    let portal = scene.portal();
    scene.log_in(&portal, DeviceCode).await.unwrap();
    let coordinator = leapp_core::LocalCoordinator::new();
    let leapp = leapp_core::Leapp::builder(scene.vault.clone())
        .with_clock(std::sync::Arc::new(scene.clock.clone()))
        .with_coordinator(coordinator.clone())
        .build()
        .unwrap();
    leapp.add(Session::new(id("company"), portal.clone())).await.unwrap();
    leapp.add_all((0..50).map(|number| scene.role(number)).collect()).await.unwrap();
    let mut starts = tokio::task::JoinSet::new();
    for number in 0..50 {
        let leapp = leapp.clone();
        starts.spawn(async move { leapp.start(&id(&format!("role-{number}"))).await.unwrap() });
    }
    let host = scene.host(DeviceCode).with_coordinator(coordinator);
    let both = async { tokio::join!(portal.accounts(&host), starts.join_all()) };
    let (accounts, started) = scene.as_time_passes(both).await;
    assert_eq!((accounts.unwrap().len(), started.len()), (ACCOUNTS, 50));
    let mut moments = scene.requests("ListAccounts");
    moments.extend(scene.requests("GetRoleCredentials"));
    moments.sort();
    assert!(moments.windows(2).all(|pair| pair[1].duration_since(pair[0]).unwrap() >= SPACING));
}

#[tokio::test]
async fn the_roles_of_one_account_are_one_call() {
    let scene = Scene::with(many);
    let (portal, host) = (scene.portal(), scene.host(DeviceCode));
    scene.log_in(&portal, DeviceCode).await.unwrap();
    let names = scene.as_time_passes(portal.role_names(&host, &account(1))).await.unwrap();
    assert_eq!(names, ["Role7"]);
    assert_eq!((scene.calls("ListAccounts"), scene.calls("ListAccountRoles")), (0, 1));
}

/// Nobody is sent to a page because a list was asked for.
#[tokio::test]
async fn without_a_login_a_list_is_an_error_that_says_what_to_do() {
    let scene = Scene::new();
    let error = listed(&scene, &scene.portal()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Expired);
    assert!(error.to_string().contains(START_URL) && error.to_string().contains("log in first"), "{error}");
    assert_eq!((scene.pages_shown(), scene.aws.requests().len()), (0, 0));
}

#[tokio::test]
async fn a_login_that_has_ended_is_renewed_for_a_list_and_one_that_was_revoked_is_said() {
    let scene = Scene::new();
    let portal = scene.portal();
    scene.log_in(&portal, DeviceCode).await.unwrap();
    scene.clock.advance(2 * HOUR);
    assert_eq!(listed(&scene, &portal).await.unwrap().len(), 50);
    assert_eq!(scene.calls("CreateToken"), 2);
    // Called expired in the middle of the list: it is renewed once, and the list goes on.
    scene.aws.fail_next_of("ListAccountRoles", Fault::ExpiredToken, 1);
    assert_eq!(listed(&scene, &portal).await.unwrap().len(), 50);
    assert_eq!(scene.calls("CreateToken"), 3);
    scene.aws.fail_next_of("ListAccountRoles", Fault::ExpiredToken, 2);
    assert_eq!(listed(&scene, &portal).await.unwrap_err().kind(), ErrorKind::Expired);
    assert_eq!(scene.pages_shown(), 1);
}

#[tokio::test]
async fn a_portal_that_asks_for_fewer_calls_is_asked_again_and_one_that_does_not_answer_is_said() {
    let scene = Scene::new();
    let portal = scene.portal();
    scene.log_in(&portal, DeviceCode).await.unwrap();
    for (fault, times, expected) in [
        (Fault::Throttle, 4, Ok(50)),
        (Fault::Throttle, 5, Err(ErrorKind::Throttled)),
        (Fault::Unavailable, 4, Ok(50)),
        (Fault::Unavailable, 5, Err(ErrorKind::PortalDown)),
        (Fault::AccessDenied, 1, Err(ErrorKind::AccessDenied)),
        (Fault::ConnectionDropped, 4, Ok(50)),
        (Fault::ConnectionDropped, 5, Err(ErrorKind::Service)),
    ] {
        scene.aws.fail_next_of("ListAccountRoles", fault, times);
        let count = listed(&scene, &portal).await.map(|assigned| assigned.len());
        assert_eq!(count.map_err(|error| error.kind()), expected, "{fault:?}");
    }
}

/// Each page says that it is followed by the same one.
#[tokio::test]
async fn a_list_without_an_end_is_the_services_fault() {
    let scene = Scene::with(many);
    scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
    let first = Mutex::new(None::<String>);
    let client = edited(scene.aws.http_client(), move |answer| {
        let Some((_, rest)) = answer.split_once("\"nextToken\":\"") else { return answer };
        let token = rest.split('"').next().unwrap().to_owned();
        answer.replace(&token, first.lock().unwrap().get_or_insert(token.clone()))
    });
    let portal = PortalLogin::new(sso(client), id("company"), START_URL).unwrap();
    let error = listed(&scene, &portal).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Service);
    assert!(error.to_string().contains("goes on for ever"), "{error}");
    assert_eq!(scene.calls("ListAccounts"), 2);
}

#[tokio::test]
async fn an_answer_without_what_it_should_give_is_the_services_fault() {
    type Edit = fn(String) -> String;
    let edits: [Edit; 3] = [
        |answer| answer.replace("\"accountId\":\"1111", "\"accountId\":\"x111"),
        |answer| answer.replace("\"roleName\"", "\"nameOfRole\""),
        |answer| answer.replace("\"roleName\":\"Role9\"", "\"roleName\":\"\""),
    ];
    for edit in edits {
        let scene = Scene::new();
        scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
        let portal = PortalLogin::new(sso(edited(scene.aws.http_client(), edit)), id("company"), START_URL);
        let error = listed(&scene, &portal.unwrap()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Service);
        assert!(error.to_string().contains("without what it should"), "{error}");
    }
}
