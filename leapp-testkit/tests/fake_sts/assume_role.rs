//! `AssumeRole`: trust, external ids, durations, and what comes back.

use std::time::Duration;

use aws_sdk_sts::operation::assume_role::builders::AssumeRoleFluentBuilder;
use aws_smithy_types::DateTime;
use leapp_core::{AccountId, ExternalId, RoleArn};

use crate::lab::{Lab, long_lived, packed_policy_size, temporary};
use crate::refusal::assert_refused;

fn call(lab: &Lab, role: &RoleArn) -> AssumeRoleFluentBuilder {
    lab.client().assume_role().role_arn(role.as_str()).role_session_name("session")
}

fn denied(role: &RoleArn) -> String {
    format!(
        "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: sts:AssumeRole on resource: {role}"
    )
}

on_both_fronts! {
    async fn an_hour_unless_told(lab) {
        let role = lab.role("Deploy");

        let answer = call(&lab, &role).send().await.unwrap();

        let set = answer.credentials().unwrap();
        assert!(set.access_key_id().starts_with("ASIA"));
        assert_eq!(*set.expiration(), DateTime::from(lab.now() + Duration::from_secs(3600)));
        assert_eq!(packed_policy_size(&answer), None);
        assert_eq!(answer.source_identity(), None);
    }

    async fn the_role_id_stays(lab) {
        let role = lab.role("Deploy");
        let (one, other) = (call(&lab, &role).send().await.unwrap(), call(&lab, &role).send().await.unwrap());

        let (one, other) = (one.assumed_role_user().unwrap(), other.assumed_role_user().unwrap());
        assert_eq!(one.assumed_role_id(), other.assumed_role_id());
        assert!(one.assumed_role_id().starts_with("AROA"));
        assert!(one.assumed_role_id().ends_with(":session"));
        assert_eq!(one.arn(), "arn:aws:sts::111122223333:assumed-role/Deploy/session");
    }

    async fn a_role_that_is_changed_keeps_its_id_and_one_made_anew_does_not(lab) {
        let role = lab.role("Deploy");
        let first = call(&lab, &role).send().await.unwrap();
        lab.aws.add_role(lab.spec("Deploy").with_trusted(lab.alice.clone()));
        let changed = call(&lab, &role).send().await.unwrap();
        lab.aws.delete_role(&role);
        lab.role("Deploy");
        let anew = call(&lab, &role).send().await.unwrap();

        let [first, changed, anew] =
            [&first, &changed, &anew].map(|answer| answer.assumed_role_user().unwrap().assumed_role_id());
        assert_eq!(first, changed);
        assert_ne!(first, anew);
    }

    async fn a_role_that_does_not_exist_is_denied(lab) {
        let role = RoleArn::parse("arn:aws:iam::111122223333:role/None").unwrap();

        assert_refused(call(&lab, &role).send().await, "AccessDenied", 403, &denied(&role));
    }

    async fn a_deleted_role_is_denied(lab) {
        let role = lab.role("Deploy");
        lab.aws.delete_role(&role);

        assert_refused(call(&lab, &role).send().await, "AccessDenied", 403, &denied(&role));
    }

    async fn a_role_that_trusts_another_user_is_denied(lab) {
        let bob = lab.aws.add_user(&lab.account, "bob");
        let role = lab.aws.add_role(lab.spec("Deploy").with_trusted(bob));

        assert_refused(call(&lab, &role).send().await, "AccessDenied", 403, &denied(&role));
    }

    async fn another_accounts_user_is_denied(lab) {
        let other = AccountId::parse("444455556666").unwrap();
        let key = lab.aws.add_access_key(&lab.aws.add_user(&other, "alice"));
        let role = lab.role("Deploy");

        let stranger = lab.client_of(long_lived(&key));
        let result = stranger.assume_role().role_arn(role.as_str()).role_session_name("session").send().await;

        assert_refused(result, "AccessDenied", 403, "arn:aws:iam::444455556666:user/alice is not authorized");
    }

    async fn whom_it_trusts_is_let_in(lab) {
        let other = AccountId::parse("444455556666").unwrap();
        let alice = lab.aws.add_role(lab.spec("User").with_trusted(lab.alice.clone()));
        let several = lab.spec("Several").with_trusted(other).with_trusted(lab.account.clone());
        let several = lab.aws.add_role(several);
        let own = temporary(lab.client().get_session_token().send().await.unwrap().credentials());

        for role in [alice, several] {
            lab.assume(&lab.client(), &role).await;
            lab.assume(&lab.client_of(own.clone()), &role).await;
        }
    }

    async fn a_root_user_assumes_nothing(lab) {
        let key = lab.aws.add_access_key(&lab.aws.root_user(&lab.account));
        let role = lab.role("Deploy");

        let root = lab.client_of(long_lived(&key));
        let result = root.assume_role().role_arn(role.as_str()).role_session_name("session").send().await;

        assert_refused(result, "AccessDenied", 403, "Roles may not be assumed by root accounts.");
    }

    async fn the_external_id_has_to_be_right(lab) {
        let external_id = ExternalId::parse("customer:42/a").unwrap();
        let role = lab.aws.add_role(lab.spec("Deploy").with_external_id(external_id));

        call(&lab, &role).external_id("customer:42/a").send().await.unwrap();
        assert_refused(call(&lab, &role).send().await, "AccessDenied", 403, &denied(&role));
        let wrong = call(&lab, &role).external_id("customer:42/b").send().await;
        assert_refused(wrong, "AccessDenied", 403, &denied(&role));
    }

    async fn as_long_as_the_role_allows(lab) {
        let spec = lab.spec("Deploy").with_max_session_duration(Duration::from_secs(7200));
        let role = lab.aws.add_role(spec);

        let answer = call(&lab, &role).duration_seconds(7200).send().await.unwrap();
        let expected = DateTime::from(lab.now() + Duration::from_secs(7200));
        assert_eq!(*answer.credentials().unwrap().expiration(), expected);

        let words = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
        assert_refused(call(&lab, &role).duration_seconds(7201).send().await, "ValidationError", 400, words);
    }

    async fn a_session_ends_when_it_said(lab) {
        let role = lab.role("Deploy");
        let answer = call(&lab, &role).duration_seconds(900).send().await.unwrap();
        let client = lab.client_of(temporary(answer.credentials()));

        lab.clock.advance(Duration::from_secs(899));
        client.get_caller_identity().send().await.unwrap();
        lab.clock.advance(Duration::from_secs(1));
        assert_refused(client.get_caller_identity().send().await, "ExpiredToken", 403, "");
    }

    async fn source_identity_comes_back(lab) {
        let role = lab.role("Deploy");

        let answer = call(&lab, &role).source_identity("alice@example").send().await.unwrap();

        assert_eq!(answer.source_identity(), Some("alice@example"));
    }

    async fn odd_characters_pass_through_form_and_xml(lab) {
        let role = lab.role("Deploy");

        let answer = call(&lab, &role).role_session_name("a+b=c,d.e@f-g_h").send().await.unwrap();
        let arn = answer.assumed_role_user().unwrap().arn();
        assert_eq!(arn, "arn:aws:sts::111122223333:assumed-role/Deploy/a+b=c,d.e@f-g_h");

        let result = call(&lab, &role).role_session_name("<a>&\"b\"").send().await;
        assert_refused(result, "ValidationError", 400, "Value '<a>&\"b\"' at 'roleSessionName'");
    }
}
