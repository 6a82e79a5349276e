//! The one type that holds a secret.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

/// A secret text: redacted in `Debug`, wiped from memory when its last clone is dropped.
///
/// There is one way in ([`Secret::new`]) and one way out ([`Secret::expose`]). It has no `Display`, no `==` and no
/// serialization, so a secret cannot reach a log line or a file by accident. Clones share one allocation.
///
/// ```
/// use leapp_core::Secret;
///
/// let secret = Secret::new("correct horse");
/// assert_eq!(secret.expose(), "correct horse");
/// assert_eq!(format!("{secret:?}"), "Secret(redacted)");
/// ```
#[derive(Clone)]
pub struct Secret(Arc<Zeroizing<String>>);

impl Secret {
    /// Takes a text into custody.
    ///
    /// A `String` is moved, not copied. Copies the caller made before are the caller's to wipe.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Arc::new(Zeroizing::new(text.into())))
    }

    /// The text. Keep the borrow short and do not copy it into a type that is not wiped.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

impl From<Zeroizing<String>> for Secret {
    fn from(text: Zeroizing<String>) -> Self {
        Self(Arc::new(text))
    }
}
