//! One of the two shared files as text that can be read and printed again without a byte of difference.

use std::collections::HashSet;
use std::fmt;

use leapp_core::Secret;
use zeroize::Zeroizing;

use crate::FileBytes;
use crate::line::Line;
use crate::scheme::Scheme;
use crate::sections::Sections;

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
    pub(crate) scheme: Scheme,
    pub(crate) sections: Sections,
}

impl Document {
    /// Reads any sequence of bytes as a credentials file.
    pub fn parse(bytes: &[u8]) -> Self {
        Self::of(Scheme::Credentials, FileBytes::copy_of(bytes))
    }

    /// Reads any sequence of bytes as a credentials file, and keeps them: nothing is copied, and they are wiped with the last
    /// document made from them, or with what [`into_bytes`](Self::into_bytes) gives.
    ///
    /// ```
    /// use leapp_store_ini::{Document, FileBytes};
    /// use zeroize::Zeroizing;
    ///
    /// let bytes = Zeroizing::new(b"[default]\n".to_vec());
    /// let bytes: FileBytes = Document::from_bytes(bytes).into_bytes();
    /// assert!(Document::from_bytes(bytes).has_profile("default"));
    /// ```
    pub fn from_bytes(bytes: impl Into<FileBytes>) -> Self {
        Self::of(Scheme::Credentials, bytes.into())
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
        Self::of(Scheme::Config, FileBytes::copy_of(bytes))
    }

    /// Reads any sequence of bytes as a config file, and keeps them, as [`from_bytes`](Self::from_bytes) does.
    ///
    /// ```
    /// use leapp_store_ini::Document;
    ///
    /// let config = Document::config_from_bytes(b"[profile dev]\noutput = json\n".to_vec());
    /// assert_eq!(config.into_bytes().as_slice(), b"[profile dev]\noutput = json\n");
    /// ```
    pub fn config_from_bytes(bytes: impl Into<FileBytes>) -> Self {
        Self::of(Scheme::Config, bytes.into())
    }

    pub(crate) fn of(scheme: Scheme, bytes: FileBytes) -> Self {
        let start = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        Self { scheme, sections: Sections::parse(bytes, start) }
    }

    /// Prints the text.
    pub fn to_bytes(&self) -> FileBytes {
        self.sections.to_bytes()
    }

    /// Prints the text into the memory of the one that was read; into new memory while a clone of this document lives, and when the new
    /// text is longer than the old one has room for.
    ///
    /// ```
    /// use leapp_store_ini::Document;
    ///
    /// assert_eq!(Document::parse(b"; nothing\n").into_bytes().as_slice(), b"; nothing\n");
    /// ```
    pub fn into_bytes(self) -> FileBytes {
        self.sections.into_bytes()
    }

    /// The profiles, each once, in the order of the file. Sections whose name AWS tools ignore are left out.
    pub fn profiles(&self) -> Vec<&str> {
        let mut known = HashSet::new();
        let names =
            self.sections.with_header().filter_map(|section| self.profile(section)).filter_map(identifier);
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
        for section in self.sections_of(profile) {
            let lines = self.sections.lines(section);
            if let Some(last) = lines.iter().rposition(|line| line.has_key(key)) {
                value = Some(joined(&lines[last..]));
            }
        }
        let value = value.as_deref().and_then(|bytes| str::from_utf8(bytes).ok())?;
        Some(Secret::new(value))
    }

    /// The keys of a profile in lower case, each once. Keys whose name AWS tools ignore are left out.
    ///
    /// A key is whatever stands before a `=`: in a damaged file, where a token was broken into two lines, that can be a part of a token.
    pub fn keys(&self, profile: &str) -> Vec<String> {
        let (mut keys, mut known) = (Vec::new(), HashSet::new());
        for section in self.sections_of(profile) {
            let lines = self.sections.lines(section);
            for key in lines.iter().filter_map(Line::key).filter_map(identifier).map(str::to_ascii_lowercase)
            {
                if known.insert(key.clone()) {
                    keys.push(key);
                }
            }
        }
        keys
    }

    /// The sections of a profile.
    pub(crate) fn sections_of(&self, profile: &str) -> Vec<usize> {
        let mut sections = self.sections_of_any_spelling(profile);
        let overrides =
            |section: &usize| self.sections.name(*section).is_some_and(|name| self.scheme.overrides(name));
        if sections.iter().any(overrides) {
            sections.retain(overrides);
        }
        sections
    }

    /// The same, with those that AWS tools ignore because of others.
    pub(crate) fn sections_of_any_spelling(&self, profile: &str) -> Vec<usize> {
        let name = profile.as_bytes();
        match self.scheme {
            Scheme::Config => {
                let is_of_profile = |section: &usize| self.profile(*section) == Some(name);
                self.sections.with_header().filter(is_of_profile).collect()
            }
            Scheme::Credentials => self.sections.named(name).collect(),
        }
    }

    /// The profile that a section is part of.
    pub(crate) fn profile(&self, section: usize) -> Option<&[u8]> {
        self.scheme.profile(self.sections.name(section)?)
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
