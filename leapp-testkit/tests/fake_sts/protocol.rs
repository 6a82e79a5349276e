//! The protocol around the operations: actions, dates, documents.

use std::io::{Read, Write};
use std::net::TcpStream;

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;

use crate::lab::Lab;
use crate::refusal::assert_refused;

fn with_body(body: &'static str) -> impl Fn(&mut HttpRequest) + Send + Sync {
    move |request| {
        request.headers_mut().insert("content-length", body.len().to_string());
        *request.body_mut() = SdkBody::from(body);
    }
}

on_both_fronts! {
    async fn unknown_actions_are_refused(lab) {
        for (body, code, words) in [
            ("Action=GetRoles&Version=2011-06-15", "InvalidAction", "Could not find operation GetRoles for version 2011-06-15"),
            ("Action=GetCallerIdentity&Version=2010-05-08", "InvalidAction", "GetCallerIdentity for version 2010-05-08"),
            ("Action=GetCallerIdentity", "InvalidAction", "NO_VERSION_SPECIFIED"),
            ("", "InvalidAction", ""),
            ("Action=GetSessionToken&Version=2011-06-15&DurationSeconds=long", "ValidationError", "Value 'long' at 'durationSeconds'"),
        ] {
            let call = lab.client().get_caller_identity().customize().mutate_request(with_body(body));
            assert_refused(call.send().await, code, 400, words);
        }
    }

    async fn the_date_is_the_clocks(lab) {
        let unknown = lab.client().get_caller_identity().customize().mutate_request(with_body("Action=X"));

        let error = unknown.send().await.err().unwrap();

        let headers = error.raw_response().unwrap().headers();
        assert_eq!(headers.get("date"), Some("Tue, 14 Nov 2023 22:13:20 GMT"));
        assert_eq!(headers.get("content-type"), Some("text/xml"));
        let body = std::str::from_utf8(error.raw_response().unwrap().body().bytes().unwrap()).unwrap();
        let request_id = headers.get("x-amzn-requestid").unwrap();
        assert_eq!(
            body,
            format!(
                "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
                 <Code>InvalidAction</Code><Message>Could not find operation X for version NO_VERSION_SPECIFIED\
                 </Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
            )
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn plain_sockets_are_answered() {
    let lab = Lab::on_loopback().await;
    let address = lab.server.as_ref().unwrap().endpoint_url().replace("http://", "");
    let body = "Action=GetCallerIdentity&Version=2011-06-15";
    let mut stream = TcpStream::connect(&address).unwrap();
    let length = body.len();
    write!(
        stream,
        "POST / HTTP/1.1\r\nhost: {address}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .unwrap();

    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();

    assert!(answer.starts_with("HTTP/1.1 403 Forbidden\r\n"), "{answer}");
    assert!(answer.contains("<Code>MissingAuthenticationToken</Code>"), "{answer}");
    assert_eq!(answer.matches("\r\ndate: ").count(), 1, "{answer}");
}
