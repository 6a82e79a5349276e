//! MFA codes from a TOTP seed.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use zeroize::Zeroizing;

use crate::{
    Answer, Challenge, Clock, Error, ErrorKind, Question, Responder, Secret, SerialNumber, TokenCode,
};

/// AWS's virtual MFA devices show a new code this often: [RFC 6238](https://www.rfc-editor.org/rfc/rfc6238), section 5.2.
const TIME_STEP: u64 = 30;

/// A clock that is set back comes to time steps whose codes have been given.
const REMEMBERED: usize = 16;

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
    /// The time steps of the last codes given.
    given: Mutex<VecDeque<u64>>,
}

impl TotpResponder {
    /// Answers for the device with this seed: base32, as AWS shows it under the QR code; spaces and case do not matter.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when the seed is not base32 or has fewer than 128 bits. The message does not repeat it.
    pub fn new(serial_number: SerialNumber, seed: &Secret, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let refuse = |what| {
            Error::new(ErrorKind::InvalidInput, format!("the seed of MFA device {serial_number} {what}"))
        };
        let mut text = Zeroizing::new(String::with_capacity(seed.expose().len()));
        let letters = seed.expose().chars().filter(|c| !c.is_whitespace() && *c != '=');
        text.extend(letters.map(|c| c.to_ascii_uppercase()));
        let secret = totp_rs::Secret::try_from_base32(&*text).map_err(|_| refuse("is not base32"))?;
        let totp = totp_rs::Builder::new().with_secret(secret).build().map_err(|_| refuse("is too short"))?;
        Ok(Self { serial_number, totp, clock, given: Mutex::default() })
    }

    /// Takes the current time step, unless its code has been given: then says how long until the next.
    fn take_step(&self) -> Result<u64, Duration> {
        let now = self.clock.now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let step = now.as_secs() / TIME_STEP;
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        if given.contains(&step) {
            return Err(Duration::from_secs((step + 1) * TIME_STEP).saturating_sub(now));
        }
        given.truncate(REMEMBERED - 1);
        given.push_front(step);
        Ok(step)
    }
}

#[async_trait]
impl Responder for TotpResponder {
    async fn respond(&self, challenge: &Challenge) -> Result<Option<Answer>, Error> {
        let Question::TokenCode { serial_numbers } = &challenge.question else { return Ok(None) };
        if !serial_numbers.contains(&self.serial_number) {
            return Ok(None);
        }
        let step = loop {
            match self.take_step() {
                Ok(step) => break step,
                Err(wait) => self.clock.sleep(wait).await,
            }
        };
        let code = Zeroizing::new(self.totp.generate(step * TIME_STEP).to_string());
        let code = TokenCode::parse(&code)?.of_device(self.serial_number.clone());
        Ok(Some(Answer::TokenCode(code)))
    }
}

impl fmt::Debug for TotpResponder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { serial_number, totp: _, clock: _, given: _ } = self;
        f.debug_struct("TotpResponder").field("serial_number", serial_number).finish_non_exhaustive()
    }
}
