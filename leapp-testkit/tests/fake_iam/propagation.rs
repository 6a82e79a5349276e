//! What IAM changes takes a while to spread, when a test asks for it.

use std::time::Duration;

use crate::fronts::Fronts;
use crate::lab::{Ask, Lab};

fn slow() -> Lab {
    let mut fronts = Fronts::new();
    fronts.aws = fronts.aws.with_key_propagation(Duration::from_secs(10));
    Lab::over(fronts)
}

#[tokio::test]
async fn a_new_key_is_unknown_until_its_creation_has_spread() {
    let lab = slow();
    let second = lab.created().await;

    assert_eq!(
        lab.ask(Ask::new("ListAccessKeys")).await.texts("AccessKeyId").len(),
        2,
        "IAM lists it at once"
    );
    for seconds in [0, 9] {
        lab.clock.advance(Duration::from_secs(seconds));
        assert!(!lab.is_known_to_sts(second.clone()).await);
        let refused = lab.ask_as(second.clone(), Ask::new("GetUser")).await;
        refused.assert_refused("InvalidClientTokenId", 403, "");
    }
    lab.clock.advance(Duration::from_secs(1));
    assert!(lab.is_known_to_sts(second.clone()).await);
    assert_eq!(lab.ask_as(second, Ask::new("GetUser")).await.status, 200);
}

#[tokio::test]
async fn a_deleted_key_works_until_its_end_has_spread() {
    let lab = slow();
    let second = lab.created().await;
    lab.clock.advance(Duration::from_secs(10));
    lab.ask(Ask::new("DeleteAccessKey").with("AccessKeyId", second.access_key_id())).await;

    assert_eq!(
        lab.ask(Ask::new("ListAccessKeys")).await.texts("AccessKeyId").len(),
        1,
        "IAM lists it no more"
    );
    assert!(lab.is_known_to_sts(second.clone()).await);
    lab.clock.advance(Duration::from_secs(10));
    assert!(!lab.is_known_to_sts(second).await);
}

#[tokio::test]
async fn a_list_shows_what_changed_when_its_delay_is_over() {
    let lab = Lab::in_process();
    let _ = lab.aws.clone().with_key_list_delay(Duration::from_secs(15));
    let listed = async || lab.ask(Ask::new("ListAccessKeys")).await.texts("AccessKeyId").len();
    let second = lab.created().await;

    assert_eq!(listed().await, 1);
    lab.ask(Ask::new("CreateAccessKey")).await.assert_refused("LimitExceeded", 409, "");
    lab.clock.advance(Duration::from_secs(15));
    assert_eq!(listed().await, 2);
    lab.ask(Ask::new("DeleteAccessKey").with("AccessKeyId", second.access_key_id())).await;
    assert_eq!(listed().await, 2);
    lab.clock.advance(Duration::from_secs(15));
    assert_eq!(listed().await, 1);
}

#[tokio::test]
async fn a_use_is_told_when_its_delay_is_over() {
    let lab = Lab::in_process();
    let _ = lab.aws.clone().with_last_used_delay(Duration::from_secs(3600));
    let ask = || Ask::new("GetAccessKeyLastUsed").with("AccessKeyId", lab.key.access_key_id().as_str());

    assert_eq!(lab.ask(ask()).await.texts("LastUsedDate").len(), 0);
    lab.clock.advance(Duration::from_secs(3600));
    // The question itself is a use, and the later one; it takes as long.
    assert_eq!(lab.ask(ask()).await.texts("LastUsedDate").len(), 0);
    let second = lab.created().await;
    assert!(lab.is_known_to_sts(second.clone()).await);
    lab.clock.advance(Duration::from_secs(3600));
    let second = Ask::new("GetAccessKeyLastUsed").with("AccessKeyId", second.access_key_id());
    assert_eq!(lab.ask(second).await.text("LastUsedDate"), "2023-11-14T23:13:20Z");
}
