//! IAM fails as it is told, like every other service.

use leapp_testkit::aws::Fault;

use crate::lab::{Ask, Lab};

on_both_fronts! {
    async fn scripted_faults_have_iams_words(lab) {
        for (fault, code, status) in [
            (Fault::Throttle, "Throttling", 400),
            (Fault::ServerError, "InternalFailure", 500),
            (Fault::Unavailable, "ServiceUnavailable", 503),
            (Fault::AccessDenied, "AccessDenied", 403),
            (Fault::ExpiredToken, "ExpiredToken", 403),
        ] {
            lab.aws.fail_next_of("ListAccessKeys", fault, 1);
            lab.ask(Ask::new("ListAccessKeys")).await.assert_refused(code, status, "");
        }
        assert_eq!(lab.ask(Ask::new("ListAccessKeys")).await.status, 200);
    }

    async fn a_lost_answer_leaves_a_key_that_nobody_has(lab) {
        lab.aws.fail_next_of("CreateAccessKey", Fault::AnswerLost, 1);
        assert_eq!(lab.ask(Ask::new("CreateAccessKey")).await.status, 0);

        assert_eq!(lab.ask(Ask::new("ListAccessKeys")).await.texts("AccessKeyId").len(), 2);
        lab.aws.fail_next_of("CreateAccessKey", Fault::ConnectionDropped, 1);
        assert_eq!(lab.ask(Ask::new("CreateAccessKey")).await.status, 0);
        assert_eq!(lab.ask(Ask::new("ListAccessKeys")).await.texts("AccessKeyId").len(), 2);
    }
}
