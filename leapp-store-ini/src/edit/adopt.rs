//! Adopting: a person's profile is ours for a while, and then theirs again, byte for byte.

use std::ops::Range;

use leapp_core::{Error, ErrorKind, ProfileName, Secret, SessionId};
use zeroize::Zeroizing;

use super::{ADOPTED, MARK, Refusal, WRITER, entry, kept};
use crate::Document;
use crate::line::Line;
use crate::lines::Lines;

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
    /// [`ErrorKind::NotFound`] when there is no such profile.
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
        let sections = self.sections(profile.as_str());
        if sections.is_empty() {
            let message = format!("there is no profile `{profile}` to adopt");
            return Err(Refusal::Invalid(Error::new(ErrorKind::NotFound, message)));
        }
        let mut number =
            sections.iter().flat_map(|section| &self.lines[section.clone()]).filter_map(kept::number).max();
        // From the last one on: the lines before it keep their places.
        for section in sections.into_iter().rev() {
            if self.mark(section.clone()).is_some() {
                self.mark_as(section, session.as_str());
            } else {
                let mut marks = vec![(MARK, session.as_str())];
                marks.extend(writer.map(|writer| (WRITER, writer)));
                self.adopt_section(section, &marks, &mut number);
            }
        }
        Ok(())
    }

    fn mark_as(&mut self, section: Range<usize>, session: &str) {
        for line in self.lines[section].iter_mut().filter(|line| line.has_key(MARK)) {
            line.set_value(session);
        }
    }

    fn adopt_section(&mut self, section: Range<usize>, marks: &[(&str, &str)], number: &mut Option<usize>) {
        let newline = self.newline();
        let lines = &self.lines[section.clone()];
        let mut adopted = vec![lines[0].clone()];
        for (key, value) in marks {
            adopted.push(Line::property(key, value, newline));
        }
        adopted.push(Line::property(ADOPTED, "yes", newline));
        for block in self.blocks(section.clone()) {
            let lines = &self.lines[block];
            if self.is_ours(&lines[0]) {
                let next = number.map_or(1, |number| number + 1);
                *number = Some(next);
                let bytes: Vec<&[u8]> = lines.iter().map(Line::as_bytes).collect();
                let (key, value) = kept::property(next, &Zeroizing::new(bytes.concat()));
                adopted.push(Line::property(&key, &value, newline));
                // A note between the lines of a value goes with them.
                adopted.extend(lines.iter().filter(|line| !line.is_note()).cloned());
            } else {
                adopted.extend_from_slice(lines);
            }
        }
        self.replace(section, adopted);
    }

    /// True when a section was a person's before.
    pub(super) fn is_adopted(&self, section: Range<usize>) -> bool {
        self.lines[section].iter().any(|line| line.has_key(ADOPTED))
    }

    /// The last value that a person gave to a key of ours, if it can stand in one line.
    pub(super) fn kept_value(&self, sections: &[Range<usize>], key: &str) -> Option<Secret> {
        let lines = sections.iter().flat_map(|section| &self.lines[section.clone()]);
        let mut kept = lines.filter_map(kept::bytes).filter_map(|(_, bytes)| {
            let lines = Lines::parse(bytes, 0);
            let line = lines.first().filter(|line| line.has_key(key) && lines.len() == 1)?;
            Some(Secret::new(str::from_utf8(line.value()?).ok()?))
        });
        kept.next_back().filter(|value| entry::is_read_back(value.expose()) && !value.expose().is_empty())
    }

    /// Removes our values from a section that is a session's from now on, and leaves what a person had there.
    pub(super) fn strip(&mut self, section: Range<usize>, session: &str) {
        self.mark_as(section.clone(), session);
        let ours = self.ours(section.clone());
        let lines = &self.lines[section.clone()];
        let is_value =
            |line: &Line| line.is_continuation() || self.scheme.keys().iter().any(|key| line.has_key(key));
        let left = lines.iter().zip(ours).filter(|(line, is_ours)| !(*is_ours && is_value(line)));
        let left: Vec<Line> = left.map(|(line, _)| line.clone()).collect();
        self.replace(section, left);
    }

    /// Puts a person's lines back in the place of ours.
    pub(super) fn restore(&mut self, section: Range<usize>) {
        let ours = self.ours(section.clone());
        let lines = &self.lines[section.clone()];
        let mut restored = Vec::with_capacity(lines.len());
        for (line, is_ours) in lines.iter().zip(ours) {
            match kept::bytes(line) {
                Some((_, bytes)) => restored.extend_from_slice(&Lines::parse(bytes, 0)),
                None if is_ours || line.has_key(ADOPTED) => {}
                None => restored.push(line.clone()),
            }
        }
        self.replace(section, restored);
    }

    /// A section's lines below its header, those that continue a value together with it.
    fn blocks(&self, section: Range<usize>) -> Vec<Range<usize>> {
        let mut blocks: Vec<Range<usize>> = Vec::new();
        let mut value: Option<usize> = None;
        for at in section.start + 1..section.end {
            let line = &self.lines[at];
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
}
