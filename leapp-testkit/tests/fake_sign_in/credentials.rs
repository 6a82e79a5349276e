//! Which credentials sign-in believes, at which of its hosts.

use std::time::Duration;

use aws_sdk_sts::config::{Credentials, Region};
use leapp_core::AccountId;
use leapp_testkit::aws::{FakeAws, Partition, RoleSpec};

use crate::broker::{
    HOST, INVALID, encoded, get_signin_token, login, post, role_session, session, signin_token,
};
use crate::lab::{Lab, long_lived, temporary};
use crate::web::Page;

fn changed(set: &Credentials, id: Option<&str>, key: Option<&str>, token: Option<&str>) -> Credentials {
    let (id, key) =
        (id.unwrap_or_else(|| set.access_key_id()), key.unwrap_or_else(|| set.secret_access_key()));
    Credentials::new(id, key, token.or_else(|| set.session_token()).map(str::to_owned), None, "test")
}

async fn at(lab: &Lab, host: &str, set: &Credentials) -> Page {
    let form = encoded(&[("Action", "getSigninToken"), ("Session", &session(set))]);
    post(lab, host, "/federation", &form).await
}

/// A role session in another partition.
async fn elsewhere(lab: &Lab, partition: Partition, region: &'static str) -> Credentials {
    let account = AccountId::parse("444455556666").unwrap();
    let aws: &FakeAws = &lab.aws;
    aws.add_account(&account, partition);
    let key = aws.add_access_key(&aws.add_user(&account, "carol"));
    let role = aws.add_role(RoleSpec::new(&account, "Deploy"));
    let config = lab.config(long_lived(&key)).region(Region::new(region)).build();
    let client = aws_sdk_sts::Client::from_conf(config);
    let call = client.assume_role().role_arn(role.as_str()).role_session_name("session");
    temporary(call.send().await.unwrap().credentials())
}

on_both_fronts! {
    async fn every_part_of_the_credentials_counts(lab) {
        let (role, set) = role_session(&lab).await;
        let other = lab.assume(&lab.client(), &role).await;

        signin_token(&get_signin_token(&lab, &set, None).await);
        for wrong in [
            changed(&set, Some("ASIAIOSFODNN7EXAMPLE"), None, None),
            changed(&set, Some(other.access_key_id()), None, None),
            changed(&set, None, Some(other.secret_access_key()), None),
            changed(&set, None, Some(""), None),
            changed(&set, None, None, other.session_token()),
            changed(&set, None, None, Some("")),
        ] {
            get_signin_token(&lab, &wrong, None).await.assert_refused(400, INVALID);
        }
    }

    async fn long_lived_credentials_are_refused(lab) {
        let key = long_lived(&lab.key);

        get_signin_token(&lab, &key, None).await.assert_refused(400, INVALID);
        let with_token = changed(&key, None, None, Some("token"));
        get_signin_token(&lab, &with_token, None).await.assert_refused(400, INVALID);
    }

    async fn expired_credentials_are_refused(lab) {
        let (_, set) = role_session(&lab).await;

        lab.clock.advance(Duration::from_secs(3599));
        signin_token(&get_signin_token(&lab, &set, None).await);
        lab.clock.advance(Duration::from_secs(1));
        get_signin_token(&lab, &set, None).await.assert_refused(400, INVALID);
    }

    async fn what_is_no_session_is_refused(lab) {
        for session in [
            "",
            "not json",
            "[]",
            "null",
            r#"{"sessionId": "ASIAIOSFODNN7EXAMPLE"}"#,
            r#"{"sessionId": 1, "sessionKey": 2, "sessionToken": 3}"#,
            &"[".repeat(100_000),
        ] {
            let form = encoded(&[("Action", "getSigninToken"), ("Session", session)]);
            post(&lab, HOST, "/federation", &form).await.assert_refused(400, INVALID);
        }
        let form = encoded(&[("Action", "getSigninToken")]);
        post(&lab, HOST, "/federation", &form).await.assert_refused(400, "Missing session parameter");
    }

    async fn a_partition_has_hosts_of_its_own(lab) {
        let (_, set) = role_session(&lab).await;
        for host in ["signin.aws.amazon.com", "us-east-1.signin.aws.amazon.com", "eu-west-1.signin.aws.amazon.com"] {
            signin_token(&at(&lab, host, &set).await);
        }
        for host in ["signin.amazonaws-us-gov.com", "signin.amazonaws.cn", "eusc-de-east-1.signin.amazonaws-eusc.eu"] {
            at(&lab, host, &set).await.assert_refused(400, INVALID);
        }
    }

    async fn other_partitions_have_other_hosts(lab) {
        for (partition, region, host, console) in [
            (Partition::UsGov, "us-gov-west-1", "signin.amazonaws-us-gov.com", "https://console.amazonaws-us-gov.com/"),
            (Partition::China, "cn-north-1", "signin.amazonaws.cn", "https://console.amazonaws.cn/"),
            (
                Partition::EuropeanSovereign,
                "eusc-de-east-1",
                "eusc-de-east-1.signin.amazonaws-eusc.eu",
                "https://console.amazonaws-eusc.eu/",
            ),
        ] {
            let set = elsewhere(&lab, partition, region).await;
            at(&lab, HOST, &set).await.assert_refused(400, INVALID);
            let token = signin_token(&at(&lab, host, &set).await);

            login(&lab, &token, console).await.assert_refused(400, "The token is invalid or has expired.");
            let fields = [("Action", "login"), ("Destination", console), ("SigninToken", &token)];
            let page = post(&lab, host, "/federation", &encoded(&fields)).await;
            assert_eq!((page.status, page.location.as_deref()), (302, Some(console)));
        }
    }
}
