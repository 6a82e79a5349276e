//! Lines for which AWS tools refuse a file.

use std::fmt;

use crate::Document;
use crate::line::Line;

/// A line that is part of no section, property or comment, or that is not text. AWS SDKs refuse the whole file for one, or take it for an
/// empty one: no profile in it works. This library keeps the line as it is, and publishes beside it.
///
/// ```
/// use leapp_store_ini::{Document, IllegalReason};
///
/// let document = Document::parse(b"[default]\nregion: eu-west-1\n");
/// let [line] = document.illegal_lines()[..] else { panic!("one line") };
/// assert_eq!((line.number(), line.reason()), (2, IllegalReason::NoEquals));
/// assert_eq!(line.to_string(), "line 2 has no `=`");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IllegalLine {
    number: usize,
    reason: IllegalReason,
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IllegalReason {
    /// The file begins with a byte order mark, which some editors put there.
    ByteOrderMark,
    /// A header that does not end in `]`.
    NoBracket,
    /// A property, or what continues one, with no header above.
    NoHeader,
    /// An indented line with no property above it in its section.
    NothingToContinue,
    /// A property without `=`; also one of a nested block, such as those below `s3 =`.
    NoEquals,
    /// A property with nothing before the `=`.
    NoName,
    /// The line is not UTF-8, be it a comment.
    NotUtf8,
}

impl IllegalLine {
    /// The number of the line in the file, from 1 on.
    pub fn number(&self) -> usize {
        self.number
    }

    /// What is wrong with it.
    pub fn reason(&self) -> IllegalReason {
        self.reason
    }
}

impl fmt::Display for IllegalLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match self.reason {
            IllegalReason::ByteOrderMark => "begins with a byte order mark",
            IllegalReason::NoBracket => "is a header that does not end in `]`",
            IllegalReason::NoHeader => "has no header above",
            IllegalReason::NothingToContinue => "continues nothing",
            IllegalReason::NoEquals => "has no `=`",
            IllegalReason::NoName => "has nothing before the `=`",
            IllegalReason::NotUtf8 => "is not UTF-8",
        };
        write!(f, "line {} {reason}", self.number)
    }
}

/// What an indented line goes on with.
#[derive(Clone, Copy)]
enum Above {
    NoHeader,
    Header,
    /// A property with a value: more lines of that.
    Value,
    /// A property without one: a block of nested properties.
    Block,
}

impl Document {
    /// The lines for which the AWS SDKs refuse the file, as the parser of the SDK for Rust finds them: it stops at the first. A file that is
    /// not UTF-8 is an empty one to it.
    ///
    /// A host that publishes into such a file, and a person who wonders why no profile works, want to know. Nothing of the lines is told
    /// but where they are: they may hold secrets.
    pub fn illegal_lines(&self) -> Vec<IllegalLine> {
        let (mut number, mut above) = (1, Above::NoHeader);
        let mut illegal: Vec<IllegalLine> = Vec::new();
        if self.sections.is_marked() {
            illegal.push(IllegalLine { number, reason: IllegalReason::ByteOrderMark });
        }
        for section in 0..=self.sections.last() {
            for line in self.sections.lines(section).iter() {
                let is_text = str::from_utf8(line.as_bytes()).is_ok();
                let fault = fault(line, &mut above).err();
                let reason = if is_text { fault } else { Some(IllegalReason::NotUtf8) };
                // One for each line.
                if illegal.last().is_none_or(|last| last.number < number) {
                    illegal.extend(reason.map(|reason| IllegalLine { number, reason }));
                }
                number += line.count();
            }
        }
        illegal
    }
}

fn fault(line: &Line, above: &mut Above) -> Result<(), IllegalReason> {
    if line.is_note() {
        return Ok(());
    }
    if line.is_header() {
        *above = Above::Header;
        return line.name().map(|_| ()).ok_or(IllegalReason::NoBracket);
    }
    match (*above, line.is_continuation()) {
        (Above::NoHeader, _) => Err(IllegalReason::NoHeader),
        (Above::Header, true) => Err(IllegalReason::NothingToContinue),
        (Above::Value, true) => Ok(()),
        (Above::Block, true) => property(line).map(|_| ()),
        (_, false) => {
            let property = property(line);
            // What continues an illegal one is no second fault.
            *above = if property == Ok(true) { Above::Block } else { Above::Value };
            property.map(|_| ())
        }
    }
}

/// Whether a property, indented or not, is empty.
fn property(line: &Line) -> Result<bool, IllegalReason> {
    match line.key_and_value() {
        None => Err(IllegalReason::NoEquals),
        Some((b"", _)) => Err(IllegalReason::NoName),
        Some((_, value)) => Ok(value.is_empty()),
    }
}
