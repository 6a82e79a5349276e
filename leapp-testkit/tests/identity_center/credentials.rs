//! `GetRoleCredentials`, and what they are good for.

use std::time::{Duration, UNIX_EPOCH};

use aws_sdk_sso::error::SdkError;
use aws_sdk_sso::operation::get_role_credentials::{GetRoleCredentialsError, GetRoleCredentialsOutput};
use aws_sdk_sso::types::RoleCredentials;
use aws_sdk_sts::config::Credentials;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use leapp_core::RoleArn;
use leapp_testkit::aws::RoleSpec;

use crate::lab::{Lab, START_URL, assert_refused};

type Got = Result<GetRoleCredentialsOutput, SdkError<GetRoleCredentialsError, HttpResponse>>;

async fn credentials(lab: &Lab, token: &str, account: &str, role: &str) -> Got {
    lab.portal().get_role_credentials().access_token(token).account_id(account).role_name(role).send().await
}

async fn set(lab: &Lab, account: &str, role: &str) -> RoleCredentials {
    let token = lab.access_token().await;
    credentials(lab, &token, account, role).await.unwrap().role_credentials.unwrap()
}

fn sts(lab: &Lab, set: &RoleCredentials) -> aws_sdk_sts::Client {
    let token = set.session_token.clone();
    let credentials =
        Credentials::new(set.access_key_id().unwrap(), set.secret_access_key().unwrap(), token, None, "test");
    aws_sdk_sts::Client::from_conf(lab.sts_config().credentials_provider(credentials).build())
}

