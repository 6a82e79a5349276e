//! The few words of the DevTools protocol that a login needs.
//!
//! See [Fetch](https://chromedevtools.github.io/devtools-protocol/tot/Fetch/) and
//! [Target](https://chromedevtools.github.io/devtools-protocol/tot/Target/).

use std::borrow::Cow;

use data_encoding::BASE64;
use leapp_core::{Error, ErrorKind};
use serde::Deserialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// What the browser says.
#[derive(Debug)]
pub(crate) enum Event {
    /// To a command, by its number; an error is the browser's word for why not.
    Answered(u64, Result<(), String>),
    /// A page waits to be looked at, with the session that reaches it.
    Attached(String),
    PageClosed(String),
    PageOpened(String),
    Paused(Paused),
    Unimportant,
}

/// A request that the browser holds until it is told what becomes of it.
pub(crate) struct Paused {
    pub(crate) id: String,
    pub(crate) url: String,
    pub(crate) is_post: bool,
    pub(crate) body: Zeroizing<Vec<u8>>,
    /// The browser has told less of the body than there is.
    pub(crate) is_incomplete: bool,
}

pub(crate) fn command(number: u64, page: Option<&str>, command: &str, parameters: Value) -> String {
    let mut message = json!({ "id": number, "method": command });
    if !parameters.is_null() {
        message["params"] = parameters;
    }
    if let Some(page) = page {
        message["sessionId"] = page.into();
    }
    message.to_string()
}

/// Reads a message. What it says is not repeated in errors: it may be the assertion.
pub(crate) fn parse(message: &[u8]) -> Result<Event, Error> {
    let Head { id, method, error } = read(message)?;
    if let Some(id) = id {
        return Ok(Event::Answered(id, error.map_or(Ok(()), |error| Err(error.message.into_owned()))));
    }
    Ok(match method.as_deref() {
        Some("Fetch.requestPaused") => Event::Paused(paused(parameters(message)?)?),
        Some("Target.attachedToTarget") => {
            let Attached { session_id } = parameters(message)?;
            Event::Attached(session_id)
        }
        Some("Target.targetCreated") => {
            let Created { target_info } = parameters(message)?;
            if target_info.is_page() { Event::PageOpened(target_info.target_id) } else { Event::Unimportant }
        }
        Some("Target.targetDestroyed") => {
            let Destroyed { target_id } = parameters(message)?;
            Event::PageClosed(target_id)
        }
        _ => Event::Unimportant,
    })
}

fn paused(event: RequestPaused<'_>) -> Result<Paused, Error> {
    let RequestPaused { request_id, request } = event;
    let encoded: usize =
        request.post_data_entries.iter().flat_map(|entry| &entry.bytes).map(|bytes| bytes.len()).sum();
    // Its size is known, so that no half-grown copy of it is left behind.
    let mut body = Zeroizing::new(Vec::with_capacity(encoded));
    let mut is_incomplete = request.has_post_data && request.post_data_entries.is_empty();
    for entry in &request.post_data_entries {
        // A file or a blob has no bytes here.
        let Some(bytes) = &entry.bytes else {
            is_incomplete = true;
            continue;
        };
        let decoded = Zeroizing::new(BASE64.decode(bytes.as_bytes()).map_err(|_| not_understood())?);
        body.extend_from_slice(&decoded);
    }
    let is_post = request.method == "POST";
    Ok(Paused { id: request_id, url: request.url, is_post, body, is_incomplete })
}

fn parameters<'a, T: Deserialize<'a>>(message: &'a [u8]) -> Result<T, Error> {
    read::<Message<T>>(message).map(|message| message.params)
}

fn read<'a, T: Deserialize<'a>>(message: &'a [u8]) -> Result<T, Error> {
    serde_json::from_slice(message).map_err(|_| not_understood())
}

fn not_understood() -> Error {
    Error::new(ErrorKind::Service, "the browser says what is not in the DevTools protocol")
}

#[derive(Deserialize)]
struct Head<'a> {
    id: Option<u64>,
    #[serde(borrow)]
    method: Option<Cow<'a, str>>,
    #[serde(borrow)]
    error: Option<Refusal<'a>>,
}

#[derive(Deserialize)]
struct Refusal<'a> {
    #[serde(borrow)]
    message: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Message<T> {
    params: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestPaused<'a> {
    request_id: String,
    #[serde(borrow)]
    request: Request<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    url: String,
    method: String,
    #[serde(default)]
    has_post_data: bool,
    #[serde(borrow, default)]
    post_data_entries: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    /// Borrowed from the message, which is wiped: base64 needs no escapes.
    #[serde(borrow)]
    bytes: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attached {
    session_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    target_info: TargetInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Destroyed {
    target_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TargetInfo {
    target_id: String,
    #[serde(rename = "type")]
    kind: String,
}

impl TargetInfo {
    /// Not a frame, a worker, or a part of the browser's own window.
    fn is_page(&self) -> bool {
        self.kind == "page"
    }
}

impl std::fmt::Debug for Paused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Paused").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(parts: Value) -> Event {
        let request =
            json!({ "url": "https://x/", "method": "POST", "hasPostData": true, "postDataEntries": parts });
        let params =
            json!({ "requestId": "1.0", "frameId": "F", "request": request, "resourceType": "Document" });
        parse(json!({ "method": "Fetch.requestPaused", "params": params }).to_string().as_bytes()).unwrap()
    }

    #[test]
    fn a_body_in_pieces_is_put_together() {
        let Event::Paused(paused) = request(json!([{ "bytes": "YWI=" }, { "bytes": "Yw==" }])) else {
            panic!()
        };
        assert_eq!(
            (paused.body.as_slice(), paused.is_post, paused.is_incomplete),
            (&b"abc"[..], true, false)
        );
    }

    #[test]
    fn a_body_that_is_not_told_is_missed() {
        for parts in [json!([]), json!([{ "bytes": "YWI=" }, {}])] {
            let Event::Paused(paused) = request(parts) else { panic!() };
            assert!(paused.is_incomplete);
        }
    }

    #[test]
    fn nothing_that_was_posted_shows() {
        let event = request(json!([{ "bytes": BASE64.encode(b"SAMLResponse=hunter2") }]));
        let shown = format!("{event:?}");
        assert!(!shown.contains("hunter2") && !shown.contains(&BASE64.encode(b"hunter2")[..6]), "{shown}");
        let error = parse(br#"{"method":"Fetch.requestPaused","params":"hunter2"}"#).unwrap_err();
        assert!(!format!("{error:?}").contains("hunter2"));
    }

    #[test]
    fn commands_are_told_apart_by_their_numbers() {
        let answer = parse(br#"{"id":7,"result":{}}"#).unwrap();
        assert!(matches!(answer, Event::Answered(7, Ok(()))));
        let refusal = parse(br#"{"id":8,"error":{"code":-32602,"message":"Invalid URL"}}"#).unwrap();
        assert!(matches!(refusal, Event::Answered(8, Err(why)) if why == "Invalid URL"));
        let text = command(3, Some("S"), "Page.enable", Value::Null);
        assert_eq!(
            serde_json::from_str::<Value>(&text).unwrap(),
            json!({ "id": 3, "method": "Page.enable", "sessionId": "S" })
        );
    }
}
