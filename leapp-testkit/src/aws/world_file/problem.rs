//! What is wrong with a file, and where in it.

use std::fmt::Display;
use std::ops::{Range, RangeInclusive};

use leapp_core::{Error, ErrorKind};
use toml::Spanned;

/// What is wrong, and at which bytes.
pub(super) struct Problem {
    span: Range<usize>,
    message: String,
}

impl Problem {
    pub(super) fn at<T>(value: &Spanned<T>, message: impl Into<String>) -> Self {
        Self { span: value.span(), message: message.into() }
    }

    /// Names file, line and key.
    pub(super) fn into_error(self, file_name: &str, text: &str) -> Error {
        let Self { span, message } = self;
        // What the parser reports about the file's end lies behind it.
        let before = text.get(..span.start).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let place = match key(text, before, span) {
            "" => format!("{file_name}, line {line}"),
            key => format!("{file_name}, line {line}, `{key}`"),
        };
        Error::new(ErrorKind::InvalidInput, format!("{place}: {message}"))
    }
}

impl From<toml::de::Error> for Problem {
    fn from(error: toml::de::Error) -> Self {
        let message = without_value(error.message()).lines().collect::<Vec<_>>().join(", ");
        Self { span: error.span().unwrap_or_default(), message }
    }
}

/// What the parser says of a value of the wrong type, but for the value: it may be a secret in the wrong place.
fn without_value(message: &str) -> String {
    let is_of_value = ["invalid type: ", "invalid value: "].iter().any(|words| message.starts_with(words));
    match message.rsplit_once(", expected ") {
        Some((found, expected)) if is_of_value => {
            let kind = found.split(['`', '"']).next().unwrap_or_default().trim_end();
            format!("{kind}, expected {expected}")
        }
        _ => message.to_owned(),
    }
}

/// A value that its type takes.
pub(super) fn parsed<T, E: Display>(
    value: &Spanned<String>,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, Problem> {
    parse(value.get_ref()).map_err(|error| Problem::at(value, error.to_string()))
}

/// A number within its bounds.
pub(super) fn within<T: Copy + Display + PartialOrd>(
    value: &Spanned<T>,
    range: RangeInclusive<T>,
) -> Result<T, Problem> {
    let number = *value.get_ref();
    if range.contains(&number) {
        return Ok(number);
    }
    let (least, most) = range.into_inner();
    Err(Problem::at(value, format!("{number} is not within {least} to {most}")))
}

/// The key that a place in the file belongs to: itself, the table it heads, or the one whose value it is in.
fn key<'t>(text: &'t str, before: &'t str, span: Range<usize>) -> &'t str {
    let (here, after) =
        (text.get(span.clone()).unwrap_or_default(), text.get(span.end..).unwrap_or_default());
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    let lead = before[line_start..].trim_start();
    let is_header = lead.is_empty() && here.starts_with('[') || !lead.is_empty() && is_brackets(lead);
    if is_header {
        return here.lines().next().unwrap_or_default().trim_matches(['[', ']', ' ']);
    }
    if !here.contains('\n') && after.trim_start_matches([' ', '\t']).starts_with('=') {
        return here.trim();
    }
    let words = before.rsplit_once('=').map_or("", |(words, _)| words).trim_end();
    words.rsplit([' ', '\t', '\n', ',', '{', '[']).next().unwrap_or_default()
}

fn is_brackets(text: &str) -> bool {
    text.chars().all(|c| "[ \t".contains(c))
}
