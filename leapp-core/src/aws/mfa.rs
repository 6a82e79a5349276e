//! The MFA device that a request must show a code of.

use crate::{Answer, Challenge, IssueRequest, SerialNumber};

/// What a request needs of an MFA device.
pub(super) enum Mfa<'a> {
    /// A code, which nobody has given yet.
    Ask(Challenge),
    /// Nothing.
    None,
    /// This code goes into the request.
    Show { serial_number: &'a SerialNumber, token_code: &'a str },
}

impl<'a> Mfa<'a> {
    pub(super) fn of(device: Option<&'a SerialNumber>, request: &IssueRequest<'a>) -> Self {
        let Some(serial_number) = device else { return Self::None };
        match request.answer {
            Some(Answer::TokenCode(code)) => Self::Show { serial_number, token_code: code.expose() },
            None => Self::Ask(Challenge::token_code(request.session.clone(), serial_number.clone())),
        }
    }
}
