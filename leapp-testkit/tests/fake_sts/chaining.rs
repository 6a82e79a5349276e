//! From role to role.

use aws_sdk_sts::Client;
use aws_sdk_sts::operation::assume_role::builders::AssumeRoleFluentBuilder;
use leapp_core::RoleArn;

use crate::lab::{Lab, temporary};
use crate::refusal::assert_refused;

fn call(client: &Client, role: &RoleArn) -> AssumeRoleFluentBuilder {
    client.assume_role().role_arn(role.as_str()).role_session_name("session")
}

on_both_fronts! {
    async fn a_chain_is_let_in_for_an_hour(lab) {
        let first = lab.role("First");
        let second = lab.aws.add_role(lab.spec("Second").with_trusted(first.clone()));
        let client = lab.client_of(lab.assume(&lab.client(), &first).await);

        call(&client, &second).duration_seconds(3600).send().await.unwrap();
        let words = "exceeds the 1 hour session limit for roles assumed by role chaining";
        assert_refused(call(&client, &second).duration_seconds(3601).send().await, "ValidationError", 400, words);
    }

    async fn a_users_own_session_is_not_a_chain(lab) {
        let role = lab.role("Deploy");
        let own = temporary(lab.client().get_session_token().send().await.unwrap().credentials());

        call(&lab.client_of(own), &role).duration_seconds(43_200).send().await.unwrap();
    }

    async fn a_role_that_trusts_a_role_refuses_its_user(lab) {
        let first = lab.role("First");
        let second = lab.aws.add_role(lab.spec("Second").with_trusted(first));

        assert_refused(call(&lab.client(), &second).send().await, "AccessDenied", 403, "user/alice");
    }

    async fn another_role_is_refused_by_its_session_name(lab) {
        let (first, other) = (lab.role("First"), lab.role("Other"));
        let second = lab.aws.add_role(lab.spec("Second").with_trusted(first));
        let client = lab.client_of(lab.assume(&lab.client(), &other).await);

        let words = "User: arn:aws:sts::111122223333:assumed-role/Other/session is not authorized";
        assert_refused(call(&client, &second).send().await, "AccessDenied", 403, words);
    }

    async fn source_identity_stays_down_the_chain(lab) {
        let (first, second) = (lab.role("First"), lab.role("Second"));
        let answer = call(&lab.client(), &first).source_identity("alice").send().await.unwrap();
        let client = lab.client_of(temporary(answer.credentials()));

        let unsaid = call(&client, &second).send().await.unwrap();
        assert_eq!(unsaid.source_identity(), Some("alice"));
        let repeated = call(&client, &second).source_identity("alice").send().await.unwrap();
        assert_eq!(repeated.source_identity(), Some("alice"));
        let changed = call(&client, &second).source_identity("bob").send().await;
        assert_refused(changed, "ValidationError", 400, "The source identity is already set");

        let third = lab.client_of(temporary(unsaid.credentials()));
        let changed = call(&third, &first).source_identity("bob").send().await;
        assert_refused(changed, "ValidationError", 400, "The source identity is already set");
    }
}
