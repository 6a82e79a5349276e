//! Publishing: a section at the end of the file, or new values in the section that is there.

use std::ops::Range;

use leapp_core::{ProfileName, Secret};

use super::entry::Entry;
use super::{FINAL_NEWLINE, MARK, PUBLISHED, Refusal, WITHDRAWN, fingerprint};
use crate::Document;
use crate::line::Line;
use crate::scheme::REGION;

impl Document {
    pub(super) fn publish(&mut self, profile: &ProfileName, mut entry: Entry) -> Result<(), Refusal> {
        let sections = self.sections(profile.as_str());
        let is_foreign =
            |section: &Range<usize>| self.mark(section.clone()).is_none() && !self.is_rest(section.clone());
        if sections.iter().any(is_foreign) {
            return Err(Refusal::Foreign);
        }
        for section in sections.iter().rev() {
            self.take_up(section.clone(), &entry);
        }
        let sections = self.sections(profile.as_str());
        let Some((last, copies)) = sections.split_last() else {
            if self.seems_to_have(profile.as_str()) {
                return Err(Refusal::Foreign);
            }
            self.append(profile, &entry.0);
            return Ok(());
        };
        // A Region that a person has given to the profile counts as long as the session names none.
        if entry.0.iter().all(|(key, _)| *key != REGION) {
            entry.0.extend(self.kept_value(&sections, REGION).map(|region| (REGION, region)));
        }
        if self.is_adopted(last.clone()) {
            entry.0.push((PUBLISHED, Secret::new(fingerprint::of_entry(&entry.0))));
        }
        self.set(last.clone(), &entry.0);
        for copy in copies.iter().rev() {
            match self.is_adopted(copy.clone()) {
                true => self.strip(copy.clone(), &entry),
                false => self.clear(copy.clone()),
            }
        }
        Ok(())
    }

    /// What was left of a section of ours is ours again; what a person has changed since is kept for them.
    fn take_up(&mut self, section: Range<usize>, entry: &Entry) {
        for line in self.lines[section.clone()].iter_mut().filter(|line| line.has_key(WITHDRAWN)) {
            line.set_key(MARK);
        }
        if self.is_adopted(section.clone()) && self.has_changes(section.clone()) {
            let start = section.start;
            self.restore(section);
            self.adopt_section(self.section_at(start), &entry.marks());
        }
    }

    /// True when a line may be the profile's header to some tool, though the SDKs' own grammar says that it is none:
    /// indented, ended by a lone carriage return, followed by something else. Python's parser refuses the whole file
    /// when the same section comes again.
    fn seems_to_have(&self, profile: &str) -> bool {
        let headers = self.scheme.spellings(profile).into_iter().map(|section| format!("[{section}]"));
        let is_first = |text: &[u8], at: usize| {
            let line = text[..at].rsplit(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
            String::from_utf8_lossy(line).trim_start().is_empty()
        };
        let runs = self.lines.runs();
        headers.into_iter().any(|header| {
            let header = memchr::memmem::Finder::new(&header);
            runs.iter().any(|text| header.find_iter(text).any(|at| is_first(text, at)))
        })
    }

    fn append(&mut self, profile: &ProfileName, entry: &[(&'static str, Secret)]) {
        let newline = self.newline();
        let unfinished = self.lines.last_mut().filter(|line| line.newline().is_none());
        let is_unfinished = unfinished.is_some();
        if let Some(line) = unfinished {
            line.push_newline(newline);
        }
        self.lines.push(Line::header(&self.scheme.section(profile.as_str()), newline));
        for (key, value) in entry {
            self.lines.push(Line::property(key, value.expose(), newline));
            if *key == MARK && is_unfinished {
                self.lines.push(Line::property(FINAL_NEWLINE, "no", newline));
            }
        }
    }

    /// Gives our properties their values, where they stand; a person's lines and the order stay.
    fn set(&mut self, section: Range<usize>, entry: &[(&'static str, Secret)]) {
        let mut end = self.drop_old_values(section.clone(), entry);
        let mut after = section.start;
        for (key, value) in entry {
            let mut is_there = false;
            for at in section.start..end {
                if self.lines[at].has_key(key) {
                    self.lines[at].set_value(value.expose());
                    (after, is_there) = (at, true);
                }
            }
            if !is_there {
                self.insert_after(after, Line::property(key, value.expose(), self.newline()));
                (after, end) = (after + 1, end + 1);
            }
        }
    }

    /// Removes our properties that the new entry lacks, and lines that continue a value of ours: they are part of the
    /// old value. Returns where the section ends now.
    fn drop_old_values(&mut self, section: Range<usize>, entry: &[(&'static str, Secret)]) -> usize {
        let is_kept = |line: &Line| {
            line.has_key(FINAL_NEWLINE)
                || entry.iter().any(|(key, _)| line.has_key(key))
                || !self.is_ours(line)
        };
        let lines = &self.lines[section.clone()];
        let ours = self.ours(section.clone());
        let kept: Vec<Line> = lines
            .iter()
            .zip(ours)
            .filter(|(line, is_ours)| !is_ours || (is_kept(line) && !line.is_continuation()))
            .map(|(line, _)| line.clone())
            .collect();
        let end = section.start + kept.len();
        self.replace(section, kept);
        end
    }
}
