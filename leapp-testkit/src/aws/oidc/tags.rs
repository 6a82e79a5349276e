//! The session tags that a token carries.

use serde_json::{Map, Value};

use super::claims::TAGS;
use crate::aws::refusal::Refusal;

const PRINCIPAL_TAGS: &str = "principal_tags";
const TRANSITIVE_TAG_KEYS: &str = "transitive_tag_keys";

/// Keys and values as they came; nothing is checked but that they are texts.
#[derive(Default)]
pub(in crate::aws) struct TokenTags {
    pub(in crate::aws) tags: Vec<(String, String)>,
    pub(in crate::aws) transitive_keys: Vec<String>,
}

impl TokenTags {
    /// Reads both of the forms that AWS knows: one claim that holds an object, and one claim for each tag.
    pub(super) fn of(claims: &Map<String, Value>) -> Result<Self, Refusal> {
        let mut found = Self::default();
        match claims.get(TAGS) {
            None => {}
            Some(Value::Object(nested)) => found.add_nested(nested)?,
            Some(_) => return Err(malformed()),
        }
        for (name, value) in claims {
            match name.strip_prefix(TAGS).and_then(|rest| rest.strip_prefix('/')) {
                Some(TRANSITIVE_TAG_KEYS) => found.transitive_keys.extend(texts(value)?),
                Some(rest) => {
                    let key = rest.strip_prefix(PRINCIPAL_TAGS).and_then(|key| key.strip_prefix('/'));
                    found.add(key.ok_or_else(malformed)?, value)?;
                }
                None => {}
            }
        }
        Ok(found)
    }

    fn add_nested(&mut self, nested: &Map<String, Value>) -> Result<(), Refusal> {
        let tags = match nested.get(PRINCIPAL_TAGS) {
            None => return Ok(()),
            Some(tags) => tags.as_object().ok_or_else(malformed)?,
        };
        for (key, value) in tags {
            self.add(key, value)?;
        }
        if let Some(keys) = nested.get(TRANSITIVE_TAG_KEYS) {
            self.transitive_keys.extend(texts(keys)?);
        }
        Ok(())
    }

    /// A tag has one value, on its own or in a list.
    fn add(&mut self, key: &str, value: &Value) -> Result<(), Refusal> {
        let [value] = <[String; 1]>::try_from(texts(value)?).map_err(|_| malformed())?;
        self.tags.push((key.to_owned(), value));
        Ok(())
    }
}

fn texts(value: &Value) -> Result<Vec<String>, Refusal> {
    let text = |value: &Value| value.as_str().map(str::to_owned).ok_or_else(malformed);
    match value {
        Value::Array(values) => values.iter().map(text).collect(),
        value => Ok(vec![text(value)?]),
    }
}

fn malformed() -> Refusal {
    Refusal::invalid_identity_token("The session tags in the token are malformed")
}
