//! The JSON document of a request.

use serde_json::{Map, Value};

use super::refusal;
use crate::aws::refusal::Refusal;

/// No list of the protocol is longer.
const MOST_MEMBERS: usize = 100;
/// No text of the protocol is longer.
const MOST_BYTES: usize = 8192;

/// Members that are null count as absent.
pub(super) struct Input(Map<String, Value>);

impl Input {
    pub(super) fn parse(body: &[u8]) -> Result<Self, Refusal> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            _ => Err(refusal::invalid_request("Could not parse request body into json")),
        }
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.len() <= MOST_BYTES => Ok(Some(text)),
            Some(_) => Err(invalid(name)),
        }
    }

    pub(super) fn required(&self, name: &str) -> Result<&str, Refusal> {
        let text = self.text(name)?.filter(|text| !text.is_empty());
        text.ok_or_else(|| refusal::invalid_request(&format!("Missing required parameter: {name}")))
    }

    pub(super) fn texts(&self, name: &str) -> Result<Option<Vec<&str>>, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Array(members)) if members.len() <= MOST_MEMBERS => {
                let texts: Option<Vec<&str>> = members.iter().map(Value::as_str).collect();
                // What is registered is kept, so all members together are no longer than one text.
                let length = |texts: &Vec<&str>| texts.iter().map(|text| text.len()).sum::<usize>();
                let texts = texts.filter(|texts| length(texts) <= MOST_BYTES);
                texts.map(Some).ok_or_else(|| invalid(name))
            }
            Some(_) => Err(invalid(name)),
        }
    }
}

fn invalid(name: &str) -> Refusal {
    refusal::invalid_request(&format!("Invalid parameter: {name}"))
}
