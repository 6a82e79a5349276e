//! `SessionDuration`: whose credentials take it, and how long it may be.

use std::time::Duration;

use leapp_testkit::aws::WebIdentityClaims;

use crate::broker::{
    CONSOLE, INVALID, federated, get_signin_token, login, own_session, role_session, signin_token,
};
use crate::lab::{Lab, temporary};

on_both_fronts! {
    async fn a_console_session_is_as_long_as_asked(lab) {
        let (_, set) = role_session(&lab).await;

        for seconds in [900, 43_200] {
            let token = signin_token(&get_signin_token(&lab, &set, Some(&seconds.to_string())).await);
            assert_eq!(login(&lab, &token, CONSOLE).await.status, 302);
            let session = lab.aws.console_sessions().pop().unwrap();
            assert_eq!(session.expiration(), lab.now() + Duration::from_secs(seconds));
        }
    }

    async fn it_keeps_to_its_bounds(lab) {
        let (_, set) = role_session(&lab).await;

        for wrong in ["899", "43201", "0", "-900", "1h", "", "900.5", "99999999999999999999"] {
            let page = get_signin_token(&lab, &set, Some(wrong)).await;
            page.assert_refused(400, "Invalid session duration parameter");
        }
    }

    async fn a_chained_role_takes_none(lab) {
        let (role, first) = role_session(&lab).await;
        let second = lab.assume(&lab.client_of(first), &role).await;

        get_signin_token(&lab, &second, Some("900")).await.assert_refused(400, INVALID);
        signin_token(&get_signin_token(&lab, &second, None).await);
    }

    async fn a_role_that_temporary_credentials_assumed_takes_none(lab) {
        let role = lab.role("Deploy");
        let set = lab.assume(&lab.client_of(own_session(&lab).await), &role).await;

        get_signin_token(&lab, &set, Some("900")).await.assert_refused(400, INVALID);
        signin_token(&get_signin_token(&lab, &set, None).await);
    }

    async fn a_federated_user_and_a_users_own_session_take_none(lab) {
        for set in [federated(&lab).await, own_session(&lab).await] {
            get_signin_token(&lab, &set, Some("900")).await.assert_refused(400, INVALID);
            signin_token(&get_signin_token(&lab, &set, None).await);
        }
    }

    async fn a_web_identitys_session_takes_one(lab) {
        let provider = lab.aws.add_oidc_provider(&lab.account, "https://token.example.com", &["a"]);
        let role = lab.aws.add_role(lab.spec("Deploy").with_trusted(provider.trust()));
        let token = provider.token_at(&WebIdentityClaims::new("a", "me"), lab.now());
        let call = lab.client().assume_role_with_web_identity().web_identity_token(token.expose());
        let set = call.role_arn(role.as_str()).role_session_name("session").send().await.unwrap();

        let page = get_signin_token(&lab, &temporary(set.credentials()), Some("43200")).await;

        signin_token(&page);
    }
}
