//! Adopting: a person's profile is ours for a while.

use std::ops::Range;

use leapp_core::{Error, ErrorKind, ProfileName, Secret, SessionId};

use super::entry::{self, Entry};
use super::{ADOPTED, IS_PUBLISHED, MARK, MARKS, Refusal, WRITER, is_memory, kept, mark};
use crate::line::Line;
use crate::{Document, FileBytes};

impl Document {
    /// The text with a person's profile made a session's: programs read the same from it, and publishing is not refused any more.
    ///
    /// The lines that a publication replaces are kept beside, as properties that AWS tools ignore; withdrawing puts them back where
    /// they were. A profile that this library wrote is only marked as the session's.
    ///
    /// ```
    /// use leapp_core::{Change, ProfileName, SessionId};
    /// use leapp_store_ini::Document;
    ///
    /// let (session, profile) = (SessionId::parse("s")?, ProfileName::parse("prod")?);
    /// let text = b"[prod] # mine\naws_access_key_id = AKIAEXAMPLE ; old\n";
    /// let adopted = Document::parse(text).with_adopted(&session, &profile)?;
    /// assert_eq!(adopted.value("prod", "aws_access_key_id").unwrap().expose(), "AKIAEXAMPLE");
    /// let restored = adopted.with_changes(&[Change::Withdraw { session, profile }])?;
    /// assert_eq!(restored.to_bytes().as_slice(), text);
    /// # Ok::<(), leapp_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when there is no such profile; [`ErrorKind::Unsupported`] when only some tools read it, because of how its
    /// header is written (`[profile "dev"]`, or an indented one).
    pub fn with_adopted(mut self, session: &SessionId, profile: &ProfileName) -> Result<Self, Error> {
        self.adopt(session, profile, None).map_err(|refusal| refusal.of(profile))?;
        Ok(self)
    }

    pub(crate) fn adopt(
        &mut self,
        session: &SessionId,
        profile: &ProfileName,
        writer: Option<&str>,
    ) -> Result<(), Refusal> {
        let sections = self.sections_of(profile.as_str());
        if sections.is_empty() && self.seems_to_have(profile.as_str()) {
            let message = format!(
                "the header of profile `{profile}` is written in a way that only some AWS tools read; write it as `[{}]`",
                self.scheme.section(profile.as_str())
            );
            return Err(Refusal::Invalid(Error::new(ErrorKind::Unsupported, message)));
        }
        if sections.is_empty() {
            let message = format!("there is no profile `{profile}` to adopt");
            return Err(Refusal::Invalid(Error::new(ErrorKind::NotFound, message)));
        }
        let mut marks = vec![(MARK, session.as_str())];
        marks.extend(writer.map(|writer| (WRITER, writer)));
        // From the last one on: those before it keep their numbers.
        for section in sections.into_iter().rev() {
            if mark(&self.sections.lines(section)).is_some() {
                self.mark_as(section, &marks);
            } else {
                self.undo(section);
                self.adopt_section(section, &marks);
            }
        }
        Ok(())
    }

    /// Gives a section of ours other marks.
    fn mark_as(&mut self, section: usize, marks: &[(&str, &str)]) {
        let newline = self.sections.newline();
        let mut lines = self.sections.lines(section).into_owned();
        lines.retain(|line| ![MARK, WRITER].iter().any(|key| line.has_key(key)));
        let marks = marks.iter().map(|(key, value)| Line::property(key, value, newline));
        lines.splice(1..1, marks);
        self.replace_ended(section, lines);
    }

    pub(super) fn adopt_section(&mut self, section: usize, marks: &[(&str, &str)]) {
        let newline = self.sections.newline();
        let lines = self.sections.lines(section);
        let mut adopted = vec![lines[0].clone()];
        for (key, value) in marks {
            adopted.push(Line::property(key, value, newline));
        }
        adopted.push(Line::property(ADOPTED, "yes", newline));
        let mut number = 0;
        for block in blocks(&lines) {
            let lines = &lines[block];
            if MARKS.iter().any(|key| lines[0].has_key(key)) {
                continue;
            }
            if self.scheme.keys().iter().any(|key| lines[0].has_key(key)) {
                number += 1;
                let bytes = FileBytes::concat(lines.iter().map(Line::as_bytes));
                let (key, value) = kept::property(number, &bytes);
                adopted.push(Line::property(&key, &value, newline));
                // A note between the lines of a value goes with them.
                adopted.extend(lines.iter().filter(|line| !line.is_note()).cloned());
            } else {
                adopted.extend_from_slice(lines);
            }
        }
        self.replace_ended(section, adopted);
    }

    /// True when a section was a person's before.
    pub(super) fn is_adopted(&self, section: usize) -> bool {
        is_adopted(&self.sections.lines(section))
    }

    /// The last value that a person gave to a key of ours, if it can stand in one line.
    pub(super) fn kept_value(&self, sections: &[usize], key: &str) -> Option<Secret> {
        let value = |line: &Line| {
            let kept = kept::lines(line)?;
            let [line] = kept.as_slice() else { return None };
            if !line.has_key(key) {
                return None;
            }
            Some(Secret::new(str::from_utf8(line.value()?).ok()?))
        };
        let last_of = |section: &usize| self.sections.lines(*section).iter().rev().find_map(value);
        let last = sections.iter().rev().find_map(last_of);
        last.filter(|value| entry::is_read_back(value.expose()) && !value.expose().is_empty())
    }

    /// Removes our values from a section that is a session's from now on, and leaves what a person had there.
    pub(super) fn strip(&mut self, section: usize, entry: &Entry) {
        self.mark_as(section, &entry.marks());
        self.remove_values(section);
    }
}

/// True when we have published in an adopted section.
pub(super) fn is_published(lines: &[Line]) -> bool {
    let mut values = lines.iter().filter(|line| line.has_key(ADOPTED)).filter_map(Line::value);
    values.any(|value| kept::unquoted(value) == IS_PUBLISHED.as_bytes())
}

/// True when a section was a person's before.
pub(super) fn is_adopted(lines: &[Line]) -> bool {
    lines.iter().any(is_memory)
}

/// A section's lines below its header, those that continue a value together with it.
fn blocks(lines: &[Line]) -> Vec<Range<usize>> {
    let mut blocks: Vec<Range<usize>> = Vec::new();
    let mut value: Option<usize> = None;
    for (at, line) in lines.iter().enumerate().skip(1) {
        match value {
            // Notes may stand between a value and what continues it.
            Some(value) if line.is_continuation() => {
                blocks.truncate(value + 1);
                blocks[value].end = at + 1;
            }
            _ => {
                if !line.is_note() {
                    value = Some(blocks.len());
                }
                blocks.push(at..at + 1);
            }
        }
    }
    blocks
}
