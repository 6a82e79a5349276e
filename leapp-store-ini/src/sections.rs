//! A file as sections, each a header and what stands below it.
//!
//! A file is mostly sections that nobody asks about: of those only the beginnings are known. Lines are made of a section when somebody
//! asks for them, and stay only when they are changed.

use std::borrow::Cow;
use std::iter;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::file_bytes::{FileBytes, Piece};
use crate::line::{self, Line, Newline};

/// The sections of a text. They are told apart by their numbers, in the order of the file.
#[derive(Clone)]
pub(crate) struct Sections {
    text: Arc<FileBytes>,
    /// So much of the text is before the first section.
    skipped: usize,
    /// The first has no header, and may be empty. Every other one begins with a header, and has no second one.
    all: Vec<Section>,
    /// All of the text is looked at for it, once: each of a thousand new profiles asks.
    newline: OnceLock<Newline>,
}

/// It is small, since a file may be nothing but headers.
#[derive(Clone)]
enum Section {
    Read(Span),
    Edited { lines: Box<[Line]>, tag: Tag },
}

/// Where a section is in the text, and what tells most names apart.
#[derive(Clone, Copy)]
struct Span {
    start_and_tag: u64,
    end: usize,
}

type Tag = u16;

/// So many bytes to a section are reckoned with at first: profiles are longer, as a rule. Where there are more sections, they are counted.
const BYTES_TO_A_SECTION: usize = 128;

impl Sections {
    /// The sections of a text from `start` on.
    pub(crate) fn parse(text: FileBytes, start: usize) -> Self {
        let mut all = Vec::with_capacity(text.len() / BYTES_TO_A_SECTION + 2);
        let mut last = Span { start_and_tag: Span::pack(start, 0), end: text.len() };
        for at in headers(&text, start) {
            if all.len() + 2 > all.capacity() {
                // A list that grows is copied, and this one may be larger than the text.
                all.reserve_exact(2 + headers(&text, at).count());
            }
            all.push(Section::Read(Span { end: at, ..last }));
            let tag = line::name(&text[at..]).map_or(0, |name| tag(&text[at..][name]));
            last.start_and_tag = Span::pack(at, tag);
        }
        all.push(Section::Read(last));
        Self { text: Arc::new(text), skipped: start, all, newline: OnceLock::new() }
    }

    /// True when the text begins with something that was skipped.
    pub(crate) fn is_marked(&self) -> bool {
        self.skipped > 0
    }

    /// The numbers of those that have a header.
    pub(crate) fn with_header(&self) -> Range<usize> {
        1..self.all.len()
    }

    /// The number of the last one.
    pub(crate) fn last(&self) -> usize {
        self.all.len() - 1
    }

    /// The name in a section's header; `None` for a line that begins like a header and is none.
    pub(crate) fn name(&self, section: usize) -> Option<&[u8]> {
        match &self.all[section] {
            Section::Read(span) => {
                let text = &self.text[span.range()];
                text.get(line::name(text)?)
            }
            Section::Edited { lines, .. } => lines.first()?.name(),
        }
    }

