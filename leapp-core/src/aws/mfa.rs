//! The MFA device that a request must show a code of.

use super::{Partition, Sts};
use crate::{Answer, Challenge, Error, ErrorKind, IssueRequest, Question, SerialNumber};

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
    /// The first device is the one whose code is meant where an answer does not say.
    pub(super) fn of(
        devices: &'a [SerialNumber],
        sts: &Sts,
        request: &IssueRequest<'a>,
    ) -> Result<Self, Error> {
        let Some(first) = devices.first() else { return Ok(Self::None) };
        for device in devices {
            if let Some(partition) = device.partition() {
                Partition::check(&format!("MFA device {device}"), partition, sts)?;
            }
        }
        let Some(Answer::TokenCode(code)) = request.answer else {
            let question = Question::TokenCode { serial_numbers: devices.to_vec() };
            return Ok(Self::Ask(Challenge::new(request.session.clone(), question)));
        };
        let device = code.device().unwrap_or(first);
        match devices.iter().find(|known| *known == device) {
            Some(serial_number) => Ok(Self::Show { serial_number, token_code: code.expose() }),
            None => {
                let message = format!(
                    "session `{}` does not know the MFA device {device} of its code",
                    request.session
                );
                Err(Error::new(ErrorKind::InvalidInput, message))
            }
        }
    }
}
