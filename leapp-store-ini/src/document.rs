//! One of the two shared files as text that can be read and printed again without a byte of difference.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

use leapp_core::Secret;
use zeroize::Zeroizing;

use crate::line::{Line, Newline};
use crate::lines::Lines;
use crate::scheme::Scheme;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A credentials or a config file, lossless: [`to_bytes`](Self::to_bytes) gives exactly what was [parsed](Self::parse), whatever it was.
///
/// It reads as AWS tools read: a profile is a section `[name]`, in the config file `[profile name]` or `[default]`; sections of one name are one profile; keys are
/// case-insensitive and the last one counts; a comment begins in the first column, or after white space behind a value;
/// an indented line goes on with the value above it. Lines that no AWS tool reads are kept and mean nothing.
///
/// ```
/// use leapp_store_ini::Document;
///
/// let document = Document::parse(b"[default] ; mine\nRegion = eu-west-1 # Ireland\n");
/// assert_eq!(document.profiles(), ["default"]);
/// assert_eq!(document.value("default", "region").unwrap().expose(), "eu-west-1");
/// assert_eq!(document.to_bytes().as_slice(), b"[default] ; mine\nRegion = eu-west-1 # Ireland\n");
/// ```
#[derive(Clone)]
pub struct Document {
    has_byte_order_mark: bool,
    pub(crate) scheme: Scheme,
    pub(crate) lines: Lines,
}

impl Document {
    /// Reads any sequence of bytes as a credentials file.
    pub fn parse(bytes: &[u8]) -> Self {
        Self::from_bytes(Zeroizing::new(bytes.to_vec()))
    }

    /// Reads any sequence of bytes as a credentials file, and keeps them: nothing is copied, and they are wiped with the last
    /// document made from them.
    pub fn from_bytes(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self::of(Scheme::Credentials, bytes)
    }

    /// Reads any sequence of bytes as a config file, where profiles are named `[profile NAME]` or `[default]`.
    ///
    /// `[profile default]` takes the place of `[default]`. Sections of other kinds, such as `[sso-session NAME]`, are no profiles.
    ///
    /// ```
    /// use leapp_store_ini::Document;
    ///
    /// let config = Document::parse_config(b"[sso-session corp]\n[profile dev]\nregion = eu-west-1\n");
    /// assert_eq!(config.profiles(), ["dev"]);
    /// assert_eq!(config.value("dev", "region").unwrap().expose(), "eu-west-1");
    /// ```
    pub fn parse_config(bytes: &[u8]) -> Self {
        Self::of(Scheme::Config, Zeroizing::new(bytes.to_vec()))
    }

    pub(crate) fn of(scheme: Scheme, bytes: Zeroizing<Vec<u8>>) -> Self {
        let has_byte_order_mark = bytes.starts_with(BYTE_ORDER_MARK);
        let start = if has_byte_order_mark { BYTE_ORDER_MARK.len() } else { 0 };
        Self { has_byte_order_mark, scheme, lines: Lines::parse(bytes, start) }
    }

