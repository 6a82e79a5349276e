//! One line of the file, and AWS's grammar of a line.

use std::iter;
use std::mem;
use std::ops::Range;
use std::sync::Arc;

use crate::file_bytes::FileBytes;

/// A line with its line break, or several empty ones: a part of the text it was read from, which all lines of that text share. It is
/// wiped with the last of them: any line may hold a secret.
#[derive(Clone)]
pub(crate) struct Line {
    text: Arc<FileBytes>,
    start: usize,
    end: usize,
}

/// What a line is to an AWS tool. Ranges are into the line's text.
enum Kind {
    /// Blank, or a comment.
    Note,
    /// Begins with white space: goes on with the value of the property above.
    Continuation,
    /// `[name]`, or a line that only begins like one.
    Header,
    /// No AWS tool reads a file with such a line.
    Illegal,
    Property {
        key: Range<usize>,
        value: Range<usize>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Newline {
    CrLf,
    Lf,
}

impl Newline {
    pub(crate) fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::CrLf => b"\r\n",
            Self::Lf => b"\n",
        }
    }
}

impl Line {
    /// The lines in a part of a text that begins where a line does.
    pub(crate) fn all_in(text: &Arc<FileBytes>, part: Range<usize>) -> Vec<Self> {
        let (start, part) = (part.start, &text[part]);
        let line = |line: Range<usize>| Self {
            text: Arc::clone(text),
            start: start + line.start,
            end: start + line.end,
        };
        // Counted first: a list that grows is copied, and this one may be larger than the text.
        let mut lines = Vec::with_capacity(ranges(part).count());
        lines.extend(ranges(part).map(line));
        lines
    }

    /// The lines of a text.
    pub(crate) fn all_of(text: FileBytes) -> Vec<Self> {
        let part = 0..text.len();
        Self::all_in(&Arc::new(text), part)
    }

    fn of(text: FileBytes) -> Self {
        let end = text.len();
        Self { text: Arc::new(text), start: 0, end }
    }

    #[cfg(test)]
    pub(crate) fn parse(text: &[u8]) -> Self {
        Self::of(FileBytes::copy_of(text))
    }

    pub(crate) fn header(name: &str, newline: Newline) -> Self {
        Self::of(join(&[b"[", name.as_bytes(), b"]", newline.as_bytes()]))
    }

    pub(crate) fn property(key: &str, value: &str, newline: Newline) -> Self {
        let parts = [key.as_bytes(), b" = ", value.as_bytes(), newline.as_bytes()];
        Self::of(join(&parts))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.text[self.start..self.end]
    }

    fn kind(&self) -> Kind {
        kind(content(self.as_bytes()))
    }

    pub(crate) fn is_header(&self) -> bool {
        self.as_bytes().first() == Some(&b'[')
    }

    pub(crate) fn is_continuation(&self) -> bool {
        let content = self.content();
        content.first().is_some_and(is_space) && !is_blank(content)
    }

    /// True for what a file can hold anywhere without meaning anything.
    pub(crate) fn is_note(&self) -> bool {
        let content = self.content();
        is_comment(content) || is_blank(content)
    }

    /// The name in a header.
    pub(crate) fn name(&self) -> Option<&[u8]> {
        self.as_bytes().get(name(self.as_bytes())?)
    }

    /// The key of a property, as it is written.
    pub(crate) fn key(&self) -> Option<&[u8]> {
        match self.kind() {
            Kind::Property { key, .. } => self.as_bytes().get(key),
            _ => None,
        }
    }

    /// The value of a property, or what a continuation adds to it.
    pub(crate) fn value(&self) -> Option<&[u8]> {
        match self.kind() {
            Kind::Property { value, .. } => self.as_bytes().get(value),
            Kind::Continuation => Some(trim(content(self.as_bytes()))),
            _ => None,
        }
    }

    /// What is before the first `=` and behind it up to a comment, be the line indented or not.
    pub(crate) fn key_and_value(&self) -> Option<(&[u8], &[u8])> {
        let content = trim(self.content());
        let (key, value) = halves(content)?;
        Some((&content[key], &content[value]))
    }

    /// How many lines of the file it is: empty ones that follow each other are one.
    pub(crate) fn count(&self) -> usize {
        memchr::memchr_iter(b'\n', self.as_bytes()).count()
    }

    pub(crate) fn has_key(&self, key: &str) -> bool {
        // A key stands at the beginning of its line, and most lines have another.
        let begin = self.as_bytes().get(..key.len()).unwrap_or_default();
        begin.eq_ignore_ascii_case(key.as_bytes()) && self.key().is_some_and(|own| own.len() == key.len())
    }

    /// Replaces a property's key and nothing else of the line.
    pub(crate) fn set_key(&mut self, new: &str) {
        let Kind::Property { key, .. } = self.kind() else { return };
        let text = self.as_bytes();
        *self = Self::of(join(&[&text[..key.start], new.as_bytes(), &text[key.end..]]));
    }

    /// Replaces a property's value and nothing else of the line.
    pub(crate) fn set_value(&mut self, new: &str) {
        let Kind::Property { value, .. } = self.kind() else { return };
        let space = |is_needed: bool| if is_needed { b" ".as_slice() } else { b"" };
        let text = self.as_bytes();
        let (before, after) = (&text[..value.start], &text[value.end..]);
        // White space that is part of the old value may be all that makes what follows a comment.
        let parts = [before, space(value.is_empty()), new.as_bytes(), space(is_comment(after)), after];
        *self = Self::of(join(&parts));
    }

