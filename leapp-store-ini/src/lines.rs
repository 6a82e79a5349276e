//! The lines of a file, and where the headers among them are.

use std::iter;
use std::mem;
use std::ops::{Deref, DerefMut, Range};
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::line::Line;
use crate::text::Text;

/// Reads as a slice of lines. Lines come and go by the methods here only: they keep account of the headers.
///
/// A file is mostly lines that nobody asks about. Whoever looks for a profile looks at the headers, not at all of them.
#[derive(Clone)]
pub(crate) struct Lines {
    all: Vec<Line>,
    /// In their order.
    headers: Vec<Header>,
}

/// Where a header is, and what tells most names apart: both in one number, since a file may be nothing but headers.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Header(u64);

/// So many bits are for the tag. Of lines there are never as many as the others count.
const TAG_BITS: u32 = 24;

impl Lines {
    /// The lines of a text from `start` on, each up to its `\n`. What they are is found out when somebody asks: most are only passed on.
    pub(crate) fn parse(text: Zeroizing<Vec<u8>>, start: usize) -> Self {
        Self::parse_in_parts(text, start, Text::LARGEST)
    }

    fn parse_in_parts(text: Zeroizing<Vec<u8>>, start: usize, largest: usize) -> Self {
        let mut lines = Self { all: Vec::new(), headers: Vec::new() };
        let mut start = start;
        for part in Text::parts(text, largest) {
            lines.read(&Arc::new(part), start);
            start = 0;
        }
        lines
    }

    fn read(&mut self, text: &Arc<Text>, start: usize) {
        let body = text.get(start..).unwrap_or_default();
        // Counted first: a list that grows is copied, and these may be larger than the text.
        let is_header = |line: &Range<usize>| body[line.start] == b'[';
        let (lines, headers) = ranges(body)
            .fold((0, 0), |(lines, headers), line| (lines + 1, headers + usize::from(is_header(&line))));
        self.all.reserve_exact(lines);
        self.headers.reserve_exact(headers);
        for line in ranges(body) {
            self.push(Line::part(text, start + line.start..start + line.end));
        }
    }

    /// Where the headers are.
    pub(crate) fn headers(&self) -> impl Iterator<Item = usize> {
        self.account().iter().map(|header| header.at())
    }

    /// Where the headers of that name are.
    pub(crate) fn headers_of(&self, name: &[u8]) -> impl Iterator<Item = usize> {
        let tag = tag(name);
        let alike = self.account().iter().filter(move |header| header.tag() == tag).map(|header| header.at());
        alike.filter(move |at| self.all[*at].name() == Some(name))
    }

    /// The section whose header is at `start`: up to the next header.
    pub(crate) fn section_at(&self, start: usize) -> Range<usize> {
        let headers = self.account();
        let next = headers.partition_point(|header| header.at() <= start);
        start..headers.get(next).map_or(self.all.len(), |header| header.at())
    }

    pub(crate) fn push(&mut self, line: Line) {
        self.headers.extend(Header::of(self.all.len(), &line));
        self.all.push(line);
    }

    pub(crate) fn insert(&mut self, at: usize, line: Line) {
        self.splice(at..at, vec![line]);
    }

    /// Puts other lines in the place of these.
    pub(crate) fn splice(&mut self, range: Range<usize>, new: Vec<Line>) {
        let first = self.headers.partition_point(|header| header.at() < range.start);
        let after = self.headers.partition_point(|header| header.at() < range.end);
        for header in &mut self.headers[after..] {
            *header = Header::new(header.at() - range.len() + new.len(), header.tag());
        }
        self.headers.splice(first..after, headers_in(&new, range.start));
        self.all.splice(range, new);
    }

    #[cfg(test)]
    pub(crate) fn retain(&mut self, is_kept: impl Fn(&Line) -> bool) {
        let kept = self.all.iter().filter(|line| is_kept(line)).cloned().collect();
        self.splice(0..self.all.len(), kept);
    }

    /// The text, in as few parts as there are: lines that follow each other in one place are one.
    pub(crate) fn runs(&self) -> Vec<&[u8]> {
        let mut runs = Vec::new();
        let mut rest = self.all.as_slice();
        while let [line, after @ ..] = rest {
            let (text, left) = line.run(after);
            runs.push(text);
            rest = left;
        }
        runs
    }

    fn account(&self) -> &[Header] {
        debug_assert!(
            headers_in(&self.all, 0).eq(self.headers.iter().copied()),
            "a header was not kept account of"
        );
        &self.headers
    }
}

impl Header {
    fn new(at: usize, tag: u64) -> Self {
        Self((at as u64) << TAG_BITS | tag)
    }

    fn of(at: usize, line: &Line) -> Option<Self> {
        line.is_header().then(|| Self::new(at, line.name().map_or(0, tag)))
    }

    fn at(self) -> usize {
        (self.0 >> TAG_BITS) as usize
    }

    fn tag(self) -> u64 {
        self.0 & ((1 << TAG_BITS) - 1)
    }
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

/// The headers among lines the first of which is at `start`.
fn headers_in(lines: &[Line], start: usize) -> impl Iterator<Item = Header> {
    lines.iter().enumerate().filter_map(move |(at, line)| Header::of(start + at, line))
}

/// Made of the end of a name, which tells most names of one file apart: they begin alike, and are far from each other in memory.
fn tag(name: &[u8]) -> u64 {
    let end = name.iter().rev().take(8).fold(0, |end, byte| end << 8 | u64::from(*byte));
    // The golden ratio spreads what differs in any bit over the upper ones.
    end.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (u64::BITS - TAG_BITS)
}

impl Deref for Lines {
    type Target = [Line];

    fn deref(&self) -> &[Line] {
        &self.all
    }
}

/// For changes within a line, which leave a header what it is.
impl DerefMut for Lines {
    fn deref_mut(&mut self) -> &mut [Line] {
        &mut self.all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8]) -> Vec<Vec<u8>> {
        let lines = Lines::parse(Zeroizing::new(text.to_vec()), 0);
        lines.iter().map(|line| line.as_bytes().to_vec()).collect()
    }

    #[test]
    fn a_line_goes_up_to_its_break_and_empty_ones_are_one() {
        assert_eq!(lines(b"a\n\n\n\nb\n\nc"), [b"a\n".as_slice(), b"\n\n\n", b"b\n", b"\n", b"c"]);
        assert_eq!(lines(b"\n\r\n\r\n\n"), [b"\n".as_slice(), b"\r\n", b"\r\n", b"\n"]);
        assert!(lines(b"").is_empty());
    }

    #[test]
    fn a_text_in_parts_prints_as_one() {
        let text = b"[a]\nk = v\n[b]\n\n\nlonger than a part\n[c]";
        for largest in 1..text.len() {
            let lines = Lines::parse_in_parts(Zeroizing::new(text.to_vec()), 0, largest);
            assert_eq!(lines.runs().concat(), text);
            assert!(largest < 4 || lines.headers_of(b"c").count() == 1, "{largest}");
        }
    }
}
