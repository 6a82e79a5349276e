//! Who may ask: the user itself, with MFA where it has a session only.

use aws_sdk_sts::config::Credentials;
use leapp_testkit::aws::RoleSpec;

use crate::lab::{Ask, Lab, long_lived, temporary};

const INVALID: &str = "security token included in the request is invalid";

async fn with_mfa(lab: &Lab) -> Credentials {
    let device = lab.aws.add_mfa_device(&lab.alice);
    let code = device.code_at(lab.now());
    let call = lab.sts(long_lived(&lab.key)).get_session_token();
    let call = call.serial_number(device.serial_number().as_str()).token_code(code.expose());
    temporary(call.send().await.unwrap().credentials())
}

on_both_fronts! {
    async fn a_session_serves_with_mfa_and_is_unknown_without(lab) {
        let without = lab.sts(long_lived(&lab.key)).get_session_token().send().await.unwrap();
        let without = temporary(without.credentials());
        let with = with_mfa(&lab).await;

        for action in ["CreateAccessKey", "ListAccessKeys", "GetUser"] {
            let refused = lab.ask_as(without.clone(), Ask::new(action)).await;
            refused.assert_refused("InvalidClientTokenId", 403, INVALID);
            assert_eq!(lab.ask_as(with.clone(), Ask::new(action)).await.status, 200, "{action}");
        }
    }

    async fn a_session_that_has_ended_is_told_so(lab) {
        let with = with_mfa(&lab).await;
        lab.clock.advance(std::time::Duration::from_secs(12 * 3600));

        lab.ask_as(with, Ask::new("ListAccessKeys")).await.assert_refused("ExpiredToken", 403, "is expired");
    }

    async fn a_federated_user_is_unknown(lab) {
        let set = lab.sts(long_lived(&lab.key)).get_federation_token().name("bob").send().await.unwrap();

        let refused = lab.ask_as(temporary(set.credentials()), Ask::new("ListAccessKeys")).await;

        refused.assert_refused("InvalidClientTokenId", 403, INVALID);
    }

    async fn a_role_has_no_keys_of_its_own(lab) {
        let role = lab.aws.add_role(RoleSpec::new(&lab.account, "Deploy"));
        let call = lab.sts(long_lived(&lab.key)).assume_role().role_arn(role.as_str()).role_session_name("session");
        let session = temporary(call.send().await.unwrap().credentials());

        let refused = lab.ask_as(session.clone(), Ask::new("ListAccessKeys")).await;
        refused.assert_refused("ValidationError", 400, "Must specify userName when calling with non-User credentials");
        let refused = lab.ask_as(session, Ask::new("ListAccessKeys").with("UserName", "alice")).await;
        refused.assert_refused("AccessDenied", 403, "is not authorized to perform: iam:ListAccessKeys on resource: user alice");
    }

    async fn nobody_gets_at_somebody_elses_keys(lab) {
        let bob = lab.aws.add_user(&lab.account, "bob");
        let key = lab.aws.add_access_key(&bob);
        let id = key.access_key_id().as_str();

        let refused = lab.ask(Ask::new("ListAccessKeys").with("UserName", "bob")).await;
        refused.assert_refused("AccessDenied", 403, "user/alice is not authorized to perform: iam:ListAccessKeys");
        let refused = lab.ask(Ask::new("DeleteAccessKey").with("AccessKeyId", id)).await;
        refused.assert_refused("NoSuchEntity", 404, id);
        let update = Ask::new("UpdateAccessKey").with("AccessKeyId", id).with("Status", "Inactive");
        lab.ask(update).await.assert_refused("NoSuchEntity", 404, id);
        let refused = lab.ask(Ask::new("GetAccessKeyLastUsed").with("AccessKeyId", id)).await;
        refused.assert_refused("AccessDenied", 403, &format!("on resource: access key {id}"));
        assert!(lab.is_known_to_sts(long_lived(&key)).await);
    }
}