    /// The numbers of the sections of that name.
    pub(crate) fn named<'a>(&'a self, name: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
        let tag = tag(name);
        let is_like = move |section: &Section| match section {
            Section::Read(span) => span.tag() == tag,
            Section::Edited { tag: own, .. } => *own == tag,
        };
        let alike = self.all.iter().enumerate().filter(move |(_, section)| is_like(section));
        alike.map(|(at, _)| at).filter(move |at| self.name(*at) == Some(name))
    }

    /// A section's lines, the header first.
    pub(crate) fn lines(&self, section: usize) -> Cow<'_, [Line]> {
        match &self.all[section] {
            Section::Read(span) => Line::all_in(&self.text, span.range()).into(),
            Section::Edited { lines, .. } => Cow::Borrowed(lines),
        }
    }

    /// True when a section's last line has no line break, or there is no line.
    pub(crate) fn is_unended(&self, section: usize) -> bool {
        match &self.all[section] {
            Section::Read(span) => self.text[span.range()].last() != Some(&b'\n'),
            Section::Edited { lines, .. } => lines.last().is_none_or(|line| line.newline().is_none()),
        }
    }

    /// Puts other lines in the place of a section. Those without a header go to the section before; those behind another header are a
    /// section of their own.
    pub(crate) fn replace(&mut self, section: usize, lines: Vec<Line>) {
        // Mostly it is one section, however many lines that has.
        if section > 0
            && lines.first().is_some_and(Line::is_header)
            && !lines[1..].iter().any(Line::is_header)
        {
            self.all[section] = Section::edited(lines);
            return;
        }
        let mut new: Vec<Vec<Line>> = Vec::new();
        let mut without_header = Vec::new();
        for line in lines {
            if line.is_header() {
                new.push(vec![line]);
            } else {
                new.last_mut().unwrap_or(&mut without_header).push(line);
            }
        }
        let new = new.into_iter().map(Section::edited);
        if section == 0 {
            self.all.splice(..1, iter::once(Section::edited(without_header)).chain(new));
            return;
        }
        self.all.splice(section..=section, new);
        if !without_header.is_empty() {
            self.extend(section - 1, without_header);
        }
    }

    /// Puts lines at the end of the file, which begin with a header.
    pub(crate) fn push(&mut self, lines: Vec<Line>) {
        debug_assert!(lines.first().is_some_and(Line::is_header), "a section begins with its header");
        self.all.push(Section::edited(lines));
    }

    /// Changes the last line of the file, if there is one.
    pub(crate) fn edit_last_line(&mut self, edit: impl FnOnce(&mut Line)) {
        let last = self.last();
        let mut lines = self.lines(last).into_owned();
        if let Some(line) = lines.last_mut() {
            edit(line);
            if line.as_bytes().is_empty() {
                lines.pop();
            }
        }
        self.all[last] = Section::edited(lines);
    }

    /// Takes a section out. Those behind it keep their numbers until the gaps are closed: all would have to be moved for each.
    pub(crate) fn take_out(&mut self, section: usize) {
        if section == self.last() {
            self.all.pop();
        } else {
            self.all[section] = Section::edited(Vec::new());
        }
    }

    /// Gives the sections behind those that were taken out their numbers.
    pub(crate) fn close_gaps(&mut self) {
        let mut number = 0;
        self.all.retain(|section| {
            number += 1;
            number == 1 || !matches!(section, Section::Edited { lines, .. } if lines.is_empty())
        });
    }

    /// Puts lines without a header behind a section's.
    pub(crate) fn extend(&mut self, section: usize, more: impl IntoIterator<Item = Line>) {
        let mut lines = self.lines(section).into_owned();
        lines.extend(more);
        self.all[section] = Section::edited(lines);
    }

    /// The line break that most lines had when it was first asked for.
    pub(crate) fn newline(&self) -> Newline {
        *self.newline.get_or_init(|| self.most_newlines())
    }

    fn most_newlines(&self) -> Newline {
        let (mut of_windows, mut of_unix) = (0_usize, 0_usize);
        for text in self.runs() {
            for at in memchr::memchr_iter(b'\n', text) {
                match text[..at] {
                    [.., b'\r'] => of_windows += 1,
                    _ => of_unix += 1,
                }
            }
        }
        if of_windows > of_unix { Newline::CrLf } else { Newline::Lf }
    }

    /// The text without what was skipped, in parts that begin where a line does.
    pub(crate) fn runs(&self) -> Vec<&[u8]> {
        let mut runs = Vec::new();
        for part in self.parts() {
            match part {
                Part::Old(range) => runs.push(&self.text[range]),
                Part::New(lines) => runs.extend(lines.iter().map(Line::as_bytes)),
            }
        }
        runs
    }

    /// The text.
    pub(crate) fn to_bytes(&self) -> FileBytes {
        FileBytes::concat(iter::once(&self.text[..self.skipped]).chain(self.runs()))
    }

    /// The text, in the memory of the old one when nobody else has a use for that.
    pub(crate) fn into_bytes(self) -> FileBytes {
        let piece = |part: Part<'_>| match part {
            Part::Old(range) => Piece::Old(range),
            Part::New(lines) => Piece::New(FileBytes::concat(lines.iter().map(Line::as_bytes))),
        };
        let skipped = Piece::Old(0..self.skipped);
        let pieces: Vec<Piece> = iter::once(skipped).chain(self.parts().into_iter().map(piece)).collect();
        let Self { text, all, .. } = self;
        drop(all);
        match Arc::try_unwrap(text) {
            Ok(text) => text.rearranged(&pieces),
            Err(shared) => shared.copied(&pieces),
        }
    }

    /// What was read and what is new, in as few parts as there are.
    fn parts(&self) -> Vec<Part<'_>> {
        let mut parts: Vec<Part<'_>> = Vec::new();
        for section in &self.all {
            match (section, parts.last_mut()) {
                (Section::Read(span), Some(Part::Old(before))) if before.end == span.start() => {
                    before.end = span.end;
                }
                (Section::Read(span), _) => parts.push(Part::Old(span.range())),
                (Section::Edited { lines, .. }, _) => parts.push(Part::New(lines)),
            }
        }
        parts
    }
}

