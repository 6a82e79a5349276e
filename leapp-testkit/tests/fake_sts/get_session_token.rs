//! `GetSessionToken`: how long, for whom, and how large.

use std::time::Duration;

use aws_smithy_types::DateTime;

use crate::lab::{Lab, long_lived, temporary};
use crate::refusal::assert_refused;

on_both_fronts! {
    async fn twelve_hours_unless_told(lab) {
        let answer = lab.client().get_session_token().send().await.unwrap();

        let set = answer.credentials().unwrap();
        assert!(set.access_key_id().starts_with("ASIA"));
        assert_eq!(*set.expiration(), DateTime::from(lab.now() + Duration::from_secs(43_200)));
    }

    async fn as_long_as_asked(lab) {
        for seconds in [900, 129_600] {
            let answer = lab.client().get_session_token().duration_seconds(seconds).send().await.unwrap();

            let expected = DateTime::from(lab.now() + Duration::from_secs(seconds as u64));
            assert_eq!(*answer.credentials().unwrap().expiration(), expected);
        }
    }

    async fn a_root_user_gets_an_hour(lab) {
        let key = lab.aws.add_access_key(&lab.aws.root_user(&lab.account));

        let call = lab.client_of(long_lived(&key)).get_session_token().duration_seconds(7200);

        let expected = DateTime::from(lab.now() + Duration::from_secs(3600));
        assert_eq!(*call.send().await.unwrap().credentials().unwrap().expiration(), expected);
    }

    async fn session_credentials_are_refused(lab) {
        let role = lab.role("Deploy");
        let own = temporary(lab.client().get_session_token().send().await.unwrap().credentials());
        let assumed = lab.assume(&lab.client(), &role).await;

        for set in [own, assumed] {
            let result = lab.client_of(set).get_session_token().send().await;
            assert_refused(result, "AccessDenied", 403, "Cannot call GetSessionToken with session credentials");
        }
    }

    async fn every_call_gives_another_set(lab) {
        let (one, other) = (
            lab.client().get_session_token().send().await.unwrap(),
            lab.client().get_session_token().send().await.unwrap(),
        );

        let (one, other) = (one.credentials().unwrap(), other.credentials().unwrap());
        assert_ne!(one.access_key_id(), other.access_key_id());
        assert_ne!(one.secret_access_key(), other.secret_access_key());
        assert_ne!(one.session_token(), other.session_token());
    }

    async fn a_token_has_the_size_that_was_set(lab) {
        for size in [64, 800, 4096] {
            lab.aws.set_session_token_size(size);

            let answer = lab.client().get_session_token().send().await.unwrap();

            assert_eq!(answer.credentials().unwrap().session_token().len(), size);
            assert_eq!(answer.session_token_size(), Some(size as i32));
            let percent = (size as f64 * 100.0 / 4096.0).ceil();
            assert_eq!(answer.session_token_utilization().map(f64::from), Some(percent));
            lab.client_of(temporary(answer.credentials())).get_caller_identity().send().await.unwrap();
        }
    }

    async fn a_token_is_at_least_as_large_as_asked(lab) {
        let call = lab.client().get_session_token().minimum_session_token_size(3000);

        let answer = call.send().await.unwrap();

        assert_eq!(answer.credentials().unwrap().session_token().len(), 3000);
        assert_eq!(answer.session_token_utilization(), Some(74));
    }
}

#[tokio::test]
async fn two_worlds_make_up_the_same() {
    let mut seen = Vec::new();
    for _ in 0..2 {
        let lab = Lab::in_process();
        let answer = lab.client().get_session_token().send().await.unwrap();
        let set = answer.credentials().unwrap();
        seen.push((
            lab.key.access_key_id().clone(),
            set.access_key_id().to_owned(),
            set.session_token().to_owned(),
        ));
    }

    assert_eq!(seen[0], seen[1]);
}
