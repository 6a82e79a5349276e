//! What each kind of credentials may ask of STS, and what not.

use aws_sdk_sts::config::Credentials;
use aws_sdk_sts::error::ProvideErrorMetadata;

use crate::lab::{Lab, long_lived, temporary};
use crate::refusal::assert_refused;
use crate::web_identity;

/// Which operations answer: AssumeRole, GetAccessKeyInfo, GetCallerIdentity, GetFederationToken, GetSessionToken.
async fn answered(lab: &Lab, credentials: Credentials) -> [bool; 5] {
    let (client, role) = (lab.client_of(credentials), lab.role("Any"));
    let denied = |code: Option<&str>| {
        assert_eq!(code, Some("AccessDenied"));
        false
    };
    let key = lab.key.access_key_id().as_str();
    let assume_role = client.assume_role().role_arn(role.as_str()).role_session_name("session");
    [
        assume_role.send().await.map_or_else(|error| denied(error.code()), |_| true),
        client
            .get_access_key_info()
            .access_key_id(key)
            .send()
            .await
            .map_or_else(|error| denied(error.code()), |_| true),
        client.get_caller_identity().send().await.map_or_else(|error| denied(error.code()), |_| true),
        client
            .get_federation_token()
            .name("bob")
            .send()
            .await
            .map_or_else(|error| denied(error.code()), |_| true),
        client.get_session_token().send().await.map_or_else(|error| denied(error.code()), |_| true),
    ]
}

async fn federated(lab: &Lab) -> Credentials {
    temporary(lab.client().get_federation_token().name("bob").send().await.unwrap().credentials())
}

on_both_fronts! {
    async fn every_kind_of_credentials_has_its_operations(lab) {
        let root = long_lived(&lab.aws.add_access_key(&lab.aws.root_user(&lab.account)));
        let of_root = temporary(lab.client_of(root.clone()).get_session_token().send().await.unwrap().credentials());
        let own = temporary(lab.client().get_session_token().send().await.unwrap().credentials());
        let assumed = lab.assume(&lab.client(), &lab.role("Deploy")).await;
        let provider = web_identity::provider(&lab);
        let token = provider.token_at(&web_identity::claims(), lab.now());
        let call = web_identity::call(&lab, &web_identity::role(&lab, &provider), &token);
        let of_web_identity = temporary(call.send().await.unwrap().credentials());

        for (who, credentials, expected) in [
            ("a user", long_lived(&lab.key), [true, true, true, true, true]),
            ("a root user", root, [false, true, true, true, true]),
            ("a user's own session", own, [true, false, true, false, false]),
            ("a root user's own session", of_root, [false, false, true, false, false]),
            ("a role session", assumed, [true, true, true, false, false]),
            ("a web identity's session", of_web_identity, [true, true, true, false, false]),
            ("a federated user", federated(&lab).await, [false, false, true, false, false]),
        ] {
            assert_eq!(answered(&lab, credentials).await, expected, "{who}");
        }
    }

    async fn a_refusal_says_what_cannot_be_called(lab) {
        let client = lab.client_of(federated(&lab).await);
        let role = lab.role("Deploy");

        let result = client.get_federation_token().name("bob").send().await;
        assert_refused(result, "AccessDenied", 403, "Cannot call GetFederationToken with session credentials");
        let result = client.get_session_token().send().await;
        assert_refused(result, "AccessDenied", 403, "Cannot call GetSessionToken with session credentials");
        let result = client.assume_role().role_arn(role.as_str()).role_session_name("session").send().await;
        let words = "User: arn:aws:sts::111122223333:federated-user/bob is not authorized to perform: sts:AssumeRole";
        assert_refused(result, "AccessDenied", 403, words);
    }

    async fn a_federated_user_is_not_the_user_that_a_role_trusts(lab) {
        let role = lab.aws.add_role(lab.spec("Deploy").with_trusted(lab.alice.clone()));
        let set = federated(&lab).await;

        let call = lab.client_of(set).assume_role().role_arn(role.as_str()).role_session_name("session");

        assert_refused(call.send().await, "AccessDenied", 403, "federated-user/bob is not authorized");
        lab.assume(&lab.client(), &role).await;
    }
}
