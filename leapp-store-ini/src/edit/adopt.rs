//! Adopting: a person's profile is ours for a while, and then theirs again, byte for byte.

use std::ops::Range;

use leapp_core::{Error, ErrorKind, ProfileName, Secret, SessionId};
use zeroize::Zeroizing;

use super::entry::{self, Entry};
use super::{ADOPTED, MARK, MARKS, PUBLISHED, Refusal, WRITER, fingerprint, kept};
use crate::Document;
use crate::document::joined;
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
        let mut marks = vec![(MARK, session.as_str())];
        marks.extend(writer.map(|writer| (WRITER, writer)));
        // From the last one on: the lines before it keep their places.
        for section in sections.into_iter().rev() {
            if self.mark(section.clone()).is_some() {
                self.mark_as(section, &marks);
            } else {
                let start = section.start;
                self.undo(section);
                self.adopt_section(self.section_at(start), &marks);
            }
        }
        Ok(())
    }

    /// Gives a section of ours other marks.
    fn mark_as(&mut self, section: Range<usize>, marks: &[(&str, &str)]) {
        let newline = self.newline();
        let is_old = |line: &Line| [MARK, WRITER].iter().any(|key| line.has_key(key));
        let mut lines: Vec<Line> =
            self.lines[section.clone()].iter().filter(|line| !is_old(line)).cloned().collect();
        let marks = marks.iter().map(|(key, value)| Line::property(key, value, newline));
        lines.splice(1..1, marks);
        self.replace(section, lines);
    }

    /// Takes out of a section what stands there of an earlier session, whose mark somebody has removed.
    fn undo(&mut self, section: Range<usize>) {
        let lines = &self.lines[section.clone()];
        if self.is_adopted(section.clone()) {
            self.restore(section);
        } else if lines.iter().any(|line| line.has_key(WRITER)) {
            self.remove_values(section);
        }
    }

    pub(super) fn adopt_section(&mut self, section: Range<usize>, marks: &[(&str, &str)]) {
        let newline = self.newline();
        let lines = &self.lines[section.clone()];
        let mut adopted = vec![lines[0].clone()];
        for (key, value) in marks {
            adopted.push(Line::property(key, value, newline));
        }
        adopted.push(Line::property(ADOPTED, "yes", newline));
        let mut number = 0;
        for block in self.blocks(section.clone()) {
            let lines = &self.lines[block];
            if MARKS.iter().any(|key| lines[0].has_key(key)) {
                continue;
            }
            if self.scheme.keys().iter().any(|key| lines[0].has_key(key)) {
                number += 1;
                let bytes: Vec<&[u8]> = lines.iter().map(Line::as_bytes).collect();
                let (key, value) = kept::property(number, &Zeroizing::new(bytes.concat()));
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
        self.lines[section].iter().any(|line| line.has_key(ADOPTED) || kept::number(line).is_some())
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
    pub(super) fn strip(&mut self, section: Range<usize>, entry: &Entry) {
        let start = section.start;
        self.mark_as(section, &entry.marks());
        self.remove_values(self.section_at(start));
    }

    fn remove_values(&mut self, section: Range<usize>) {
        let keys = self.keys_of_values(section.clone());
        let lines = self.lines[section.clone()].iter().zip(keys);
        let left: Vec<Line> = lines.filter(|(_, key)| key.is_none()).map(|(line, _)| line.clone()).collect();
        self.replace(section, left);
    }

    /// Puts a person's lines back in the place of ours. What they have changed since is theirs as it is.
    pub(super) fn restore(&mut self, section: Range<usize>) {
        let changed = self.changes(section.clone());
        let keys = self.keys_of_values(section.clone());
        let lines = &self.lines[section.clone()];
        let mut restored = Vec::with_capacity(lines.len());
        for (line, key) in lines.iter().zip(keys) {
            match (kept::bytes(line), key) {
                (Some((_, bytes)), _) => {
                    let kept = Lines::parse(bytes, 0);
                    if !kept.first().is_some_and(|line| changed.iter().any(|key| line.has_key(key))) {
                        restored.extend_from_slice(&kept);
                    }
                }
                (None, Some(key)) if !changed.contains(&key) => {}
                (None, None) if self.is_ours(line) || line.has_key(ADOPTED) => {}
                (None, _) => restored.push(line.clone()),
            }
        }
        self.replace(section, restored);
    }

    /// True when a person has changed what we would write.
    pub(super) fn has_changes(&self, section: Range<usize>) -> bool {
        !self.changes(section).is_empty()
    }

    /// The keys whose values in an adopted section are neither what was published nor, before that, what was adopted.
    fn changes(&self, section: Range<usize>) -> Vec<&'static str> {
        let lines = &self.lines[section.clone()];
        let keys = self.keys_of_values(section);
        let published = lines.iter().rev().find(|line| line.has_key(PUBLISHED)).and_then(Line::value);
        let is_changed = |key: &&'static str| {
            let of_key = |at: &usize| keys[*at] == Some(*key);
            let live: Vec<usize> = (0..lines.len()).filter(of_key).collect();
            let Some(last) = live.iter().rev().find(|at| lines[**at].has_key(key)) else { return false };
            let value = joined(&lines[*last..]);
            match published.and_then(|published| fingerprint::is_published(published, key, &value)) {
                Some(is_published) => !is_published,
                None => {
                    let kept = lines.iter().filter_map(kept::bytes).map(|(_, bytes)| Lines::parse(bytes, 0));
                    let kept = kept.filter(|kept| kept.first().is_some_and(|line| line.has_key(key)));
                    let kept: Vec<Line> = kept.flat_map(|kept| kept.to_vec()).collect();
                    let kept = kept.iter().filter(|line| !line.is_note()).map(Line::content);
                    !kept.eq(live.iter().map(|at| lines[*at].content()))
                }
            }
        };
        self.scheme.keys().iter().filter(|key| is_changed(key)).copied().collect()
    }

    /// For each line of a section, the key of ours whose value it is or continues.
    fn keys_of_values(&self, section: Range<usize>) -> Vec<Option<&'static str>> {
        let mut key = None;
        let of_line = |line: &Line| {
            if !line.is_continuation() && !line.is_note() {
                key = self.scheme.keys().iter().find(|key| line.has_key(key)).copied();
            }
            key.filter(|_| !line.is_note())
        };
        self.lines[section].iter().map(of_line).collect()
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