enum Part<'a> {
    Old(Range<usize>),
    New(&'a [Line]),
}

impl Section {
    fn edited(lines: Vec<Line>) -> Self {
        let tag = lines.first().and_then(Line::name).map_or(0, tag);
        Self::Edited { lines: lines.into(), tag }
    }
}

impl Span {
    /// No text is as long as the upper bits can count.
    fn pack(start: usize, tag: Tag) -> u64 {
        (start as u64) << Tag::BITS | u64::from(tag)
    }

    fn start(self) -> usize {
        (self.start_and_tag >> Tag::BITS) as usize
    }

    fn tag(self) -> Tag {
        self.start_and_tag as Tag
    }

    fn range(self) -> Range<usize> {
        self.start()..self.end
    }
}

/// Where lines begin with a bracket, from `start` on, which is the beginning of a line.
fn headers(text: &[u8], start: usize) -> impl Iterator<Item = usize> {
    let brackets = memchr::memchr_iter(b'[', &text[start..]).map(move |at| start + at);
    brackets.filter(move |at| *at == start || text[at - 1] == b'\n')
}

/// Made of a name's beginning and end, which tell most names of one file apart: they are far from each other in memory.
fn tag(name: &[u8]) -> Tag {
    // The golden ratio spreads what differs in any bit over the upper ones.
    let spread = |bits: u64| bits.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let both = match (name.first_chunk(), name.last_chunk()) {
        (Some(first), Some(last)) => {
            spread(u64::from_le_bytes(*first)).rotate_left(32) ^ u64::from_le_bytes(*last)
        }
        _ => name.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)),
    };
    (spread(both) >> (u64::BITS - Tag::BITS)) as Tag
}

/// For tests that put lines anywhere.
#[cfg(test)]
impl Sections {
    pub(crate) fn all_lines(&self) -> Vec<Line> {
        (0..self.all.len()).flat_map(|section| self.lines(section).into_owned()).collect()
    }

