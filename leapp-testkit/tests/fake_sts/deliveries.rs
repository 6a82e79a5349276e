//! Answers that arrive late, in part, twice or with the wrong date, as an SDK client sees them.

use std::time::Duration;

use aws_sdk_sts::Client;
use aws_sdk_sts::config::timeout::TimeoutConfig;
use aws_sdk_sts::error::SdkError;
use leapp_core::RoleArn;
use leapp_testkit::aws::Fault;

use crate::lab::{Lab, long_lived, temporary};
use crate::refusal::assert_refused;

/// What the SDK calls a call's failure.
async fn outcome(client: &Client) -> &'static str {
    match client.get_caller_identity().send().await {
        Ok(_) => "ok",
        Err(SdkError::DispatchFailure(_)) => "dispatch",
        Err(SdkError::ResponseError(_)) => "response",
        Err(SdkError::ServiceError(_)) => "service",
        Err(SdkError::TimeoutError(_)) => "timeout",
        Err(_) => "other",
    }
}

fn impatient(lab: &Lab) -> Client {
    let timeouts = TimeoutConfig::builder().operation_timeout(Duration::from_millis(300)).build();
    let config = lab.config(long_lived(&lab.key)).timeout_config(timeouts);
    Client::from_conf(config.sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new()).build())
}

async fn assume(lab: &Lab, role: &RoleArn) -> aws_sdk_sts::types::Credentials {
    let call = lab.client().assume_role().role_arn(role.as_str()).role_session_name("session");
    call.send().await.unwrap().credentials.unwrap()
}

on_both_fronts! {
    async fn half_an_answer_is_a_broken_set_that_the_sdk_does_not_notice(lab) {
        let role = lab.role("Deploy");
        let call = lab.client().assume_role().role_arn(role.as_str()).role_session_name("session");
        lab.aws.fail_next(Fault::Truncated, 1);

        // The SDK takes what it could read for the whole: it says that all is well.
        let half = call.clone().send().await.unwrap().credentials;
        let whole = call.send().await.unwrap().credentials.unwrap();

        let half = half.unwrap();
        assert!(half.session_token().len() < whole.session_token().len());
        assert_eq!(half.expiration().secs(), 0, "what did not come is the beginning of time");
    }

    async fn an_answer_cut_in_its_body_is_no_answer(lab) {
        let client = lab.client();
        lab.aws.fail_next(Fault::CutShort, 1);

        let cut = outcome(&client).await;

        // Inside the process there is no body that could be read in part.
        assert_eq!(cut, if lab.server.is_some() { "response" } else { "dispatch" });
        assert_eq!(outcome(&client).await, "ok");
        assert_eq!(lab.aws.requests()[0].error_code(), Some("CutShort"));
    }

    async fn a_client_that_waits_so_long_gives_up_on_a_hanging_answer(lab) {
        let client = impatient(&lab);
        lab.aws.fail_next(Fault::Hang, 1);

        assert_eq!(outcome(&client).await, "timeout");
        assert_eq!(outcome(&client).await, "ok");
    }

    async fn a_delay_is_on_the_clock_of_the_world(lab) {
        let client = lab.client();
        lab.aws.fail_next(Fault::Delay(Duration::from_secs(3600)), 1);
        let clock = lab.clock.clone();
        let passes = tokio::spawn(async move {
            while clock.sleepers() == 0 {
                tokio::task::yield_now().await;
            }
            clock.advance(Duration::from_secs(3599));
            tokio::time::sleep(Duration::from_millis(100)).await;
            let is_early = clock.sleepers() == 1;
            clock.advance(Duration::from_secs(1));
            is_early
        });

        assert_eq!(outcome(&client).await, "ok");
        assert!(passes.await.unwrap(), "it came before its time");
    }

    async fn a_doubled_answer_is_read_once_or_refused_and_harms_nothing(lab) {
        let client = lab.client();
        lab.aws.fail_next(Fault::Duplicated, 1);

        let doubled = outcome(&client).await;

        assert!(["ok", "response"].contains(&doubled), "{doubled}");
        assert_eq!(outcome(&client).await, "ok");
    }

    async fn an_oversized_answer_harms_nothing(lab) {
        let client = lab.client();
        lab.aws.fail_next(Fault::Oversized, 1);

        let oversized = outcome(&client).await;

        assert!(["ok", "response"].contains(&oversized), "{oversized}");
        assert_eq!(outcome(&client).await, "ok");
    }

    async fn credentials_can_be_expired_when_they_arrive(lab) {
        let role = lab.role("Deploy");
        lab.aws.fail_next(Fault::ExpiredOnArrival, 1);

        let (dead, live) = (assume(&lab, &role).await, assume(&lab, &role).await);

        assert_eq!(dead.expiration().secs(), 0);
        let call = lab.client_of(temporary(Some(&dead))).get_caller_identity().send().await;
        assert_refused(call, "ExpiredToken", 403, "");
        lab.client_of(temporary(Some(&live))).get_caller_identity().send().await.unwrap();
    }

    async fn the_date_can_be_wrong(lab) {
        let unknown = || lab.client().assume_role().role_arn("x").role_session_name("session").send();
        for (seconds, date) in [
            (3600, "Tue, 14 Nov 2023 23:13:20 GMT"),
            (-86_400, "Mon, 13 Nov 2023 22:13:20 GMT"),
            (0, "Tue, 14 Nov 2023 22:13:20 GMT"),
        ] {
            lab.aws.fail_next(Fault::WrongDate(seconds), 1);

            let error = unknown().await.unwrap_err();

            assert_eq!(error.raw_response().unwrap().headers().get("date"), Some(date));
        }
    }

    async fn a_service_whose_clock_is_off_refuses_and_corrects_its_client(lab) {
        let client = lab.client();
        for (offset, words) in [(3600, "Signature expired"), (-3600, "Signature not yet current")] {
            lab.aws.set_clock_offset(offset);
            let client = lab.client();
            assert_refused(client.get_caller_identity().send().await, "SignatureDoesNotMatch", 403, words);
        }
        lab.aws.set_clock_offset(299);
        assert_eq!(outcome(&client).await, "ok");
        for far in [i64::MAX, i64::MIN, i64::MAX - 1_700_000_100] {
            lab.aws.set_clock_offset(far);
            assert_eq!(outcome(&lab.client()).await, "service");
        }
        lab.aws.set_clock_offset(0);
        assert_eq!(outcome(&lab.client()).await, "ok");
    }

    async fn a_script_for_one_operation_leaves_the_others_alone(lab) {
        let (client, role) = (lab.client(), lab.role("Deploy"));
        lab.aws.fail_next_of("AssumeRole", Fault::ConnectionDropped, 1);

        assert_eq!(outcome(&client).await, "ok");
        let call = client.assume_role().role_arn(role.as_str()).role_session_name("session");
        assert!(matches!(call.clone().send().await, Err(SdkError::DispatchFailure(_))));
        call.send().await.unwrap();
    }

    async fn chance_is_the_same_in_every_run(lab) {
        let faults = [Fault::Throttle, Fault::ConnectionDropped, Fault::CutShort];
        let mut runs = Vec::new();
        for seed in [1, 1, 2] {
            lab.aws.fail_at_random(seed, 50, &faults);
            let client = lab.client();
            let mut outcomes = Vec::new();
            for _ in 0..40 {
                outcomes.push(outcome(&client).await);
            }
            runs.push(outcomes);
        }

        assert_eq!(runs[0], runs[1]);
        assert_ne!(runs[0], runs[2]);
        for seen in ["ok", "service", "dispatch"] {
            assert!(runs[0].contains(&seen), "{seen}: {:?}", runs[0]);
        }
        lab.aws.fail_at_random(1, 0, &faults);
        assert_eq!(outcome(&lab.client()).await, "ok");
    }
}

