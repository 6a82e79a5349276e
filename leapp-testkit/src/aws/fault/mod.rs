//! What is made to go wrong.

use std::collections::VecDeque;

use super::refusal::Refusal;

/// A way for a request to fail, for [`FakeAws::fail_next`](super::FakeAws::fail_next).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A policy forbids it: `AccessDenied`, 403.
    AccessDenied,
    /// The request is carried out, a code it carries is used up, and the connection ends before the answer.
    AnswerLost,
    /// The connection ends before the request is looked at.
    ConnectionDropped,
    /// The credentials are treated as expired: `ExpiredToken`, 403.
    ExpiredToken,
    /// The service fails: `InternalFailure`, 500.
    ServerError,
    /// The service asks for fewer calls: `Throttling`, 400.
    Throttle,
    /// The service is overloaded: `ServiceUnavailable`, 503.
    Unavailable,
}

#[derive(Default)]
pub(super) struct Script {
    pub(super) outage: bool,
    faults: VecDeque<(Fault, usize)>,
}

impl Fault {
    /// What takes the place of the operation; none when it is carried out.
    pub(super) fn refusal(self) -> Option<Refusal> {
        match self {
            Self::AccessDenied => {
                Some(Refusal::access_denied("User is not authorized to perform this action"))
            }
            Self::AnswerLost => None,
            // The refusal of a dropped connection is never sent: it only keeps the operation from running.
            Self::ConnectionDropped | Self::ServerError => Some(Refusal::internal_failure()),
            Self::ExpiredToken => Some(Refusal::expired_token()),
            Self::Throttle => Some(Refusal::throttling()),
            Self::Unavailable => Some(Refusal::service_unavailable()),
        }
    }

    /// What the record calls the end of the connection, for the faults that end it.
    pub(super) fn connection_end(self) -> Option<&'static str> {
        match self {
            Self::AnswerLost => Some("AnswerLost"),
            Self::ConnectionDropped => Some("ConnectionDropped"),
            _ => None,
        }
    }
}

impl Script {
    pub(super) fn fail_next(&mut self, fault: Fault, times: usize) {
        self.faults.push_back((fault, times));
    }

    pub(super) fn next_fault(&mut self) -> Option<Fault> {
        while let Some((fault, times)) = self.faults.front_mut() {
            if *times > 0 {
                *times -= 1;
                return Some(*fault);
            }
            self.faults.pop_front();
        }
        None
    }
}
