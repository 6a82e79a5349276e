//! Nothing that lets anybody in is in a log, an error or a `Debug`.

use leapp_core::aws::LoginFlow::DeviceCode;
use leapp_core::aws::{GetRoleCredentials, LoginResponder};
use leapp_core::{Clock, IssueRequest, Issued, Principal, Secret, SessionProvider, Source};
use leapp_testkit::aws::Fault;
use leapp_testkit::leak::{self, Scanner};

use crate::scene::{CODE, MINUTE, Scene, id};

#[tokio::test]
async fn no_token_secret_or_code_is_in_a_log_an_error_or_a_debug() {
    let scene = Scene::new();
    let (portal, session) = (scene.portal(), id("role-0"));
    let role = GetRoleCredentials::new(scene.sso(), id("company"), scene.account.clone(), "Role0").unwrap();
    let mut secrets = Vec::new();
    let (shown, logs) = leak::capture_logs_async(async {
        let mut shown = Vec::new();
        for flow in [DeviceCode, CODE] {
            let login = scene.log_in(&portal, flow).await.unwrap();
            secrets.extend(of_record(&scene.record().await.unwrap()));
            shown.push(format!("{portal:?} {login:?} {:?}", scene.host(flow)));
            shown.push(format!("{:?}", LoginResponder::new(scene.host(flow)).with_portal(portal.clone())));

            let source = Source::new(login, Principal::Person);
            for fault in [None, Some(Fault::ExpiredToken), Some(Fault::ServerError), Some(Fault::CutShort)] {
                if let Some(fault) = fault {
                    scene.aws.fail_next_of("GetRoleCredentials", fault, 1);
                }
                let request =
                    IssueRequest::new(&session, scene.clock.now(), &*scene.vault).with_source(Some(&source));
                let outcome = role.issue(&request).await;
                if let Ok(Issued::Credentials(set)) = &outcome {
                    let parts = [set.secret_access_key(), set.session_token()];
                    secrets.extend(parts.map(Secret::expose).map(str::to_owned));
                }
                assert_eq!(outcome.is_ok(), fault.is_none(), "{outcome:?}");
                shown.push(format!("{role:?} {request:?} {outcome:?}"));
            }
            scene.clock.advance(55 * MINUTE);
            for fault in [Fault::ServerError, Fault::AccessDenied, Fault::ExpiredToken] {
                scene.aws.fail_next_of("CreateToken", fault, 1);
                shown.push(format!("{:?}", scene.attempt(&portal, None).await));
            }
            scene.clock.advance(10 * MINUTE);
        }
        for page in &*scene.person.pages.lock().unwrap() {
            shown.push(format!("{page:?}"));
            secrets.extend(page.user_code.clone());
            secrets.extend(page.url().expose().split_once("state=").map(|(_, rest)| rest[..43].to_owned()));
        }
        shown
    })
    .await;
    assert_eq!(scene.pages_shown(), 2);
    assert_eq!(secrets.len(), 2 * (3 + 2) + 2, "of each login and of each set, and of the pages");
    let scanner = Scanner::new(secrets);
    for text in shown {
        assert!(scanner.scan(&text).is_none(), "{:?}", scanner.scan(&text));
    }
    assert!(scanner.scan(&logs).is_none(), "{:?}", scanner.scan(&logs));
}

/// The client secret, the access token and the refresh token: whatever is longer than a name.
fn of_record(record: &str) -> Vec<String> {
    record.lines().filter(|line| line.len() > 60).map(str::to_owned).collect()
}