on_both_fronts! {
    async fn they_are_a_session_of_the_assigned_role(lab) {
        let set = set(&lab, "111122223333", "ReadOnly").await;

        let identity = sts(&lab, &set).get_caller_identity().send().await.unwrap();

        let arn = identity.arn().unwrap();
        let name = arn.strip_prefix("arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_ReadOnly_").unwrap();
        let (suffix, session) = name.split_once('/').unwrap();
        assert!(suffix.len() == 16 && suffix.bytes().all(|byte| byte.is_ascii_hexdigit()), "{suffix}");
        assert_eq!(session, "alice");
        assert!(identity.user_id().unwrap().starts_with("AROA"));
    }

    async fn they_last_as_long_as_the_permission_set_says(lab) {
        let (short, long) = (set(&lab, "111122223333", "ReadOnly").await, set(&lab, "111122223333", "Admin").await);

        let expiration = |seconds| {
            let end = lab.now() + Duration::from_secs(seconds);
            i64::try_from(end.duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
        };
        assert_eq!(short.expiration(), expiration(3600));
        assert_eq!(long.expiration(), expiration(12 * 3600));
        lab.advance(3599);
        sts(&lab, &short).get_caller_identity().send().await.unwrap();
        lab.advance(1);
        assert_refused(sts(&lab, &short).get_caller_identity().send().await, "ExpiredToken", 403, "");
        // The access token is gone for long, and the session goes on.
        lab.advance(10 * 3600);
        sts(&lab, &long).get_caller_identity().send().await.unwrap();
    }

    async fn the_people_of_an_account_share_its_role(lab) {
        let client = lab.register().await;
        let mut arns = Vec::new();
        for user in ["alice", "bob"] {
            let token = lab.sign_in(&client, user).await.access_token.unwrap();
            let set = credentials(&lab, &token, "111122223333", "ReadOnly").await.unwrap().role_credentials.unwrap();
            arns.push(sts(&lab, &set).get_caller_identity().send().await.unwrap().arn.unwrap());
        }

        assert_eq!(arns[0].replace("/alice", "/bob"), arns[1]);
    }

    async fn a_role_that_is_not_assigned_is_forbidden(lab) {
        let token = lab.access_token().await;

        credentials(&lab, &token, "444455556666", "ReadOnly").await.unwrap();
        for (account, role) in [("444455556666", "Admin"), ("111122223333", "Other"), ("999999999999", "ReadOnly")] {
            let result = credentials(&lab, &token, account, role).await;
            let document = r#""__type":"com.amazonaws.switchboard.portal#ForbiddenException""#;
            assert_refused(result, "ForbiddenException", 403, document);
        }
    }

    async fn an_assignment_that_is_gone_is_forbidden_and_what_it_gave_stays(lab) {
        let token = lab.access_token().await;
        let before = credentials(&lab, &token, "444455556666", "ReadOnly").await.unwrap().role_credentials.unwrap();
        lab.aws.remove_assignment(START_URL, "alice", &lab.production, "ReadOnly");

        let after = credentials(&lab, &token, "444455556666", "ReadOnly").await;

        assert_refused(after, "ForbiddenException", 403, "No access");
        sts(&lab, &before).get_caller_identity().send().await.unwrap();
        credentials(&lab, &token, lab.development.as_str(), "ReadOnly").await.unwrap();
    }

    async fn what_is_malformed_is_said_to_be(lab) {
        let token = lab.access_token().await;

        let result = credentials(&lab, &token, "1234", "ReadOnly").await;
        assert!(result.as_ref().err().unwrap().as_service_error().unwrap().is_invalid_request_exception());
        assert_refused(result, "InvalidRequestException", 400, "account id");
        // The SDK sends no request without a role name: it is taken out on the way.
        let call = lab.portal().get_role_credentials().access_token(&token).account_id("111122223333").role_name("ReadOnly");
        let nameless = call.customize().mutate_request(|request| {
            let uri = request.uri().replace("role_name=ReadOnly", "role_name=");
            request.set_uri(uri).unwrap();
        });
        assert_refused(nameless.send().await, "InvalidRequestException", 400, "role name");
    }

    async fn an_unknown_token_is_unauthorized(lab) {
        let client = lab.register().await;
        let set = lab.sign_in(&client, "alice").await;

        for token in ["unknown", set.refresh_token().unwrap(), client.client_secret().unwrap()] {
            let result = credentials(&lab, token, "111122223333", "ReadOnly").await;
            assert!(result.as_ref().err().unwrap().as_service_error().unwrap().is_unauthorized_exception());
            assert_refused(result, "UnauthorizedException", 401, "Session token not found or invalid");
        }
        credentials(&lab, set.access_token().unwrap(), "111122223333", "ReadOnly").await.unwrap();
    }

    async fn logging_out_leaves_them_valid(lab) {
        let token = lab.access_token().await;
        let set = credentials(&lab, &token, "111122223333", "Admin").await.unwrap().role_credentials.unwrap();
        lab.portal().logout().access_token(&token).send().await.unwrap();

        sts(&lab, &set).get_caller_identity().send().await.unwrap();
    }

    async fn a_role_assumed_with_them_is_chained(lab) {
        let set = set(&lab, "111122223333", "Admin").await;
        let spec = RoleSpec::new(&lab.development, "Deploy").with_max_session_duration(Duration::from_secs(7200));
        let role = lab.aws.add_role(spec);
        let assume = |seconds| {
            let call = sts(&lab, &set).assume_role().role_arn(role.as_str()).role_session_name("session");
            call.duration_seconds(seconds).send()
        };

        assume(3600).await.unwrap();
        assert_refused(assume(3601).await, "ValidationError", 400, "role chaining");
    }

    async fn nobody_assumes_the_role_itself(lab) {
        let set = set(&lab, "111122223333", "Admin").await;
        let client = sts(&lab, &set);
        let arn = client.get_caller_identity().send().await.unwrap().arn.unwrap();
        let name = arn.split('/').nth(1).unwrap();
        let path = "aws-reserved/sso.amazonaws.com/eu-west-1";
        let role = RoleArn::parse(&format!("arn:aws:iam::111122223333:role/{path}/{name}")).unwrap();

        let result = client.assume_role().role_arn(role.as_str()).role_session_name("session").send().await;

        assert_refused(result, "AccessDenied", 403, "");
        // It exists: deleting it is what ends the portal's credentials.
        credentials(&lab, &lab.access_token().await, "111122223333", "Admin").await.unwrap();
        lab.aws.delete_role(&role);
        let gone = credentials(&lab, &lab.access_token().await, "111122223333", "Admin").await;
        assert_refused(gone, "ForbiddenException", 403, "No access");
    }
}
