//! From a request to an answer: pure over the world and the clock, whichever front it came through.

use http::StatusCode;
use http::header::{CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use hyper::body::Bytes;
use leapp_core::AccessKeyId;

use super::fault::Fault;
use super::request::Request;
use super::{FakeAws, auth, sts, timestamp};

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// The connection ends without a byte.
    Dropped,
    /// There is no connection.
    OutOfReach,
}

impl FakeAws {
    /// Answers one request.
    pub(super) fn handle(&self, request: &http::Request<Bytes>) -> Result<http::Response<Bytes>, Unanswered> {
        let now = self.clock.now();
        let world = &mut *self.world();
        if world.script.outage {
            return Err(Unanswered::OutOfReach);
        }
        let call = sts::Call::new(request, now);
        let fault = world.script.next_fault();
        let outcome = match fault.and_then(Fault::refusal) {
            Some(refusal) => Err(refusal),
            None => call.answer(world),
        };
        let end = fault.and_then(Fault::connection_end);
        world.requests.push(Request {
            action: call.recorded_action(),
            access_key_id: auth::claimed_key_id(request).and_then(|id| AccessKeyId::parse(id).ok()),
            at: now,
            error_code: end.or_else(|| outcome.as_ref().err().map(|refusal| refusal.code)),
        });
        if end.is_some() {
            return Err(Unanswered::Dropped);
        }
        let request_id = world.mint.request_id();
        let (status, document) = call.document(outcome, &request_id);
        Ok(response(status, document, &request_id, &timestamp::http_date(now)))
    }

    pub(super) fn is_in_outage(&self) -> bool {
        self.world().script.outage
    }
}

/// The `Date` is the clock's: an SDK corrects its own time by it.
fn response(status: StatusCode, document: String, request_id: &str, date: &str) -> http::Response<Bytes> {
    let mut response = http::Response::new(Bytes::from(document));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/xml"));
    for (name, value) in [(HeaderName::from_static("x-amzn-requestid"), request_id), (DATE, date)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    response
}
