//! What is made to go wrong, goes wrong in that way.

use std::io::{Read, Write};
use std::net::TcpStream;

use aws_sdk_sts::Client;
use aws_sdk_sts::error::SdkError;
use leapp_testkit::aws::Fault;

use crate::lab::Lab;
use crate::refusal::{assert_refused, refused};

/// The SDK calls a connection that was closed on it "other, transient" once and an I/O error the next time.
async fn is_unreachable(client: &Client) -> bool {
    matches!(client.get_caller_identity().send().await, Err(SdkError::DispatchFailure(_)))
}

on_both_fronts! {
    async fn scripted_answers_come_in_turn(lab) {
        let client = lab.client();
        let faults = [
            (Fault::Throttle, "Throttling", 400),
            (Fault::ServerError, "InternalFailure", 500),
            (Fault::Unavailable, "ServiceUnavailable", 503),
            (Fault::AccessDenied, "AccessDenied", 403),
            (Fault::ExpiredToken, "ExpiredToken", 403),
        ];
        for (fault, _, _) in faults {
            lab.aws.fail_next(fault, 2);
        }

        for (_, code, status) in faults {
            for _ in 0..2 {
                assert_refused(client.get_caller_identity().send().await, code, status, "");
            }
        }
        client.get_caller_identity().send().await.unwrap();
    }

    async fn an_outage_keeps_everything_away(lab) {
        let client = lab.client();
        client.get_caller_identity().send().await.unwrap();

        lab.aws.outage(true);
        for _ in 0..3 {
            assert!(is_unreachable(&client).await);
        }
        lab.aws.outage(false);

        client.get_caller_identity().send().await.unwrap();
        assert_eq!(lab.aws.requests().len(), 2);
    }

    async fn a_dropped_connection_leaves_nothing_done(lab) {
        let device = lab.aws.add_mfa_device(&lab.alice);
        let code = device.code_at(lab.now());
        let call = lab.client().get_session_token().serial_number(device.serial_number().as_str());
        let call = call.token_code(code.expose());
        lab.aws.fail_next(Fault::ConnectionDropped, 1);

        assert!(matches!(call.clone().send().await, Err(SdkError::DispatchFailure(_))));

        call.send().await.unwrap();
    }

    async fn a_lost_answer_has_used_the_code_up(lab) {
        let device = lab.aws.add_mfa_device(&lab.alice);
        let code = device.code_at(lab.now());
        let call = lab.client().get_session_token().serial_number(device.serial_number().as_str());
        let call = call.token_code(code.expose());
        lab.aws.fail_next(Fault::AnswerLost, 1);

        assert!(matches!(call.clone().send().await, Err(SdkError::DispatchFailure(_))));

        assert_eq!(refused(call.send().await).code, "AccessDenied");
    }
}

#[tokio::test]
async fn an_outage_inside_the_process_is_an_io_error() {
    let lab = Lab::in_process();
    lab.aws.outage(true);

    match lab.client().get_caller_identity().send().await {
        Err(SdkError::DispatchFailure(failure)) => assert!(failure.is_io()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_outage_sends_no_byte() {
    let lab = Lab::on_loopback().await;
    let address = lab.server.as_ref().unwrap().endpoint_url().replace("http://", "");
    let mut kept_open = TcpStream::connect(&address).unwrap();
    lab.aws.outage(true);

    for stream in [&mut kept_open, &mut TcpStream::connect(&address).unwrap()] {
        // The other side may be gone before it is written to: that is an outage too.
        let _ = write!(stream, "POST / HTTP/1.1\r\nhost: {address}\r\ncontent-length: 0\r\n\r\n");
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert_eq!(answer, b"");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_server_that_was_shut_down_is_gone() {
    let mut lab = Lab::on_loopback().await;
    let client = lab.client();
    client.get_caller_identity().send().await.unwrap();
    let server = lab.server.take().unwrap();
    let address = server.endpoint_url().replace("http://", "");

    server.shutdown().await;

    assert!(TcpStream::connect(&address).is_err());
    assert!(is_unreachable(&client).await);
}
