//! Tags that a role session carries.

use crate::{Error, ErrorKind};

/// A session tag: a key, a value, and whether the sessions assumed with this one carry it too.
///
/// See [Passing session tags](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html).
///
/// ```
/// use leapp_core::aws::SessionTag;
///
/// let tag = SessionTag::parse("Project", "Apollo")?.transitive();
/// assert_eq!(tag.key(), "Project");
/// # Ok::<(), leapp_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionTag {
    key: String,
    value: String,
    is_transitive: bool,
}

impl SessionTag {
    /// Reads a tag: a key of 1 to 128 and a value of up to 256 characters of letters, digits, spaces and `_.:/=+-@`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`], naming the key and the rule it breaks.
    pub fn parse(key: &str, value: &str) -> Result<Self, Error> {
        let refuse =
            |what: &str| Err(Error::new(ErrorKind::InvalidInput, format!("session tag {key:?}: {what}")));
        if !(1..=128).contains(&key.chars().count()) {
            return refuse("its key has not 1 to 128 characters");
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            return refuse("keys that begin with `aws:` are reserved");
        }
        if value.chars().count() > 256 {
            return refuse("its value has more than 256 characters");
        }
        if !key.chars().chain(value.chars()).all(is_allowed) {
            return refuse("only letters, digits, spaces and `_.:/=+-@` are allowed");
        }
        Ok(Self { key: key.to_owned(), value: value.to_owned(), is_transitive: false })
    }

    /// Carries the tag on down a chain of roles.
    #[must_use]
    pub fn transitive(self) -> Self {
        Self { is_transitive: true, ..self }
    }

    /// The key. AWS compares keys without regard to case.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The value.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// True when the tag is carried on down a chain of roles.
    pub fn is_transitive(&self) -> bool {
        self.is_transitive
    }
}

fn is_allowed(c: char) -> bool {
    c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c)
}