    pub(crate) fn set_all_lines(&mut self, lines: Vec<Line>) {
        self.all.truncate(1);
        self.replace(0, lines);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sections(text: &[u8]) -> Sections {
        Sections::parse(FileBytes::copy_of(text), 0)
    }

    fn texts(sections: &Sections) -> Vec<String> {
        let text = |section| sections.lines(section).iter().map(Line::as_bytes).collect::<Vec<_>>().concat();
        (0..=sections.last()).map(|section| String::from_utf8(text(section)).unwrap()).collect()
    }

    fn lines(text: &str) -> Vec<Line> {
        sections(text.as_bytes()).all_lines()
    }

    #[test]
    fn a_section_goes_up_to_the_next_header() {
        for (text, expected) in [
            ("", &[""][..]),
            ("a\n", &["a\n"]),
            ("[a]", &["", "[a]"]),
            ("\n[a]\nk = [v]\n [b]\n[c\n", &["\n", "[a]\nk = [v]\n [b]\n", "[c\n"]),
            ("[[\n[\n\r[x]\n", &["", "[[\n", "[\n\r[x]\n"]),
        ] {
            let sections = sections(text.as_bytes());
            assert_eq!(texts(&sections), expected, "{text:?}");
            assert_eq!(sections.to_bytes().as_slice(), text.as_bytes());
            assert_eq!(sections.into_bytes().as_slice(), text.as_bytes());
        }
    }

    #[test]
    fn a_name_is_found_however_it_is_written() {
        let text = "[a]\n[ a\t] ; [b]\n[a]]\n[a];\r\n[a]\r\n[aa]\n[a\n[a]\r";
        let sections = sections(text.as_bytes());
        assert_eq!(sections.named(b"a").collect::<Vec<_>>(), [1, 2, 4, 5]);
        assert_eq!(sections.named(b"a]").collect::<Vec<_>>(), [3]);
        assert_eq!(sections.named(b"b").count(), 0);
    }

    #[test]
    fn many_sections_of_all_lengths_are_found() {
        let names: Vec<String> = (0..3_000).map(|number| format!("profile-{number}")).collect();
        let text: String =
            names.iter().map(|name| format!("[{name}]\n{}", "k = v\n".repeat(name.len() % 3))).collect();
        let sections = sections(text.as_bytes());
        for (number, name) in names.iter().enumerate() {
            assert_eq!(sections.named(name.as_bytes()).collect::<Vec<_>>(), [number + 1]);
        }
    }

    #[test]
    fn lines_go_where_a_parser_would_read_them() {
        let replaced = |section, new: &str| {
            let mut sections = sections(b"; p\n[a]\nk = 1\n[b]\nk = 2\n");
            sections.replace(section, lines(new));
            let again = self::sections(&sections.to_bytes());
            assert_eq!(texts(&sections), texts(&again), "{section} {new:?}");
            texts(&sections)
        };
        assert_eq!(replaced(1, "[c]\n"), ["; p\n", "[c]\n", "[b]\nk = 2\n"]);
        assert_eq!(replaced(2, ""), ["; p\n", "[a]\nk = 1\n"]);
        assert_eq!(replaced(2, "; n\n"), ["; p\n", "[a]\nk = 1\n; n\n"]);
        assert_eq!(replaced(1, "; n\n[x]\n[y]\n"), ["; p\n; n\n", "[x]\n", "[y]\n", "[b]\nk = 2\n"]);
        assert_eq!(replaced(0, "[x]\n"), ["", "[x]\n", "[a]\nk = 1\n", "[b]\nk = 2\n"]);
    }

    #[test]
    fn what_is_edited_prints_the_same_in_place_and_elsewhere() {
        let text = b"\xef\xbb\xbf; p\n[a]\nk = 1\n[b]\nk = 2\n[c]\n";
        for new in ["", "[a]\n", "[longer]\nthan = it was before, and more\n"] {
            for section in 0..4 {
                let mut sections = Sections::parse(FileBytes::copy_of(text), 3);
                sections.replace(section, lines(new));
                let (elsewhere, shared) = (sections.to_bytes(), sections.clone());
                assert_eq!(shared.into_bytes(), elsewhere);
                assert_eq!(sections.into_bytes(), elsewhere);
                assert!(elsewhere.starts_with(b"\xef\xbb\xbf"));
            }
        }
    }
}
