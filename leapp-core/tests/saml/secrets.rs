//! No response, nor a part of it, shows anywhere or stays anywhere.

use leapp_core::{Answer, ErrorKind, Issued, VaultItem, VaultKey};
use leapp_testkit::aws::{Fault, SamlDamage};
use leapp_testkit::leak::{Scanner, capture_logs_async, debug_of, text_of};

use crate::scene::{Scene, question, set};

#[tokio::test]
async fn neither_debug_nor_errors_nor_logs_hold_a_part_of_the_response() {
    let scene = Scene::new();
    let good = scene.answer(&scene.two_roles());
    let damaged = scene.answer(&scene.two_roles().with_damage(SamlDamage::ChangedAfterSigning));
    let ended = scene.answer(&scene.two_roles().with_subject_not_on_or_after(scene.now()));
    let scanner = Scanner::new([&good, &damaged, &ended].into_iter().flat_map(parts));
    let (shown, logs) = capture_logs_async(async {
        let mut shown = String::new();
        let provider = scene.provider();
        for answer in [&good, &ended] {
            let issued = scene.issue(&provider, Some(answer)).await;
            shown += &debug_of(&(&issued, &provider, answer));
            if let Err(error) = &issued {
                assert_eq!(error.kind(), ErrorKind::Expired);
                shown += &text_of(error);
            }
        }
        let of_one = scene.provider().with_role(scene.dev.clone());
        for fault in [
            None,
            Some(Fault::ServerError),
            Some(Fault::Throttle),
            Some(Fault::Truncated),
            Some(Fault::ConnectionDropped),
        ] {
            fault.into_iter().for_each(|fault| scene.aws.fail_next(fault, 1));
            let answer = if fault.is_none() { &damaged } else { &good };
            let error = scene.issue(&of_one, Some(answer)).await.unwrap_err();
            shown += &text_of(&error);
            shown += &debug_of(&of_one);
        }
        shown += &debug_of(&set(scene.issue(&of_one, Some(&good)).await));
        shown
    })
    .await;
    assert_eq!(scanner.scan(shown), None);
    assert_eq!(scanner.scan(logs), None);
    // The scanner knows what it looks for.
    assert!(scanner.scan(&parts(&good)[1][40..60]).is_some());
}

/// Beginning, middle and end: a scanner for all of it takes half a minute to build.
fn parts(answer: &Answer) -> [String; 3] {
    let Answer::SamlAssertion(assertion) = answer else { panic!("an assertion: {answer:?}") };
    let text = assertion.expose();
    [0, text.len() / 2, text.len() - 256].map(|begin| text[begin..begin + 256].to_owned())
}

#[tokio::test]
async fn nothing_goes_into_the_vault() {
    use leapp_core::Vault;
    let scene = Scene::new();
    let provider = scene.provider();
    question(scene.redeem(&provider, &scene.two_roles()).await);
    let issued = scene.issue(&provider, Some(&Answer::Role(scene.dev.clone()))).await;
    assert!(matches!(issued, Ok(Issued::Credentials(_))));
    for item in [VaultItem::AccessKey, VaultItem::SessionCredentials, VaultItem::TotpSeed] {
        let key = VaultKey::new(scene.session.clone(), item);
        assert!(scene.vault.get(&key).await.unwrap().is_none(), "{key}");
    }
}