    /// The line without its line break.
    pub(crate) fn content(&self) -> &[u8] {
        content(self.as_bytes())
    }

    pub(crate) fn newline(&self) -> Option<Newline> {
        match self.as_bytes() {
            [.., b'\r', b'\n'] => Some(Newline::CrLf),
            [.., b'\n'] => Some(Newline::Lf),
            _ => None,
        }
    }

    /// Puts a line break behind a line that has none. A lone carriage return at its end stays a part of the line, which means the same as
    /// before.
    pub(crate) fn push_newline(&mut self, newline: Newline) {
        let newline = if self.as_bytes().ends_with(b"\r") { Newline::CrLf } else { newline };
        *self = Self::of(join(&[self.as_bytes(), newline.as_bytes()]));
    }

    /// Takes the line break off.
    pub(crate) fn pop_newline(&mut self) {
        self.end = self.start + self.content().len();
    }
}

/// Builds the text at its full size at once, so that no half-grown copy of a secret stays in freed memory.
fn join(parts: &[&[u8]]) -> FileBytes {
    FileBytes::concat(parts.iter().copied())
}

/// The lines of a text. Empty ones that follow each other count as one: nobody ever asks for one of them.
fn ranges(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let is_unfinished = text.last().is_some_and(|byte| *byte != b'\n');
    let ends = memchr::memchr_iter(b'\n', text).map(|newline| newline + 1);
    let mut ends = ends.chain(is_unfinished.then_some(text.len())).peekable();
    let mut start = 0;
    iter::from_fn(move || {
        let mut end = ends.next()?;
        if end == start + 1 && text[start] == b'\n' {
            while let Some(next) = ends.next_if(|next| *next == end + 1 && text[end] == b'\n') {
                end = next;
            }
        }
        Some(mem::replace(&mut start, end)..end)
    })
}

fn content(text: &[u8]) -> &[u8] {
    match text {
        [content @ .., b'\r', b'\n'] | [content @ .., b'\n'] => content,
        _ => text,
    }
}

fn kind(content: &[u8]) -> Kind {
    match content.first() {
        _ if is_blank(content) || is_comment(content) => Kind::Note,
        Some(b'[') => Kind::Header,
        Some(byte) if is_space(byte) => Kind::Continuation,
        _ => property(content).unwrap_or(Kind::Illegal),
    }
}

fn is_blank(content: &[u8]) -> bool {
    content.iter().all(|byte| is_space(byte) || *byte == b'\n')
}

/// `#` or `;` in the first column. Further right it is data.
fn is_comment(content: &[u8]) -> bool {
    matches!(content, [b'#' | b';', ..])
}

/// Where the name is in the header that a text begins with; `None` when its first line is none.
pub(crate) fn name(text: &[u8]) -> Option<Range<usize>> {
    if text.first() != Some(&b'[') {
        return None;
    }
    let end = match memchr::memchr3(b'#', b';', b'\n', text) {
        Some(end) if text[end] == b'\n' && text[end - 1] == b'\r' => end - 1,
        Some(end) => end,
        None => text.len(),
    };
    match &text[trimmed(text, 0..end)] {
        [b'[', name @ .., b']'] => Some(trimmed(text, 1..1 + name.len())),
        _ => None,
    }
}

fn property(content: &[u8]) -> Option<Kind> {
    let (key, value) = halves(content)?;
    (!key.is_empty()).then_some(Kind::Property { key, value })
}

/// What is before the first `=`, and what is behind it up to a comment.
fn halves(content: &[u8]) -> Option<(Range<usize>, Range<usize>)> {
    let end = comment(content).unwrap_or(content.len());
    let equals = memchr::memchr(b'=', &content[..end])?;
    let value = match trimmed(content, equals + 1..end) {
        blank if blank.is_empty() => equals + 1..equals + 1,
        value => value,
    };
    Some((trimmed(content, 0..equals), value))
}

/// Where a property's comment begins: at a `#` or `;` after white space.
fn comment(content: &[u8]) -> Option<usize> {
    let is_after_space = |at: &usize| matches!(content[..*at], [.., b' ' | b'\t'..=b'\r']);
    memchr::memchr2_iter(b'#', b';', content).find(is_after_space)
}

fn trim(text: &[u8]) -> &[u8] {
    &text[trimmed(text, 0..text.len())]
}

/// The part of a range that is left without spaces and tabs around it; no other byte is white space to AWS.
fn trimmed(text: &[u8], range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let Some(first) = part.iter().position(|byte| !is_space(byte)) else { return range.start..range.start };
    let last = part.iter().rposition(|byte| !is_space(byte)).unwrap_or(first);
    range.start + first..range.start + last + 1
}

fn is_space(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_up_to_its_break_and_empty_ones_are_one() {
        let lines = |text: &[u8]| {
            let lines = Line::all_of(FileBytes::copy_of(text));
            lines.iter().map(|line| line.as_bytes().to_vec()).collect::<Vec<_>>()
        };
        assert_eq!(lines(b"a\n\n\n\nb\n\nc"), [b"a\n".as_slice(), b"\n\n\n", b"b\n", b"\n", b"c"]);
        assert_eq!(lines(b"\n\r\n\r\n\n"), [b"\n".as_slice(), b"\r\n", b"\r\n", b"\n"]);
        assert!(lines(b"").is_empty());
    }
}
