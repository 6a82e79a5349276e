//! Instances side by side, and what a test may not ask for.

use std::time::Duration;

use leapp_core::{AccountId, Region, RoleArn, Secret};
use leapp_testkit::aws::IdentityCenterSpec;

use crate::browser::Browser;
use crate::lab::{Lab, PASSWORD, assert_refused};

const OTHER: &str = "https://d-9999999999.awsapps.com/start";

fn spec(region: &str) -> (IdentityCenterSpec, AccountId) {
    let account = AccountId::parse("777788889999").unwrap();
    let spec = IdentityCenterSpec::new(OTHER, &Region::parse(region).unwrap())
        .with_user("alice", Secret::new("another"))
        .with_account(&account, "Elsewhere", "else@example.com")
        .with_permission_set("Audit", Duration::from_secs(3600))
        .with_assignment("alice", &account, "Audit");
    (spec, account)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn people_of_the_same_name_are_kept_apart() {
    let lab = Lab::on_loopback().await;
    lab.aws.add_identity_center(spec("eu-west-1").0);
    let client = lab.register().await;
    let here = lab.start_device(&client).await;
    let start = lab.oidc().start_device_authorization().start_url(OTHER);
    let start = start.set_client_id(client.client_id.clone()).set_client_secret(client.client_secret.clone());
    let there = start.send().await.unwrap();
    let (here, there) = (here.verification_uri_complete().unwrap(), there);
    let mut browser = Browser::new(&lab);

    assert_eq!(browser.post(here, &[("user", "alice"), ("password", PASSWORD)]).status, 303);
    assert!(browser.get(here).body.contains("Authorization requested"));
    let page = browser.get(there.verification_uri_complete().unwrap());
    assert!(page.body.contains("type=\"password\""), "{}", page.body);

    lab.aws.approve_device(there.user_code().unwrap(), "alice").unwrap();
    let token = lab.poll(&client, there.device_code().unwrap()).await.unwrap().access_token.unwrap();
    let answer = lab.portal().list_accounts().access_token(&token).send().await.unwrap();
    assert_eq!(answer.account_list().len(), 1);
    assert_eq!(answer.account_list()[0].account_name(), Some("Elsewhere"));
    let call = lab.portal().get_role_credentials().access_token(&token).account_id("111122223333");
    assert_refused(call.role_name("ReadOnly").send().await, "ForbiddenException", 403, "No access");
}

/// The one Region that is not named in the path.
#[tokio::test]
async fn a_role_of_us_east_1_has_a_shorter_path() {
    for (region, path) in [
        ("us-east-1", "aws-reserved/sso.amazonaws.com"),
        ("eu-west-2", "aws-reserved/sso.amazonaws.com/eu-west-2"),
    ] {
        let lab = Lab::in_process();
        let (spec, account) = spec(region);
        let roles = lab.aws.add_identity_center(spec);
        let [role] = &roles[..] else { panic!("{roles:?}") };

        let prefix = format!("arn:aws:iam::{account}:role/{path}/AWSReservedSSO_Audit_");
        let suffix = role.as_str().strip_prefix(&prefix).unwrap();
        assert!(suffix.len() == 16 && RoleArn::parse(role.as_str()).is_ok(), "{role}");
    }
}

#[test]
#[should_panic(expected = "who is no user")]
fn an_assignment_is_somebodys() {
    let (spec, account) = spec("eu-west-1");
    Lab::in_process().aws.add_identity_center(spec.with_assignment("mallory", &account, "Audit"));
}

#[test]
#[should_panic(expected = "not one to twelve hours")]
fn a_permission_set_lasts_one_to_twelve_hours() {
    let (spec, _) = spec("eu-west-1");
    let longest = spec.with_permission_set("Longest", Duration::from_secs(12 * 3600));
    Lab::in_process().aws.add_identity_center(longest.clone());
    let longer = longest.with_permission_set("Longer", Duration::from_secs(12 * 3600 + 1));
    Lab::in_process().aws.add_identity_center(longer);
}
