//! Looks for secrets where none may be: in `Debug`, errors, logs, files, memory.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error as StdError;
use std::fmt;
use std::fmt::{Debug, Write as _};

use aho_corasick::AhoCorasick;

mod forms;
mod logs;
#[cfg(target_os = "linux")]
mod memory;
#[cfg(target_os = "linux")]
mod regions;

pub use logs::{capture_logs, capture_logs_async};
#[cfg(target_os = "linux")]
pub use memory::Canary;

/// Finds secrets in text, whole or in part, plain or encoded.
///
/// Every part of 8 bytes of every needle is looked for: as it is, in base64 (both alphabets, any alignment, wrapped
/// lines too), in hexadecimal, URL-encoded, escaped as in JSON and in Rust's `Debug`, and as a list of byte values.
/// A needle shorter than that is looked for whole.
///
/// ```
/// use leapp_testkit::leak::Scanner;
///
/// let scanner = Scanner::new(["hunter2-hunter2"]);
/// assert!(scanner.scan("the password is aHVudGVyMi1odW50ZXIy").is_some());
/// assert!(scanner.scan("the password is redacted").is_none());
/// ```
pub struct Scanner {
    patterns: AhoCorasick,
    /// For each pattern, the form it was written in.
    forms: Vec<&'static str>,
}

/// Where a secret was found, and in which form. Does not repeat it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// How the secret was written there.
    pub form: &'static str,
    /// The byte of the text where the part that was recognized begins; white space is not counted in `without_spaces`.
    pub at: usize,
    /// True when it was only found once line breaks and spaces were taken out.
    pub without_spaces: bool,
}

impl Scanner {
    /// Looks for these needles.
    ///
    /// # Panics
    /// When a needle is empty, or there is none: such a scanner would find nothing anywhere.
    pub fn new<N: AsRef<str>>(needles: impl IntoIterator<Item = N>) -> Self {
        let needles: Vec<N> = needles.into_iter().collect();
        assert!(needles.iter().all(|needle| !needle.as_ref().is_empty()), "an empty needle is in every text");
        // Long secrets repeat themselves, and each part is costly to write in every form.
        let parts: BTreeSet<&str> = needles.iter().flat_map(|needle| forms::parts(needle.as_ref())).collect();
        let mut patterns = BTreeMap::new();
        for (form, text) in parts.into_iter().flat_map(forms::of) {
            patterns.entry(text).or_insert(form);
        }
        assert!(!patterns.is_empty(), "a scanner without needles finds nothing");
        let forms = patterns.values().copied().collect();
        match AhoCorasick::new(patterns.into_keys()) {
            Ok(patterns) => Self { patterns, forms },
            Err(error) => panic!("these needles make too large a scanner: {error}"),
        }
    }

    /// Looks through a text, or bytes.
    pub fn scan(&self, text: impl AsRef<[u8]>) -> Option<Finding> {
        let text = text.as_ref();
        let packed: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        self.find(text, false).or_else(|| self.find(&packed, true))
    }

    /// Looks through an error and its sources, in each of the ways errors are printed.
    pub fn scan_error(&self, error: &(dyn StdError + 'static)) -> Option<Finding> {
        self.scan(text_of(error))
    }

    fn find(&self, text: &[u8], without_spaces: bool) -> Option<Finding> {
        let found = self.patterns.find(text)?;
        let form = self.forms.get(found.pattern().as_usize()).copied().unwrap_or_default();
        Some(Finding { form, at: found.start(), without_spaces })
    }
}

impl Debug for Scanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scanner").field("patterns", &self.forms.len()).finish_non_exhaustive()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { form, at, without_spaces } = self;
        let spaces = if *without_spaces { ", spaces taken out" } else { "" };
        write!(f, "{form}, at byte {at}{spaces}")
    }
}

/// Asserts that a text holds no part of any of these needles.
///
/// # Panics
/// When it does. The message says where and in which form, and does not repeat the text.
#[track_caller]
pub fn assert_clean<N: AsRef<str>>(text: impl AsRef<[u8]>, needles: impl IntoIterator<Item = N>) {
    if let Some(finding) = Scanner::new(needles).scan(text) {
        panic!("a secret leaked: {finding}");
    }
}

/// A value in both of `Debug`'s layouts.
pub fn debug_of<T: Debug + ?Sized>(value: &T) -> String {
    format!("{value:?}\n{value:#?}\n")
}

/// `{}`, `{:?}` and `{:#?}` of an error and of each of its sources.
pub fn text_of(error: &(dyn StdError + 'static)) -> String {
    let mut text = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        // Writing to a `String` fails only when a `Debug` itself does, and what was written so far is still scanned.
        let _ = write!(text, "{error}\n{error:?}\n{error:#?}\n");
        next = error.source();
    }
    text
}
