//! The life of a key: created, listed, put out of use, deleted.

use std::time::Duration;

use crate::lab::{Ask, Lab, long_lived};

on_both_fronts! {
    async fn a_key_is_created_and_serves(lab) {
        let reply = lab.ask(Ask::new("CreateAccessKey").with("UserName", "alice")).await;

        assert_eq!((reply.text("UserName"), reply.text("Status")), ("alice".into(), "Active".into()));
        assert_eq!(reply.text("CreateDate"), "2023-11-14T22:13:20Z");
        assert!(reply.text("AccessKeyId").starts_with("AKIA"));
        assert_eq!(reply.text("SecretAccessKey").len(), 40);
        assert!(reply.body.starts_with(
            "<CreateAccessKeyResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><CreateAccessKeyResult><AccessKey>"
        ));
    }

    async fn a_user_has_two_keys_at_most(lab) {
        let first = lab.created().await;
        assert!(lab.is_known_to_sts(first.clone()).await);

        let refused = lab.ask(Ask::new("CreateAccessKey")).await;
        refused.assert_refused("LimitExceeded", 409, "Cannot exceed quota for AccessKeysPerUser: 2");
        let gone = lab.ask(Ask::new("DeleteAccessKey").with("AccessKeyId", first.access_key_id())).await;
        assert_eq!(gone.status, 200);
        lab.created().await;
    }

    async fn keys_are_listed_with_the_oldest_first(lab) {
        lab.clock.advance(Duration::from_secs(60));
        let second = lab.created().await;

        let reply = lab.ask(Ask::new("ListAccessKeys")).await;

        assert_eq!(reply.texts("AccessKeyId"), [lab.key.access_key_id().as_str(), second.access_key_id()]);
        assert_eq!(reply.texts("CreateDate"), ["2023-11-14T22:13:20Z", "2023-11-14T22:14:20Z"]);
        assert_eq!(reply.texts("Status"), ["Active", "Active"]);
        assert_eq!(reply.text("IsTruncated"), "false");
        assert!(!reply.body.contains(second.secret_access_key()));
    }

    async fn an_inactive_key_is_refused_everywhere_until_it_is_active_again(lab) {
        let second = lab.created().await;
        let update = |status: &str| {
            Ask::new("UpdateAccessKey").with("AccessKeyId", second.access_key_id()).with("Status", status)
        };

        assert_eq!(lab.ask(update("Inactive")).await.status, 200);
        assert!(!lab.is_known_to_sts(second.clone()).await);
        let refused = lab.ask_as(second.clone(), Ask::new("ListAccessKeys")).await;
        refused.assert_refused("InvalidClientTokenId", 403, "security token included in the request is invalid");
        assert_eq!(lab.ask(Ask::new("ListAccessKeys")).await.texts("Status"), ["Active", "Inactive"]);

        assert_eq!(lab.ask(update("Active")).await.status, 200);
        assert!(lab.is_known_to_sts(second.clone()).await);
        lab.ask(update("Asleep")).await.assert_refused("ValidationError", 400, "Value 'Asleep' at 'status'");
    }

    async fn a_deleted_key_is_refused_and_what_it_obtained_is_not(lab) {
        let second = lab.created().await;
        let set = lab.sts(second.clone()).get_session_token().send().await.unwrap();
        let set = crate::lab::temporary(set.credentials());

        // A key may delete itself.
        let delete = Ask::new("DeleteAccessKey").with("AccessKeyId", second.access_key_id());
        let reply = lab.ask_as(second.clone(), delete.clone()).await;

        assert!(reply.body.starts_with(
            "<DeleteAccessKeyResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><ResponseMetadata><RequestId>"
        ));
        assert!(!lab.is_known_to_sts(second.clone()).await);
        assert!(lab.is_known_to_sts(set).await);
        let words = format!("The Access Key with id {} cannot be found.", second.access_key_id());
        lab.ask(delete).await.assert_refused("NoSuchEntity", 404, &words);
    }

    async fn the_last_use_of_a_key_is_told(lab) {
        let second = lab.created().await;
        let last_used = || lab.ask(Ask::new("GetAccessKeyLastUsed").with("AccessKeyId", second.access_key_id()));

        let never = last_used().await;
        assert_eq!((never.text("ServiceName"), never.text("Region")), ("N/A".into(), "N/A".into()));
        assert!(never.texts("LastUsedDate").is_empty());

        lab.clock.advance(Duration::from_secs(60));
        assert!(lab.is_known_to_sts(second.clone()).await);
        let once = last_used().await;
        assert_eq!((once.text("ServiceName"), once.text("Region")), ("sts".into(), "eu-west-1".into()));
        assert_eq!((once.text("LastUsedDate"), once.text("UserName")), ("2023-11-14T22:14:20Z".into(), "alice".into()));
    }

    async fn a_user_is_told_who_it_is(lab) {
        let root = long_lived(&lab.aws.add_access_key(&lab.aws.root_user(&lab.account)));

        let user = lab.ask(Ask::new("GetUser")).await;
        assert_eq!(user.text("Arn"), lab.alice.as_str());
        assert_eq!((user.text("Path"), user.text("UserName")), ("/".into(), "alice".into()));
        assert!(user.text("UserId").starts_with("AIDA"));
        let root = lab.ask_as(root, Ask::new("GetUser")).await;
        assert_eq!((root.text("Arn"), root.texts("UserName")), ("arn:aws:iam::111122223333:root".into(), vec![]));
    }

    async fn names_keep_to_their_bounds(lab) {
        for (ask, words) in [
            (Ask::new("DeleteAccessKey"), "Value null at 'accessKeyId'"),
            (Ask::new("UpdateAccessKey").with("AccessKeyId", "AKIAIOSFODNN7EXAMPLE"), "Value null at 'status'"),
            (Ask::new("ListAccessKeys").with("UserName", "a b"), "Value 'a b' at 'userName'"),
            (Ask::new("CreateAccessKey").with("UserName", &"a".repeat(129)), "length less than or equal to 128"),
        ] {
            lab.ask(ask).await.assert_refused("ValidationError", 400, words);
        }
        lab.ask(Ask::new("ListUsers")).await.assert_refused(
            "InvalidAction", 400, "Could not find operation ListUsers for version 2010-05-08",
        );
    }
}

#[tokio::test]
async fn a_key_that_is_put_out_of_use_from_outside_is_refused() {
    let lab = Lab::in_process();
    let second = lab.aws.add_access_key(&lab.alice);

    lab.aws.deactivate_access_key(second.access_key_id());

    assert!(!lab.is_known_to_sts(long_lived(&second)).await);
    assert_eq!(lab.ask(Ask::new("ListAccessKeys")).await.texts("Status"), ["Active", "Inactive"]);
}

#[tokio::test]
async fn a_user_that_is_renamed_keeps_its_id_and_its_keys() {
    let lab = Lab::in_process();
    let before = lab.ask(Ask::new("GetUser")).await.text("UserId");

    let alicia = lab.aws.rename_user(&lab.alice, "team/alicia");

    assert_eq!(alicia.as_str(), "arn:aws:iam::111122223333:user/team/alicia");
    let user = lab.ask(Ask::new("GetUser").with("UserName", "alicia")).await;
    assert_eq!(
        (user.text("UserId"), user.text("Path"), user.text("Arn")),
        (before, "/team/".into(), alicia.to_string())
    );
    assert_eq!(lab.ask(Ask::new("ListAccessKeys")).await.text("UserName"), "alicia");
    let refused = lab.ask(Ask::new("ListAccessKeys").with("UserName", "alice")).await;
    refused.assert_refused("AccessDenied", 403, "");
}
