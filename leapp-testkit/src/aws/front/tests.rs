//! The server's patience, shortened so that a test can outwait it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use super::LoopbackServer;
use super::patience::Patience;
use super::server::Wire;
use crate::aws::{FakeAws, Fault};
use crate::clock::ManualClock;

const TRANSFER: Duration = Duration::from_millis(300);
const REQUEST: &str = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 8\r\n\r\nAction=X";

async fn server(rest: Duration) -> (FakeAws, LoopbackServer) {
    let aws = FakeAws::new(Arc::new(ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_700_000_000))));
    let server =
        LoopbackServer::open_with(aws.clone(), 0, Wire::Plain, Patience { transfer: TRANSFER, rest })
            .await
            .unwrap();
    (aws, server)
}

fn connect(server: &LoopbackServer) -> TcpStream {
    let stream = TcpStream::connect(server.endpoint_url().replace("http://", "")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

fn is_served(stream: &mut TcpStream) -> bool {
    let mut some = [0; 4096];
    stream.write_all(REQUEST.as_bytes()).is_ok() && stream.read(&mut some).is_ok_and(|count| count > 0)
}

/// True when the server hangs up before the socket's own limit.
fn is_hung_up_on(stream: &mut TcpStream) -> bool {
    let mut all = Vec::new();
    stream.read_to_end(&mut all).is_ok() || stream.write_all(b"x").is_err()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_thousand_connections_rest_longer_than_a_request_may_take() {
    let (_, server) = server(Duration::from_secs(600)).await;
    let mut resting: Vec<TcpStream> = (0..1000).map(|_| connect(&server)).collect();
    // Half of them have been served before.
    for stream in &mut resting[..500] {
        assert!(is_served(stream));
    }

    let mut busy = connect(&server);
    for _ in 0..20 {
        std::thread::sleep(TRANSFER / 4);
        assert!(is_served(&mut busy));
    }

    for (number, stream) in resting.iter_mut().enumerate() {
        assert!(is_served(stream), "connection {number}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_connection_that_rests_for_ever_is_ended() {
    let (_, server) = server(TRANSFER).await;
    let (mut silent, mut served) = (connect(&server), connect(&server));
    assert!(is_served(&mut served));

    assert!(is_hung_up_on(&mut silent));
    assert!(is_hung_up_on(&mut served));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_half_sent_is_not_waited_for() {
    let (aws, server) = server(Duration::from_secs(600)).await;
    for half in [
        "P",
        "POST / HTTP/1.1\r\nhost: x\r\n",
        "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nAction=X",
        "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n8\r\nAct",
    ] {
        for is_served_before in [false, true] {
            let mut stream = connect(&server);
            assert!(!is_served_before || is_served(&mut stream));
            stream.write_all(half.as_bytes()).unwrap();

            assert!(is_hung_up_on(&mut stream), "{half:?}");
        }
    }
    assert_eq!(aws.requests().len(), 4, "nothing but the requests that were whole");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_byte_now_and_then_does_not_prolong_a_request() {
    let (_, server) = server(Duration::from_secs(600)).await;
    let mut stream = connect(&server);
    stream.write_all(b"POST / HTTP/1.1\r\n").unwrap();

    // The second byte behind the end of a connection fails.
    let dripped = (0..200).take_while(|_| {
        std::thread::sleep(TRANSFER / 10);
        stream.write_all(b"x").is_ok()
    });
    assert!(dripped.count() < 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_answer_that_nobody_takes_is_not_held_for_ever() {
    let (aws, server) = server(Duration::from_secs(600)).await;
    let mut stream = connect(&server);
    aws.fail_next(Fault::Oversized, 40);
    for _ in 0..40 {
        // The server stops reading when nobody takes its answers.
        stream.write_all(REQUEST.as_bytes()).unwrap();
    }
    std::thread::sleep(TRANSFER * 4);

    let mut all = Vec::new();
    let _ = stream.read_to_end(&mut all);
    assert!(all.len() < 40 * (2 << 20), "{} bytes", all.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_hanging_answer_is_waited_for_as_long_as_the_client_likes() {
    let (aws, server) = server(TRANSFER).await;
    aws.fail_next(Fault::Hang, 1);
    let mut stream = connect(&server);
    stream.write_all(REQUEST.as_bytes()).unwrap();
    stream.set_read_timeout(Some(TRANSFER * 4)).unwrap();

    let error = stream.read(&mut [0; 16]).unwrap_err();

    assert!(matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut), "{error}");
    stream.shutdown(Shutdown::Both).unwrap();
}
