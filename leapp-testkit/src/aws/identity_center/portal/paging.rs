//! Pages of a list.

use std::ops::Range;

use super::{Signed, refusal};
use crate::aws::identity_center::Digest;
use crate::aws::refusal::Refusal;

const MOST: usize = 100;

/// What part of a list is asked for, and how the next is.
pub(super) struct Page {
    pub(super) range: Range<usize>,
    pub(super) next_token: Option<String>,
}

/// A token continues the list that it came from, for the one who has it, and no other.
pub(super) fn page(signed: &Signed<'_>, list: &str, length: usize) -> Result<Page, Refusal> {
    let size = match signed.query.value("max_result") {
        None => MOST,
        Some(text) => match text.parse() {
            Ok(size @ 1..=MOST) => size,
            _ => return Err(refusal::invalid_request("Invalid max result provided")),
        },
    };
    let start = match signed.query.value("next_token") {
        None => 0,
        Some(token) => start(signed, list, token)?,
    };
    let end = start.saturating_add(size).min(length);
    let next_token = (end < length).then(|| token(signed, list, end));
    Ok(Page { range: start.min(end)..end, next_token })
}

fn start(signed: &Signed<'_>, list: &str, presented: &str) -> Result<usize, Refusal> {
    let start = presented.split('.').next().and_then(|number| number.parse().ok());
    let start = start.filter(|start| token(signed, list, *start) == presented);
    start.ok_or_else(|| refusal::invalid_request("Invalid next token provided"))
}

fn token(signed: &Signed<'_>, list: &str, start: usize) -> String {
    let seal = Digest::of(&format!("{start} {list} {}", signed.access_token)).hex();
    format!("{start}.{seal}")
}