    /// Prints the text. The bytes are wiped when they are dropped: the file holds secrets.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mark = if self.has_byte_order_mark { BYTE_ORDER_MARK } else { b"" };
        let runs = self.lines.runs();
        let size = mark.len() + runs.iter().map(|run| run.len()).sum::<usize>();
        let mut bytes = Zeroizing::new(Vec::with_capacity(size));
        bytes.extend_from_slice(mark);
        for run in runs {
            bytes.extend_from_slice(run);
        }
        bytes
    }

    /// The profiles, each once, in the order of the file. Sections whose name AWS tools ignore are left out.
    pub fn profiles(&self) -> Vec<&str> {
        let mut known = HashSet::new();
        let headers = self.lines.headers().map(|at| &self.lines[at]);
        let names = headers.filter_map(|header| self.profile(header)).filter_map(identifier);
        names.filter(|name| known.insert(*name)).collect()
    }

    /// True when there is a section of that name.
    pub fn has_profile(&self, profile: &str) -> bool {
        !self.sections_of_any_spelling(profile).is_empty()
    }

    /// The value of a key in a profile; `None` when it is absent, or not UTF-8, which no AWS tool reads.
    ///
    /// Lines that continue a value are joined to it by `\n`, as AWS tools do.
    pub fn value(&self, profile: &str, key: &str) -> Option<Secret> {
        let mut value = None;
        for section in self.sections(profile) {
            let lines = &self.lines[section];
            if let Some(last) = lines.iter().rposition(|line| line.has_key(key)) {
                value = Some(joined(&lines[last..]));
            }
        }
        let value = value.as_deref().and_then(|bytes| str::from_utf8(bytes).ok())?;
        Some(Secret::new(value))
    }

    /// The keys of a profile in lower case, each once. Keys whose name AWS tools ignore are left out.
    pub fn keys(&self, profile: &str) -> Vec<String> {
        let mut keys = Vec::new();
        let lines = self.sections(profile).into_iter().flat_map(|section| &self.lines[section]);
        for key in lines.filter_map(Line::key).filter_map(identifier).map(str::to_ascii_lowercase) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }

    /// The sections of a profile, each from its header up to the next header.
    pub(crate) fn sections(&self, profile: &str) -> Vec<Range<usize>> {
        let mut sections = self.sections_of_any_spelling(profile);
        let overrides = |section: &Range<usize>| {
            self.lines[section.start].name().is_some_and(|name| self.scheme.overrides(name))
        };
        if sections.iter().any(overrides) {
            sections.retain(overrides);
        }
        sections
    }

    /// The same, with those that AWS tools ignore because of others.
    pub(crate) fn sections_of_any_spelling(&self, profile: &str) -> Vec<Range<usize>> {
        let name = profile.as_bytes();
        let headers: Vec<usize> = match self.scheme {
            Scheme::Config => {
                let is_of_profile = |at: &usize| self.profile(&self.lines[*at]) == Some(name);
                self.lines.headers().filter(is_of_profile).collect()
            }
            Scheme::Credentials => self.lines.headers_of(name).collect(),
        };
        headers.into_iter().map(|at| self.section_at(at)).collect()
    }

    /// The profile whose section a header begins.
    pub(crate) fn profile<'a>(&self, header: &'a Line) -> Option<&'a [u8]> {
        self.scheme.profile(header.name()?)
    }

    /// The section whose header is at `start`.
    pub(crate) fn section_at(&self, start: usize) -> Range<usize> {
        self.lines.section_at(start)
    }

    /// The line break that most lines have.
    pub(crate) fn newline(&self) -> Newline {
        let (mut of_windows, mut of_unix) = (0_usize, 0_usize);
        for newline in self.lines.iter().filter_map(Line::newline) {
            match newline {
                Newline::CrLf => of_windows += 1,
                Newline::Lf => of_unix += 1,
            }
        }
        if of_windows > of_unix { Newline::CrLf } else { Newline::Lf }
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document").field("profiles", &self.profiles()).finish_non_exhaustive()
    }
}

/// The value of the property in the first line, with the lines that continue it.
pub(crate) fn joined(lines: &[Line]) -> Zeroizing<Vec<u8>> {
    let is_part = |line: &&Line| line.is_continuation() || line.is_note();
    let rest = lines.iter().skip(1).take_while(is_part).filter(|line| line.is_continuation());
    let parts: Vec<&[u8]> = lines.iter().take(1).chain(rest).filter_map(Line::value).collect();
    Zeroizing::new(parts.join(&b'\n'))
}

/// Names that AWS tools accept; others they drop without a word.
fn identifier(name: &[u8]) -> Option<&str> {
    let is_allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-/.%@:+".contains(byte);
    name.iter().all(is_allowed).then(|| str::from_utf8(name).ok()).flatten()
}