#[tokio::test]
async fn connections_are_refused_in_an_outage() {
    let lab = Lab::on_loopback().await;
    let address = lab.server.as_ref().unwrap().endpoint_url().replace("http://", "");
    lab.aws.outage(true);
    // The server's task closes the port when it is next run.
    tokio::time::sleep(Duration::from_millis(50)).await;

    let error = std::net::TcpStream::connect(&address).unwrap_err();

    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
    match lab.client().get_caller_identity().send().await {
        Err(SdkError::DispatchFailure(failure)) => assert!(failure.is_io()),
        other => panic!("{other:?}"),
    }
    lab.aws.outage(false);
    std::net::TcpStream::connect(&address).unwrap();
}

#[tokio::test]
async fn an_outage_right_after_another_is_one_too() {
    let lab = Lab::on_loopback().await;
    let address = lab.server.as_ref().unwrap().endpoint_url().replace("http://", "");
    lab.aws.outage(true);
    tokio::time::sleep(Duration::from_millis(50)).await;
    // The server's task does not run between the two.
    lab.aws.outage(false);
    lab.aws.outage(true);

    for _ in 0..2 {
        let error = std::net::TcpStream::connect(&address).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    lab.aws.outage(false);
    lab.client().get_caller_identity().send().await.unwrap();
}

/// Fails unless nobody can listen there, whoever asks.
#[cfg(target_os = "linux")]
async fn assert_taken(address: &str) {
    let error = std::net::TcpListener::bind(address).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    let port = address.rsplit_once(':').unwrap().1.parse().unwrap();
    let error = Lab::in_process().aws.listen_on(port).await.unwrap_err();
    assert_eq!(error.kind(), leapp_core::ErrorKind::Unavailable);
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn nobody_takes_the_port_in_an_outage() {
    let mut lab = Lab::on_loopback().await;
    let address = lab.server.as_ref().unwrap().endpoint_url().replace("http://", "");
    assert_taken(&address).await;
    for _ in 0..3 {
        lab.aws.outage(true);
        while std::net::TcpStream::connect(&address).is_ok() {
            tokio::task::yield_now().await;
        }
        assert_taken(&address).await;
        lab.aws.outage(false);
        lab.client().get_caller_identity().send().await.unwrap();
    }
    assert_taken(&address).await;

    lab.server.take().unwrap().shutdown().await;
    std::net::TcpListener::bind(&address).unwrap();
}

/// One that nobody accepts from would keep every second client waiting.
#[tokio::test]
async fn an_outage_that_nobody_noticed_leaves_one_listener() {
    let lab = Lab::on_loopback().await;
    for _ in 0..3 {
        lab.aws.outage(true);
        lab.aws.outage(false);
    }
    for _ in 0..32 {
        lab.client().get_caller_identity().send().await.unwrap();
    }
}
