//! MFA codes from a TOTP seed.

mod device;
mod vault;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use self::device::Given;
pub use self::vault::VaultTotpResponder;
use crate::{Answer, Challenge, Clock, Error, Question, Responder, Secret, SerialNumber};

/// Answers for one virtual MFA device, whose seed it knows.
///
/// The second factor is then on the same machine as the first: fine for a robot and for a test, a choice to be made
/// with open eyes for a person.
///
/// A code is given at most once, since AWS accepts it once: asked twice within a time step, it waits for the next.
///
/// ```
/// use std::sync::Arc;
/// use leapp_core::{Secret, SerialNumber, SystemClock, TotpResponder};
///
/// let device = SerialNumber::parse("arn:aws:iam::123456789012:mfa/alice")?;
/// let seed = Secret::new("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP");
/// let responder = TotpResponder::new(device, &seed, Arc::new(SystemClock::new()))?;
/// # Ok::<(), leapp_core::Error>(())
/// ```
pub struct TotpResponder {
    serial_number: SerialNumber,
    totp: totp_rs::Totp,
    clock: Arc<dyn Clock>,
    given: Given,
}

impl TotpResponder {
    /// Answers for the device with this seed: base32, as AWS shows it under the QR code; spaces and case do not matter.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) when the seed is not base32 or has fewer than 128 bits. The
    /// message does not repeat it.
    pub fn new(serial_number: SerialNumber, seed: &Secret, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let totp = device::parse(&serial_number, seed)?;
        Ok(Self { serial_number, totp, clock, given: Given::default() })
    }
}

#[async_trait]
impl Responder for TotpResponder {
    async fn respond(&self, challenge: &Challenge) -> Result<Option<Answer>, Error> {
        let Question::TokenCode { serial_numbers } = &challenge.question else { return Ok(None) };
        if !serial_numbers.contains(&self.serial_number) {
            return Ok(None);
        }
        let code = self.given.next_code(&self.serial_number, &self.totp, &*self.clock).await?;
        Ok(Some(Answer::TokenCode(code)))
    }
}

impl fmt::Debug for TotpResponder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { serial_number, totp: _, clock: _, given: _ } = self;
        f.debug_struct("TotpResponder").field("serial_number", serial_number).finish_non_exhaustive()
    }
}
