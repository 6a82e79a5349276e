//! What a guess at the passphrase costs.

use leapp_core::{Error, ErrorKind};

/// What one try of a passphrase costs: memory and passes of Argon2id.
///
/// It is decided when a [`SealedFile`](crate::SealedFile) is made and stands in its header. Without a choice it is 64 MiB and three
/// passes, a fifth of a second or so. Only one lane is used: a second one would be computed after the first.
///
/// ```
/// use leapp_vault::SealingCost;
///
/// let cost = SealingCost::new(128 * 1024, 3)?;
/// assert!(SealingCost::new(1024, 3).is_err(), "less than the minimum");
/// # assert_ne!(cost, SealingCost::MINIMUM);
/// # Ok::<(), leapp_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealingCost {
    memory_kib: u32,
    passes: u32,
}

impl SealingCost {
    /// The least that is taken, and OWASP's minimum for Argon2id: 19 MiB, two passes. For tests and very small machines.
    pub const MINIMUM: Self = Self { memory_kib: 19 * 1024, passes: 2 };
    /// The most that is taken, from a host or from a file's header: whoever can replace the file could otherwise have this
    /// process use up the machine. 256 MiB, sixteen passes.
    pub const MAXIMUM: Self = Self { memory_kib: 256 * 1024, passes: 16 };

    /// Memory in KiB, and passes over it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when either is below [`MINIMUM`](Self::MINIMUM) or above [`MAXIMUM`](Self::MAXIMUM).
    pub fn new(memory_kib: u32, passes: u32) -> Result<Self, Error> {
        let (least, most) = (Self::MINIMUM, Self::MAXIMUM);
        if (least.memory_kib..=most.memory_kib).contains(&memory_kib)
            && (least.passes..=most.passes).contains(&passes)
        {
            return Ok(Self { memory_kib, passes });
        }
        let message = format!(
            "a sealing cost is {} to {} KiB and {} to {} passes, not {memory_kib} KiB and {passes} passes",
            least.memory_kib, most.memory_kib, least.passes, most.passes
        );
        Err(Error::new(ErrorKind::InvalidInput, message))
    }

    pub(super) fn memory_kib(self) -> u32 {
        self.memory_kib
    }

    pub(super) fn passes(self) -> u32 {
        self.passes
    }
}

impl Default for SealingCost {
    fn default() -> Self {
        Self { memory_kib: 64 * 1024, passes: 3 }
    }
}
