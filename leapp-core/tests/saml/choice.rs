//! Which role: the one that is set, the only one, or the one that is chosen.

use leapp_core::{Answer, ErrorKind, Question, SessionProvider};
use leapp_testkit::aws::{Fault, SamlAssertionSpec};

use crate::scene::{MINUTE, Scene, is_login, principal, question, set};

#[tokio::test]
async fn several_roles_are_a_choice_and_the_login_is_not_asked_for_again() {
    let scene = Scene::new();
    let provider = scene.provider();
    let asked = question(scene.redeem(&provider, &scene.two_roles()).await);
    assert_eq!(asked, Question::Role { roles: vec![scene.dev.clone(), scene.ops.clone()] });
    assert_eq!(scene.calls(), 0);
    scene.clock.advance(4 * MINUTE);
    let set = set(scene.issue(&provider, Some(&Answer::Role(scene.ops.clone()))).await);
    assert!(set.metadata().arn.as_deref().unwrap().contains("/Ops/"));
    assert_eq!(scene.calls(), 1);
    // It is used, and gone.
    assert!(is_login(&question(scene.issue(&provider, Some(&Answer::Role(scene.ops.clone()))).await)));
}

/// Five minutes, or less where the response ends sooner.
#[tokio::test]
async fn a_choice_that_comes_too_late_is_a_login_again() {
    for (lives, is_too_late) in [(600, 5 * MINUTE), (60, MINUTE)] {
        let scene = Scene::new();
        let provider = scene.provider();
        let spec = scene.two_roles().with_not_on_or_after(scene.after(lives));
        let spec = spec.with_subject_not_on_or_after(scene.after(lives));
        question(scene.redeem(&provider, &spec).await);
        scene.clock.advance(is_too_late);
        let chosen = Answer::Role(scene.dev.clone());
        assert!(is_login(&question(scene.issue(&provider, Some(&chosen)).await)));
        assert_eq!(scene.calls(), 0);
    }
}

#[tokio::test]
async fn asked_again_it_repeats_the_question_and_told_to_forget_it_starts_anew() {
    let scene = Scene::new();
    let provider = scene.provider();
    let first = question(scene.redeem(&provider, &scene.two_roles()).await);
    assert_eq!(question(scene.issue(&provider, None).await), first);
    provider.forget();
    assert!(is_login(&question(scene.issue(&provider, None).await)));
    // Another login replaces the one before.
    question(scene.redeem(&provider, &scene.two_roles()).await);
    set(scene.redeem(&provider, &scene.one_role()).await);
    assert!(is_login(&question(scene.issue(&provider, None).await)));
}

#[tokio::test]
async fn the_role_that_is_set_is_taken_of_several() {
    let scene = Scene::new();
    let set = set(scene.redeem(&scene.provider().with_role(scene.ops.clone()), &scene.two_roles()).await);
    assert!(set.metadata().arn.as_deref().unwrap().contains("/Ops/"));
}

#[tokio::test]
async fn a_role_that_is_not_offered_is_an_error_that_lists_those_that_are() {
    let scene = Scene::new();
    let error =
        scene.redeem(&scene.provider().with_role(scene.ops.clone()), &scene.one_role()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    let why = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        why.contains(&format!("does not offer role {};", scene.ops))
            && why.contains(&format!("offers {}", scene.dev)),
        "{why}"
    );
    assert_eq!(scene.calls(), 0);
    // Chosen, and not among those that there were to choose from.
    let provider = scene.provider();
    question(scene.redeem(&provider, &scene.two_roles()).await);
    let other = leapp_core::RoleArn::parse("arn:aws:iam::111122223333:role/Other").unwrap();
    let error = scene.issue(&provider, Some(&Answer::Role(other))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert_eq!(scene.calls(), 0);
}

#[tokio::test]
async fn no_role_at_all_is_an_error() {
    let scene = Scene::new();
    let error = scene.redeem(&scene.provider(), &SamlAssertionSpec::new("alice")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("none at all"));
}

#[tokio::test]
async fn a_role_through_two_providers_needs_to_be_told_which() {
    let scene = Scene::new();
    let other = scene.aws.add_saml_provider(&scene.account, "Partner");
    let spec = scene.one_role().with_role(&scene.dev, other.arn());
    let error = scene.redeem(&scene.provider(), &spec).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let why = std::error::Error::source(&error).unwrap().to_string();
    assert!(why.contains("saml-provider/Corp") && why.contains("saml-provider/Partner"), "{why}");
    let told = scene.provider().with_principal(principal(scene.corp.arn().as_str()));
    set(scene.redeem(&told, &spec).await);
    // One pair that stands twice is one.
    let twice = scene.one_role().with_role(&scene.dev, scene.corp.arn());
    set(scene.redeem(&scene.provider(), &twice).await);
    // And a provider that is set keeps out what comes through another.
    let told = scene.provider().with_principal(principal("arn:aws:iam::111122223333:saml-provider/Else"));
    let error = scene.redeem(&told, &spec).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
}

/// A login is not lost because a network was down for a moment.
#[tokio::test]
async fn after_a_failure_that_passes_the_same_login_is_used_again() {
    let scene = Scene::new();
    let provider = scene.provider();
    question(scene.redeem(&provider, &scene.two_roles()).await);
    scene.aws.fail_next(Fault::ServerError, 1);
    let error = scene.issue(&provider, Some(&Answer::Role(scene.ops.clone()))).await.unwrap_err();
    assert!(error.is_retryable(), "{error:?}");
    let set = set(scene.issue(&provider, None).await);
    assert!(set.metadata().arn.as_deref().unwrap().contains("/Ops/"));
    // After one that does not pass, it is gone.
    scene.aws.delete_role(&scene.dev);
    let error = scene.redeem(&provider, &scene.one_role()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert!(is_login(&question(scene.issue(&provider, None).await)));
}
