//! Heads that are none.

use crate::connection::Lab;

fn head(lines: &str) -> Vec<u8> {
    format!("POST / HTTP/1.1\r\nhost: x\r\n{lines}\r\n\r\n").into_bytes()
}

/// Each with the status that it gets; none where the server only hangs up.
fn malformed() -> Vec<(&'static str, Vec<u8>, Option<u16>)> {
    let headers = (0..200).map(|number| format!("x-{number}: 1")).collect::<Vec<_>>().join("\r\n");
    vec![
        ("no HTTP", b"hello, is this AWS?\r\n\r\n".to_vec(), Some(400)),
        ("another version", b"GET / HTTP/9.9\r\nhost: x\r\n\r\n".to_vec(), Some(400)),
        ("NUL bytes", vec![0; 64], Some(400)),
        ("NUL in a header", head("x-a: b\0c"), Some(400)),
        ("NUL in the path", b"GET /\0 HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(), Some(400)),
        ("a TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(), Some(400)),
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec(), None),
        ("a folded header", head("x-a: b\r\n c"), Some(400)),
        ("a header without a name", head(": b"), Some(400)),
        ("a space in a name", head("x a: b"), Some(400)),
        ("a length that is no number", head("content-length: many"), Some(400)),
        ("a negative length", head("content-length: -1"), Some(400)),
        ("a length beyond all numbers", head("content-length: 99999999999999999999"), Some(400)),
        ("two lengths", head("content-length: 1\r\ncontent-length: 2"), Some(400)),
        ("an unknown coding", head("transfer-encoding: gzip"), Some(400)),
        ("an address that is none", b"GET http://[::1 HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(), Some(400)),
        ("200 headers", head(&headers), Some(431)),
        ("a header of 17 KiB", head(&format!("x-a: {}", "b".repeat(17 << 10))), Some(431)),
        ("a path of 17 KiB", format!("GET /{} HTTP/1.1\r\n", "b".repeat(17 << 10)).into_bytes(), Some(431)),
        ("a megabyte without a line", vec![b'a'; 1 << 20], None),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_no_request_is_refused_and_the_others_are_served() {
    let lab = Lab::new().await;
    let mut other = lab.connect();
    for (what, bytes, status) in malformed() {
        let answer = lab.ask(&bytes);

        match status {
            Some(status) => assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{what}: {answer:?}"),
            None => assert!(!answer.starts_with("HTTP/1.1 2"), "{what}: {answer:?}"),
        }
        assert!(!answer.contains("\r\ndate: "), "{what}: the machine's date: {answer}");
        lab.assert_serves(&mut other);
    }
    assert!(lab.aws.requests().iter().all(|request| request.action() == "GetCallerIdentity"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_head_just_within_the_bounds_is_a_request() {
    let lab = Lab::new().await;
    let headers = (0..90).map(|number| format!("x-{number}: 1")).collect::<Vec<_>>().join("\r\n");
    let long = format!("x-a: {}", "b".repeat(15 << 10));
    for lines in [headers, long] {
        let answer = lab.ask(&head(&format!("{lines}\r\nconnection: close\r\ncontent-length: 0")));

        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        assert!(answer.contains("<Code>InvalidAction</Code>"), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn odd_requests_are_requests() {
    let lab = Lab::new().await;
    for line in ["OPTIONS *", "DELETE /x/../y?%zz", "GET /%00%ff", "BREW /", "GET http://sts.amazonaws.com/"]
    {
        let answer = lab.ask(format!("{line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes());

        assert!(answer.starts_with("HTTP/1.1 4"), "{line}: {answer}");
        assert!(answer.contains("\r\nx-amzn-requestid: "), "{line}: {answer}");
    }
}
