//! The keychains that a vault may be in.

use std::fmt;

/// A keychain that [`open`](crate::open) may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Backend {
    /// Windows' Credential Manager.
    CredentialManager,
    /// The login keychain of macOS.
    Keychain,
    /// The kernel's keyring, on Linux. It forgets at reboot.
    Keyutils,
    /// The desktop's Secret Service: gnome-keyring, KDE's wallet, KeePassXC.
    SecretService,
}

impl Backend {
    /// Whether what it keeps is gone when the machine is shut down.
    pub fn is_forgetful(self) -> bool {
        matches!(self, Self::Keyutils)
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CredentialManager => "the Credential Manager",
            Self::Keychain => "the login keychain",
            Self::Keyutils => "the kernel's keyring",
            Self::SecretService => "the Secret Service",
        })
    }
}
