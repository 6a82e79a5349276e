//! MFA codes from TOTP seeds in the vault.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::device::{self, Given};
use crate::{
    Answer, Challenge, Clock, Error, Question, Responder, SerialNumber, SessionId, Vault, VaultItem, VaultKey,
};

/// Answers for virtual MFA devices whose seeds are in a vault, each as a session's [`VaultItem::TotpSeed`].
///
/// A seed is read when a code is asked for, and is not kept. Where several devices would do, the first that has a seed
/// answers; a device without one is left to a person. The second factor is then where the first one is: fine for a robot, a choice
/// to be made with open eyes for a person.
///
/// A code is given at most once, since AWS accepts it once: asked twice within a time step, it waits for the next.
///
/// ```
/// use std::sync::Arc;
/// use leapp_core::{MemoryVault, Secret, SerialNumber, SessionId, SystemClock, Vault, VaultItem, VaultKey, VaultTotpResponder};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), leapp_core::Error> {
/// let (vault, alice) = (Arc::new(MemoryVault::new()), SessionId::parse("alice")?);
/// let seed = Secret::new("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP");
/// vault.put(&VaultKey::new(alice.clone(), VaultItem::TotpSeed), &seed).await?;
///
/// let device = SerialNumber::parse("arn:aws:iam::123456789012:mfa/alice")?;
/// let responder = VaultTotpResponder::new(vault, Arc::new(SystemClock::new())).with_device(device, alice);
/// # drop(responder);
/// # Ok(())
/// # }
/// ```
pub struct VaultTotpResponder {
    vault: Arc<dyn Vault>,
    clock: Arc<dyn Clock>,
    devices: BTreeMap<SerialNumber, Device>,
}

struct Device {
    /// Whose item the seed is.
    session: SessionId,
    given: Given,
}

impl VaultTotpResponder {
    /// Answers for no device yet.
    pub fn new(vault: impl Vault + 'static, clock: Arc<dyn Clock>) -> Self {
        Self { vault: Arc::new(vault), clock, devices: BTreeMap::new() }
    }

    /// Answers for this device, whose seed the vault holds, or will hold, for this session.
    #[must_use]
    pub fn with_device(mut self, serial_number: SerialNumber, session: SessionId) -> Self {
        self.devices.insert(serial_number, Device { session, given: Given::default() });
        self
    }

    async fn code(&self, serial_number: &SerialNumber) -> Result<Option<Answer>, Error> {
        let Some(Device { session, given }) = self.devices.get(serial_number) else { return Ok(None) };
        let place = VaultKey::new(session.clone(), VaultItem::TotpSeed);
        let Some(seed) = self.vault.get(&place).await? else { return Ok(None) };
        let totp = device::parse(serial_number, &seed)?;
        given.next_code(serial_number, &totp, &*self.clock).await.map(|code| Some(Answer::TokenCode(code)))
    }
}

#[async_trait]
impl Responder for VaultTotpResponder {
    /// # Errors
    /// What the vault fails with; [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) when it holds what is no seed.
    async fn respond(&self, challenge: &Challenge) -> Result<Option<Answer>, Error> {
        let Question::TokenCode { serial_numbers } = &challenge.question else { return Ok(None) };
        for serial_number in serial_numbers {
            if let Some(answer) = self.code(serial_number).await? {
                return Ok(Some(answer));
            }
        }
        Ok(None)
    }
}

impl fmt::Debug for VaultTotpResponder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { vault: _, clock: _, devices } = self;
        f.debug_struct("VaultTotpResponder")
            .field("devices", &devices.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
