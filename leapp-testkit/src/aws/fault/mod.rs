//! What is made to go wrong.

mod delivery;
mod script;

use std::time::Duration;

pub(super) use delivery::Delivery;
pub(super) use script::Script;

/// A way for a request to fail, for [`FakeAws::fail_next`](super::FakeAws::fail_next).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A policy forbids it: `AccessDenied`, 403, or what the service calls it.
    AccessDenied,
    /// The request is carried out, a code it carries is used up, and the connection ends before the answer.
    AnswerLost,
    /// The connection ends before the request is looked at.
    ConnectionDropped,
    /// The answer begins, and the connection ends in the middle of its body.
    CutShort,
    /// The request is carried out and the answer comes this much later, on the clock of the world.
    Delay(Duration),
    /// The body of the answer comes twice, one after the other.
    Duplicated,
    /// The request is carried out, and the credentials or the token that it obtains are past their expiration.
    ExpiredOnArrival,
    /// The credentials or the token are treated as expired: `ExpiredToken`, 403, or what the service calls it.
    ExpiredToken,
    /// The request is carried out and the answer never comes; the connection stays open.
    Hang,
    /// The answer is followed by two mebibytes that belong to nothing.
    Oversized,
    /// The service fails: `InternalFailure`, 500, or what the service calls it.
    ServerError,
    /// The service asks for fewer calls: `Throttling`, 400, or what the service calls it.
    Throttle,
    /// Only half of the body is sent, with a length that says it is all.
    Truncated,
    /// The service is overloaded: `ServiceUnavailable`, 503, or what the service calls it.
    Unavailable,
    /// The `Date` of the answer is this many seconds later than it should be; earlier when negative.
    WrongDate(i64),
}

/// What a service says in place of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    AccessDenied,
    ExpiredToken,
    ServerError,
    Throttle,
    Unavailable,
}

impl Fault {
    /// What takes the place of the operation; none when it is carried out.
    pub(super) fn failure(self) -> Option<Failure> {
        match self {
            Self::AccessDenied => Some(Failure::AccessDenied),
            // The refusal of a dropped connection is never sent: it only keeps the operation from running.
            Self::ConnectionDropped | Self::ServerError => Some(Failure::ServerError),
            Self::ExpiredToken => Some(Failure::ExpiredToken),
            Self::Throttle => Some(Failure::Throttle),
            Self::Unavailable => Some(Failure::Unavailable),
            _ => None,
        }
    }

    /// What the record calls the end of the connection, for the faults that keep the whole answer from arriving.
    pub(super) fn connection_end(self) -> Option<&'static str> {
        match self {
            Self::AnswerLost => Some("AnswerLost"),
            Self::ConnectionDropped => Some("ConnectionDropped"),
            Self::CutShort => Some("CutShort"),
            Self::Hang => Some("Hang"),
            _ => None,
        }
    }
}
