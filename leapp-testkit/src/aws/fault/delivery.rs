//! How an answer reaches the caller, or does not.

use std::time::Duration;

use http::Response;
use http::header::CONTENT_LENGTH;
use hyper::body::Bytes;

use super::Fault;

const OVERSIZE: usize = 2 << 20;

/// What becomes of one request.
#[derive(Debug)]
pub(in crate::aws) enum Delivery {
    /// The answer, after a while.
    Answer { response: Response<Bytes>, after: Duration },
    /// This many bytes of the body, then the end of the connection.
    Cut { response: Response<Bytes>, sent: usize },
    /// The connection ends without a byte.
    Dropped,
    /// There is no connection.
    OutOfReach,
    /// Nothing, for ever.
    Silence,
}

impl Delivery {
    pub(in crate::aws) fn of(response: Response<Bytes>, fault: Option<Fault>) -> Self {
        let length = response.body().len();
        let (response, after) = match fault {
            Some(Fault::AnswerLost | Fault::ConnectionDropped) => return Self::Dropped,
            // Without a body there is nothing to cut: it would arrive whole.
            Some(Fault::CutShort) if length == 0 => return Self::Dropped,
            Some(Fault::CutShort) => return Self::Cut { response, sent: length / 2 },
            Some(Fault::Hang) => return Self::Silence,
            Some(Fault::Delay(after)) => (response, after),
            Some(Fault::Duplicated) => (with_body(response, |body| body.repeat(2)), Duration::ZERO),
            Some(Fault::Oversized) => {
                let padded = with_body(response, |body| [body, &vec![b'x'; OVERSIZE]].concat());
                (padded, Duration::ZERO)
            }
            Some(Fault::Truncated) => {
                (with_body(response, |body| body[..length / 2].to_vec()), Duration::ZERO)
            }
            _ => (response, Duration::ZERO),
        };
        Self::Answer { response, after }
    }
}

fn with_body(response: Response<Bytes>, change: impl FnOnce(&[u8]) -> Vec<u8>) -> Response<Bytes> {
    let mut response = response.map(|body| Bytes::from(change(&body)));
    response.headers_mut().remove(CONTENT_LENGTH);
    response
}
