//! The MFA code of a request.

use leapp_core::SerialNumber;

use super::Signed;
use crate::aws::checks::{Checks, SERIAL_NUMBER, TOKEN_CODE};
use crate::aws::principal::Principal;
use crate::aws::refusal::Refusal;
use crate::aws::world::World;

/// What a request says about MFA, well-formed and not yet believed.
pub(super) struct MfaInput<'f> {
    serial_number: Option<&'f str>,
    token_code: Option<&'f str>,
}

impl<'f> MfaInput<'f> {
    pub(super) fn parse(signed: &Signed<'f>, checks: &mut Checks) -> Self {
        Self {
            serial_number: checks.optional(&SERIAL_NUMBER, signed.form.value("SerialNumber")),
            token_code: checks.optional(&TOKEN_CODE, signed.form.value("TokenCode")),
        }
    }

    /// True when the request proves MFA, false when it does not speak of it. The code is used up.
    pub(super) fn verify(&self, signed: &Signed<'_>, world: &mut World) -> Result<bool, Refusal> {
        let (serial_number, token_code) = match (self.serial_number, self.token_code) {
            (None, None) => return Ok(false),
            (Some(serial_number), Some(token_code)) => (serial_number, token_code),
            _ => {
                let message = "MultiFactorAuthentication failed, must provide both MFA serial number and one time \
                               pass code. ";
                return Err(Refusal::access_denied(message));
            }
        };
        let device = SerialNumber::parse(serial_number).ok().and_then(|serial| world.device_mut(&serial));
        match (&signed.caller.principal, device) {
            (Principal::User(user), Some(device)) if device.is_of(user) => {
                if device.accept(token_code, signed.now) { Ok(true) } else { Err(invalid_code()) }
            }
            _ => Err(foreign_device()),
        }
    }
}

fn invalid_code() -> Refusal {
    Refusal::access_denied("MultiFactorAuthentication failed with invalid MFA one time pass code. ")
}

fn foreign_device() -> Refusal {
    Refusal::access_denied(
        "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is \
         valid and associated with this user.",
    )
}
