//! Bodies that are too long, too short or no bodies.

use std::io::Write;

use leapp_testkit::aws::Fault;

use crate::connection::{Lab, next_answer};

const MOST: usize = 1 << 20;

fn post(length: usize, body: &[u8]) -> Vec<u8> {
    let head = format!("POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

fn chunked(body: &[u8]) -> Vec<u8> {
    let head = "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n";
    [head.as_bytes(), body].concat()
}

/// A known action and a parameter that fills the body up to a length.
fn body_of(length: usize) -> Vec<u8> {
    let mut body = b"Action=GetCallerIdentity&Version=2011-06-15&Fill=".to_vec();
    body.resize(length, b'a');
    body
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_mebibyte_is_read_and_one_byte_more_is_refused() {
    let lab = Lab::new().await;
    for length in [MOST, MOST + 1, 3 * MOST] {
        let body = body_of(length);
        let one_chunk = [format!("{length:x}\r\n").as_bytes(), &body, b"\r\n0\r\n\r\n"].concat();
        for request in [post(length, &body), chunked(&one_chunk)] {
            let answer = lab.ask(&request);

            let (status, code) = match length {
                MOST => ("403 ", "MissingAuthenticationToken"),
                _ => ("413 ", "RequestEntityTooLarge"),
            };
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{length}: {answer}");
            assert!(answer.contains(&format!("<Code>{code}</Code>")), "{length}: {answer}");
            assert!(answer.contains("\r\nx-amzn-requestid: "), "{length}: {answer}");
        }
    }
    assert_eq!(lab.aws.requests()[4].error_code(), Some("RequestEntityTooLarge"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_body_without_end_is_cut_off() {
    let lab = Lab::new().await;
    let mut stream = lab.connect();
    stream.write_all(&post(usize::MAX >> 1, b"")).unwrap();
    let some = vec![b'a'; MOST];

    let written = (0..64).take_while(|_| stream.write_all(&some).is_ok()).count();

    assert!(written < 64, "the server read {written} MiB");
    lab.assert_serves(&mut lab.connect());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn chunks_that_are_none_end_the_connection() {
    let lab = Lab::new().await;
    for body in [
        &b"zz\r\nabc\r\n0\r\n\r\n"[..],
        b"ffffffffffffffffff\r\nabc",
        b"3\r\nabcdef\r\n0\r\n\r\n",
        b"-3\r\nabc\r\n0\r\n\r\n",
        b"\0\0\0",
    ] {
        let answer = lab.ask(&chunked(body));

        assert_eq!(answer, "", "{}", String::from_utf8_lossy(body));
    }
    assert!(lab.aws.requests().is_empty());
    lab.assert_serves(&mut lab.connect());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_length_besides_chunks_does_not_count() {
    let lab = Lab::new().await;
    let head = "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 3\r\n\
                transfer-encoding: chunked\r\n\r\n";
    let body = "8\r\nAction=X\r\n0\r\n\r\n";

    let answer = lab.ask(format!("{head}{body}").as_bytes());

    assert!(answer.contains("Could not find operation X for version"), "{answer}");
    assert_eq!(lab.aws.requests().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn requests_one_behind_the_other_are_answered_in_turn() {
    let lab = Lab::new().await;
    let mut stream = lab.connect();
    let one = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 8\r\n\r\nAction=";

    write!(stream, "{one}A{one}B").unwrap();

    let mut answers = next_answer(&mut stream);
    while answers.matches("</ErrorResponse>").count() < 2 {
        answers.push_str(&next_answer(&mut stream));
    }
    let (first, second) = (answers.find("operation A "), answers.find("operation B "));
    assert!(first.is_some() && first < second, "{answers}");
    lab.assert_serves(&mut stream);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn faults_of_delivery_are_what_they_say_on_the_wire() {
    let lab = Lab::new().await;
    let answer = |fault| {
        lab.aws.fail_next(fault, 1);
        let answer = lab.ask(&post(8, b"Action=X"));
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
        (length, body.to_owned())
    };
    let (promised, body) = answer(Fault::WrongDate(0));
    let size = body.len();
    assert_eq!(promised, Some(size));

    for (fault, promised, sent) in [
        (Fault::CutShort, Some(size), size / 2),
        (Fault::Truncated, Some(size / 2), size / 2),
        (Fault::Duplicated, Some(size * 2), size * 2),
        (Fault::Oversized, Some(size + (2 << 20)), size + (2 << 20)),
        (Fault::AnswerLost, None, 0),
        (Fault::ConnectionDropped, None, 0),
    ] {
        let (length, body) = answer(fault);
        assert_eq!((length, body.len()), (promised, sent), "{fault:?}");
    }
}
