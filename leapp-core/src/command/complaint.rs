//! What a program that failed wrote to its standard error, as far as it may be repeated.

use std::ffi::OsString;
use std::fmt;

use tokio::io::{AsyncRead, AsyncReadExt};
use zeroize::Zeroizing;

/// Programs say why they fail in a line or two.
const MOST_BYTES: usize = 600;
/// Seeds, tokens and assertions hold a run of letters and digits as long as this; words of a message do not.
const LONGEST_RUN: usize = 15;
/// Part of an argument; shorter ones stand in many words.
const SHORTEST_PART: usize = 4;
/// A code of an MFA device has six.
const LONGEST_NUMBER: usize = 5;

/// The first words, without those that may be a secret: a program that traces what it does writes its arguments there.
#[derive(Debug)]
pub(super) struct Complaint(String);

/// What has been written so far.
pub(super) struct Written {
    beginning: Zeroizing<Vec<u8>>,
    length: usize,
}

impl Written {
    pub(super) fn new() -> Self {
        Self { beginning: Zeroizing::new(vec![0; MOST_BYTES]), length: 0 }
    }

    /// Reads the beginning, and takes the rest so that the program is not kept waiting.
    pub(super) async fn read(&mut self, from: Option<impl AsyncRead + Unpin>) {
        let Some(mut from) = from else { return };
        let mut rest = Zeroizing::new(vec![0; MOST_BYTES]);
        loop {
            let room = match self.beginning.get_mut(self.length..) {
                Some(room) if !room.is_empty() => room,
                _ => &mut rest,
            };
            match from.read(room).await {
                // What cannot be read is not shown.
                Err(_) | Ok(0) => return,
                Ok(read) => self.length += read,
            }
        }
    }

    pub(super) fn into_complaint(self, arguments: &[OsString]) -> Option<Complaint> {
        let Self { beginning, length } = self;
        Complaint::of(beginning.get(..length).unwrap_or(&beginning), length > MOST_BYTES, arguments)
    }
}

impl Complaint {
    fn of(bytes: &[u8], is_cut: bool, arguments: &[OsString]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let arguments: Vec<_> = arguments.iter().map(|argument| argument.to_string_lossy()).collect();
        let given: Vec<&str> = arguments.iter().flat_map(|argument| argument.split_whitespace()).collect();
        // A program repeats its arguments where it traces what it does.
        let is_given =
            |word: &str| given.iter().any(|part| part.len() >= SHORTEST_PART && word.contains(part));
        let hide = |word| if may_be_secret(word) || is_given(word) { "…" } else { word };
        let mut words: Vec<&str> = text.split_whitespace().map(hide).collect();
        if is_cut {
            // The cut may have made a long word short.
            words.pop();
            words.push("…");
        }
        let shown: String = words.join(" ").chars().filter(|c| !c.is_control()).collect();
        (!shown.is_empty()).then_some(Self(shown))
    }
}

fn may_be_secret(word: &str) -> bool {
    let has_run = |is_in: fn(char) -> bool, longest: usize| {
        word.split(|c: char| !is_in(c)).any(|run| run.chars().count() > longest)
    };
    has_run(char::is_alphanumeric, LONGEST_RUN) || has_run(|c| c.is_ascii_digit(), LONGEST_NUMBER)
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Complaint {}

#[cfg(test)]
mod tests {
    use super::*;

    async fn shown(text: &str) -> Option<String> {
        let arguments = ["-c", "hunter2", "JBSW Y3DP EHPK"].map(OsString::from);
        let mut written = Written::new();
        written.read(Some(text.as_bytes())).await;
        written.into_complaint(&arguments).map(|complaint| complaint.to_string())
    }

    #[tokio::test]
    async fn words_are_shown_and_what_may_be_a_secret_is_not() {
        for (written, expected) in [
            ("ykman: no device found\n", "ykman: no device found"),
            ("/usr/lib/x86_64-linux-gnu/a.so: not found", "/usr/lib/x86_64-linux-gnu/a.so: not found"),
            ("+ oathtool --totp -b JBSWY3DPEHPK3PXP", "+ oathtool --totp -b …"),
            ("the code is 123456.", "the code is …"),
            ("bad PIN hunter2, of 'JBSW Y3DP EHPK'", "bad PIN … of … … …"),
            ("line 12345 is bad", "line 12345 is bad"),
            ("bad\u{1b}[31m input", "bad[31m input"),
            ("PHNhbWxwOlJlc3BvbnNl+IHhtbG5z/A==", "…"),
        ] {
            assert_eq!(shown(written).await.as_deref(), Some(expected));
        }
        assert_eq!(shown(" \n").await, None);
    }

    #[tokio::test]
    async fn it_is_bounded_and_a_word_that_is_cut_is_not_shown() {
        let text = format!("{}JBSWY3DPEHPK3PXP{}", "bc ".repeat(195), "D".repeat(9000));
        let shown = shown(&text).await.unwrap();
        assert!(shown.len() <= MOST_BYTES + "…".len() && shown.ends_with("bc …"), "{shown}");
    }
}
