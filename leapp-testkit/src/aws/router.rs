//! From a request to an answer: pure over the world and the clock, whichever front it came through.

use std::time::{Duration, SystemTime};

use http::Response;
use http::header::{DATE, HeaderName, HeaderValue};
use hyper::body::Bytes;
use leapp_core::AccessKeyId;

use super::fault::{Delivery, Fault};
use super::incoming::Incoming;
use super::record::Request;
use super::refusal::Refusal;
use super::service::Service;
use super::{FakeAws, auth, timestamp};

/// More than the body of any request may be long. A front hands on one byte more of one that is longer.
pub(super) const MOST_BYTES: usize = 1 << 20;

impl FakeAws {
    /// Answers one request.
    pub(super) fn handle(&self, request: &http::Request<Bytes>) -> Delivery {
        if let Some(make) = self.unmade_saml_key(request.uri().path()) {
            make();
        }
        let world = &mut *self.world();
        let now = self.now(world);
        if self.is_in_outage() {
            return Delivery::OutOfReach;
        }
        let incoming = Incoming::new(request, now, world.mint.request_id());
        let service = Service::of(&incoming);
        let action = (service.action)(&incoming);
        let fault = world.script.next_fault(&action);
        world.issues_expired = fault == Some(Fault::ExpiredOnArrival);
        let outcome = match fault.and_then(Fault::failure) {
            Some(failure) => Err((service.failure)(failure)),
            None if request.body().len() > MOST_BYTES => Err(Refusal::request_entity_too_large()),
            None => (service.answer)(&incoming, world),
        };
        let end = fault.and_then(Fault::connection_end);
        let request = Request {
            service: service.name,
            action,
            access_key_id: auth::claimed_key_id(&incoming).and_then(|id| AccessKeyId::parse(id).ok()),
            at: now,
            error_code: end.or_else(|| outcome.as_ref().err().map(|refusal| refusal.code)),
            checks: std::mem::take(&mut world.checks),
        };
        request.log();
        world.record.add(request);
        let answer = outcome.unwrap_or_else(|refusal| (service.render)(&refusal, &incoming));
        let shown = match fault {
            Some(Fault::WrongDate(seconds)) => shifted(now, seconds),
            _ => now,
        };
        let answer = answer.with_header("x-amzn-requestid", &incoming.request_id);
        Delivery::of(dated(answer.into_response(), shown), fault)
    }
}

/// The `Date` is the world's: an SDK corrects its own time by it.
fn dated(mut response: Response<Bytes>, now: SystemTime) -> Response<Bytes> {
    let date: HeaderName = DATE;
    if let Ok(value) = HeaderValue::from_str(&timestamp::http_date(now)) {
        response.headers_mut().insert(date, value);
    }
    response
}

fn shifted(time: SystemTime, seconds: i64) -> SystemTime {
    let by = Duration::from_secs(seconds.unsigned_abs());
    let moved = if seconds < 0 { time.checked_sub(by) } else { time.checked_add(by) };
    moved.unwrap_or(time)
}
