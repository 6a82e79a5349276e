//! Tags that a session carries.

use aws_sdk_sts::types::Tag;

use super::at_most;
use crate::{Error, ErrorKind};

const MOST: usize = 50;

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

/// The tags of one session: at most 50, no key twice.
#[derive(Clone, Debug, Default)]
pub(super) struct SessionTags(Vec<SessionTag>);

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

    fn built(&self) -> Result<Tag, Error> {
        Tag::builder().key(&self.key).value(&self.value).build().map_err(|source| {
            let message = format!("session tag {:?} cannot be sent", self.key);
            Error::new(ErrorKind::InvalidInput, message).with_source(source)
        })
    }
}

impl SessionTags {
    pub(super) fn parse(tags: Vec<SessionTag>) -> Result<Self, Error> {
        at_most(MOST, tags.len(), "session tags")?;
        let is_same = |a: &SessionTag, b: &SessionTag| a.key.to_lowercase() == b.key.to_lowercase();
        let repeats = |(at, tag): &(usize, &SessionTag)| tags[..*at].iter().any(|known| is_same(known, tag));
        if let Some((at, twice)) = tags.iter().enumerate().find(repeats) {
            let message = format!("session tag {at} repeats the key {:?}", twice.key);
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        Ok(Self(tags))
    }

    pub(super) fn has_transitive(&self) -> bool {
        self.0.iter().any(SessionTag::is_transitive)
    }

    /// As the API takes them: a list that is not there, but none that is empty.
    pub(super) fn all(&self) -> Result<Option<Vec<Tag>>, Error> {
        let tags: Vec<Tag> = self.0.iter().map(SessionTag::built).collect::<Result<_, _>>()?;
        Ok((!tags.is_empty()).then_some(tags))
    }

    /// The keys of those that are carried on, as the API takes them.
    pub(super) fn transitive_keys(&self) -> Option<Vec<String>> {
        let transitive = self.0.iter().filter(|tag| tag.is_transitive).map(|tag| tag.key.clone());
        self.has_transitive().then(|| transitive.collect())
    }
}

fn is_allowed(c: char) -> bool {
    c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c)
}
