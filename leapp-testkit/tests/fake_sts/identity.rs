//! `GetCallerIdentity` says who one is.

use crate::lab::{Lab, long_lived, temporary};

on_both_fronts! {
    async fn a_user_is_itself(lab) {
        let answer = lab.client().get_caller_identity().send().await.unwrap();

        assert_eq!(answer.arn(), Some("arn:aws:iam::111122223333:user/alice"));
        assert_eq!(answer.account(), Some("111122223333"));
        assert!(answer.user_id().unwrap().starts_with("AIDA"));
    }

    async fn a_session_token_set_is_its_user(lab) {
        let set = lab.client().get_session_token().send().await.unwrap();
        let client = lab.client_of(temporary(set.credentials()));

        let (of_set, of_user) = (
            client.get_caller_identity().send().await.unwrap(),
            lab.client().get_caller_identity().send().await.unwrap(),
        );

        assert_eq!(of_set.arn(), of_user.arn());
        assert_eq!(of_set.user_id(), of_user.user_id());
    }

    async fn a_role_session_is_the_assumed_role(lab) {
        let role = lab.role("ops/Deploy");
        let call = lab.client().assume_role().role_arn(role.as_str()).role_session_name("a@b");
        let assumed = call.send().await.unwrap();
        let client = lab.client_of(temporary(assumed.credentials()));

        let answer = client.get_caller_identity().send().await.unwrap();

        assert_eq!(answer.arn(), Some("arn:aws:sts::111122223333:assumed-role/Deploy/a@b"));
        assert_eq!(answer.account(), Some("111122223333"));
        assert_eq!(answer.user_id(), Some(assumed.assumed_role_user().unwrap().assumed_role_id()));
        assert_eq!(answer.arn(), Some(assumed.assumed_role_user().unwrap().arn()));
    }

    async fn a_root_user_is_its_account(lab) {
        let key = lab.aws.add_access_key(&lab.aws.root_user(&lab.account));

        let answer = lab.client_of(long_lived(&key)).get_caller_identity().send().await.unwrap();

        assert_eq!(answer.arn(), Some("arn:aws:iam::111122223333:root"));
        assert_eq!(answer.user_id(), Some("111122223333"));
    }
}
