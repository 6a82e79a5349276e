//! What a role's trust policy says of the session itself: whose it is, and which tags it has.

use aws_sdk_sts::Client;
use aws_sdk_sts::operation::assume_role::builders::AssumeRoleFluentBuilder;
use aws_sdk_sts::types::Tag;
use leapp_core::RoleArn;

use crate::lab::{Lab, temporary};
use crate::refusal::assert_refused;
use crate::web_identity::{claims, provider};

const NOBODYS: &str = "user/alice is not authorized to perform: sts:AssumeRole on resource";
const ANOTHERS: &str =
    "is not authorized to perform: sts:SetSourceIdentity on resource: arn:aws:iam::111122223333:role/Own";
const TAGGED: &str =
    "is not authorized to perform: sts:TagSession on resource: arn:aws:iam::111122223333:role/Own";
const OF_TOKEN: &str = "Not authorized to perform sts:AssumeRoleWithWebIdentity";

fn call(client: &Client, role: &RoleArn) -> AssumeRoleFluentBuilder {
    client.assume_role().role_arn(role.as_str()).role_session_name("session")
}

fn tag(key: &str) -> Tag {
    Tag::builder().key(key).value("value").build().unwrap()
}

on_both_fronts! {
    async fn a_role_may_ask_for_a_source_identity(lab) {
        let spec = lab.spec("Own").with_source_identity("alice").with_source_identity("ops-*");
        let role = lab.aws.add_role(spec);
        let with = |source_identity: &str| call(&lab.client(), &role).source_identity(source_identity).send();

        assert_refused(call(&lab.client(), &role).send().await, "AccessDenied", 403, NOBODYS);
        for another in ["bob", "alice2", "Alice", "dev-ops-1"] {
            assert_refused(with(another).await, "AccessDenied", 403, ANOTHERS);
        }
        for one in ["alice", "ops-1"] {
            assert_eq!(with(one).await.unwrap().source_identity(), Some(one));
        }
        call(&lab.client(), &lab.role("Open")).send().await.unwrap();
    }

    async fn the_source_identity_of_a_chain_is_the_sessions(lab) {
        let own = lab.aws.add_role(lab.spec("Own").with_source_identity("alice"));
        let first = lab.role("First");

        for (name, is_accepted) in [("alice", true), ("bob", false)] {
            let answer = call(&lab.client(), &first).source_identity(name).send().await.unwrap();
            let result = call(&lab.client_of(temporary(answer.credentials())), &own).send().await;
            if is_accepted {
                assert_eq!(result.unwrap().source_identity(), Some(name));
            } else {
                assert_refused(result, "AccessDenied", 403, ANOTHERS);
            }
        }
    }

    async fn a_role_may_name_the_keys_of_tags(lab) {
        let role = lab.aws.add_role(lab.spec("Own").with_tag_key("Project").with_tag_key("Team"));
        let client = lab.client();

        for keys in [&["Cost"][..], &["Project", "Cost"], &["project"]] {
            let tags = keys.iter().copied().map(tag).collect();
            let result = call(&client, &role).set_tags(Some(tags)).send().await;
            assert_refused(result, "AccessDenied", 403, TAGGED);
        }
        for keys in [&[][..], &["Project"], &["Team", "Project"]] {
            let tags = keys.iter().copied().map(tag).collect();
            call(&client, &role).set_tags(Some(tags)).send().await.unwrap();
        }
        call(&client, &lab.role("Open")).tags(tag("Cost")).send().await.unwrap();
    }

    async fn a_code_is_not_used_up_by_a_session_on_other_terms(lab) {
        let device = lab.aws.add_mfa_device(&lab.alice);
        let role = lab.aws.add_role(lab.spec("Own").requiring_mfa().with_source_identity("alice"));
        let call = call(&lab.client(), &role)
            .serial_number(device.serial_number().as_str())
            .token_code(device.code_at(lab.now()).expose());

        assert_refused(call.clone().source_identity("bob").send().await, "AccessDenied", 403, ANOTHERS);
        call.source_identity("alice").send().await.unwrap();
    }

    async fn a_web_identity_comes_on_the_same_terms(lab) {
        let provider = provider(&lab);
        let spec = lab.spec("Own").with_trusted(provider.trust());
        let role = lab.aws.add_role(spec.with_source_identity("octo").with_tag_key("Project"));

        for (claims, is_accepted) in [
            (claims(), false),
            (claims().with_source_identity("other"), false),
            (claims().with_source_identity("octo").with_tag("Cost", "1"), false),
            (claims().with_source_identity("octo").with_tag("Project", "1"), true),
        ] {
            let token = provider.token_at(&claims, lab.now());
            let result = crate::web_identity::call(&lab, &role, &token).send().await;
            if is_accepted {
                result.unwrap();
            } else {
                assert_refused(result, "AccessDenied", 403, OF_TOKEN);
            }
        }
    }
}
