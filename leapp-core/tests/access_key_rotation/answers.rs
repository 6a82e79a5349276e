//! Answers of IAM that are none.

use leapp_core::ErrorKind;

use crate::backends::rewriting;
use crate::scene::Scene;

#[tokio::test(start_paused = true)]
async fn a_list_that_is_not_whole_or_not_the_users_is_none() {
    let cases: [fn(&str) -> String; 4] = [
        |text| text.replace("<IsTruncated>false", "<IsTruncated>true"),
        |text| text.replace("<UserName>alice", "<UserName>mallory"),
        |text| text.replace("ListAccessKeysResponse", "ListAccessKeysReply"),
        |text| text.replace("ListAccessKeysResponse", "ListSigningCertificatesResponse"),
    ];
    for (at, case) in cases.into_iter().enumerate() {
        let scene = Scene::new().await;
        let http = rewriting(scene.aws.http_client(), "ListAccessKeys", case);

        let error = scene.run(scene.rotation_over(scene.vault.clone(), http).rotate()).await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::Service, "{at}");
        assert_eq!(error.to_string(), "ListAccessKeys for session `alice` got an answer that is not one");
        assert_eq!(scene.calls("CreateAccessKey"), 0, "{at}");
    }
}

/// The key that it made is found for what it is, and goes.
#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_about_a_new_key_of_the_users_is_none() {
    let cases: [fn(&str) -> String; 3] = [
        |text| text.replace("<UserName>alice", "<UserName>mallory"),
        |text| text.replace("CreateAccessKeyResponse", "ListAccessKeysResponse"),
        // The first key that the fake AWS makes, which the vault holds.
        |text| {
            let (before, rest) = text.split_once("<AccessKeyId>").unwrap();
            let (_, after) = rest.split_once('<').unwrap();
            format!("{before}<AccessKeyId>AKIAOMKNH7GW2CY3P2PJ<{after}")
        },
    ];
    for (at, case) in cases.into_iter().enumerate() {
        let scene = Scene::new().await;
        assert_eq!(scene.key.access_key_id().as_str(), "AKIAOMKNH7GW2CY3P2PJ");
        let http = rewriting(scene.aws.http_client(), "CreateAccessKey", case);

        let error = scene.run(scene.rotation_over(scene.vault.clone(), http).rotate()).await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::Service, "{at}");
        assert_eq!(scene.held().await.to_record().expose(), scene.key.to_record().expose(), "{at}");
        scene.assert_settled(&format!("{at}")).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_about_a_deletion_is_none() {
    let scene = Scene::new().await;
    let http = rewriting(scene.aws.http_client(), "DeleteAccessKey", |text| {
        text.replace("DeleteAccessKeyResponse", "DeleteAccessKeyReply")
    });

    // It is asked again, and then the list says it.
    scene.run(scene.rotation_over(scene.vault.clone(), http).rotate()).await.unwrap();

    assert_eq!((scene.calls("DeleteAccessKey"), scene.calls("ListAccessKeys")), (1, 4));
    scene.assert_settled("deleted").await;
}
