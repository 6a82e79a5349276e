//! The lines of a file, and where the headers among them are.

use std::ops::{Deref, DerefMut, Range};

use zeroize::Zeroizing;

use crate::line::Line;

/// Reads as a slice of lines. Lines come and go by the methods here only: they keep account of the headers.
///
/// A file is mostly lines that nobody asks about. Whoever looks for a profile looks at the headers, not at all of them.
#[derive(Clone)]
pub(crate) struct Lines {
    all: Vec<Line>,
    /// In their order.
    headers: Vec<Header>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Header {
    at: usize,
    tag: u64,
}

impl Lines {
    /// The lines of a text from `start` on.
    pub(crate) fn parse(text: Zeroizing<Vec<u8>>, start: usize) -> Self {
        let mut headers = Vec::new();
        let all = Line::all(text, start, |at, line| headers.extend(Header::of(at, line)));
        Self { all, headers }
    }

    /// Where the headers are.
    pub(crate) fn headers(&self) -> impl Iterator<Item = usize> {
        self.account().iter().map(|header| header.at)
    }

    /// Where the headers of that name are.
    pub(crate) fn headers_of(&self, name: &[u8]) -> impl Iterator<Item = usize> {
        let tag = tag(name);
        let alike = self.account().iter().filter(move |header| header.tag == tag).map(|header| header.at);
        alike.filter(move |at| self.all[*at].name() == Some(name))
    }

    /// The section whose header is at `start`: up to the next header.
    pub(crate) fn section_at(&self, start: usize) -> Range<usize> {
        let headers = self.account();
        let next = headers.partition_point(|header| header.at <= start);
        start..headers.get(next).map_or(self.all.len(), |header| header.at)
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
        let first = self.headers.partition_point(|header| header.at < range.start);
        let after = self.headers.partition_point(|header| header.at < range.end);
        for header in &mut self.headers[after..] {
            header.at = header.at - range.len() + new.len();
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
    fn of(at: usize, line: &Line) -> Option<Self> {
        line.is_header().then(|| Self { at, tag: line.name().map_or(0, tag) })
    }
}

/// The headers among lines the first of which is at `start`.
fn headers_in(lines: &[Line], start: usize) -> impl Iterator<Item = Header> {
    lines.iter().enumerate().filter_map(move |(at, line)| Header::of(start + at, line))
}

/// The end of a name, which tells most names of one file apart: they begin alike, and are far from each other in memory.
fn tag(name: &[u8]) -> u64 {
    name.iter().rev().take(8).fold(0, |tag, byte| tag << 8 | u64::from(*byte))
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
