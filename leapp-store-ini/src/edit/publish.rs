//! Publishing: a section at the end of the file, or new values in the section that is there.

use leapp_core::{ProfileName, Secret};

use super::entry::Entry;
use super::{
    ADOPTED, FINAL_NEWLINE, IS_PUBLISHED, MARK, PUBLISHED, Refusal, WITHDRAWN, fingerprint, insert_after,
};
use crate::Document;
use crate::line::Line;
use crate::scheme::REGION;

impl Document {
    pub(super) fn publish(&mut self, profile: &ProfileName, mut entry: Entry) -> Result<(), Refusal> {
        let sections = self.sections_of(profile.as_str());
        if sections.iter().any(|section| self.is_foreign(*section)) {
            return Err(Refusal::Foreign);
        }
        for section in sections.into_iter().rev() {
            self.take_up(section, &entry);
        }
        let sections = self.sections_of(profile.as_str());
        let Some((last, copies)) = sections.split_last() else {
            if self.seems_to_have(profile.as_str()) {
                return Err(Refusal::Foreign);
            }
            entry.0.push(self.fingerprint(&entry));
            self.append(profile, &entry.0);
            return Ok(());
        };
        // A Region that a person has given to the profile counts as long as the session names none.
        if entry.0.iter().all(|(key, _)| *key != REGION) {
            entry.0.extend(self.kept_value(&sections, REGION).map(|region| (REGION, region)));
        }
        entry.0.push(self.fingerprint(&entry));
        if self.is_adopted(*last) {
            entry.0.push((ADOPTED, Secret::new(IS_PUBLISHED)));
        }
        self.set(*last, &entry.0);
        let (adopted, copies): (Vec<usize>, Vec<usize>) =
            copies.iter().partition(|copy| self.is_adopted(**copy));
        for copy in adopted {
            self.strip(copy, &entry);
        }
        self.clear(copies);
        Ok(())
    }

    fn fingerprint(&self, entry: &Entry) -> (&'static str, Secret) {
        (PUBLISHED, Secret::new(fingerprint::of_entry(self.scheme.keys(), &entry.0)))
    }

    /// What was left of a section of ours is ours again; what a person has changed since is kept for them.
    fn take_up(&mut self, section: usize, entry: &Entry) {
        let lines = self.sections.lines(section);
        if lines.iter().any(|line| line.has_key(WITHDRAWN)) {
            let mut lines = lines.into_owned();
            for line in lines.iter_mut().filter(|line| line.has_key(WITHDRAWN)) {
                line.set_key(MARK);
            }
            self.sections.replace(section, lines);
        }
        let lines = self.sections.lines(section);
        if self.has_changes(&lines) {
            self.restore(section);
            self.adopt_section(section, &entry.marks());
        }
    }

    /// True when a line may be the profile's header to some tool, though the SDKs' own grammar says that it is none:
    /// indented, ended by a lone carriage return, followed by something else. Python's parser refuses the whole file
    /// when the same section comes again.
    pub(super) fn seems_to_have(&self, profile: &str) -> bool {
        let headers = self.scheme.spellings(profile).into_iter().map(|section| format!("[{section}]"));
        // Looks back only as far as there may be white space: a line may be as long as the file.
        let is_first = |text: &[u8], at: usize| {
            let is_seen = |byte: &u8| byte.is_ascii() && !matches!(byte, b' ' | b'\t' | 0x0b | 0x0c);
            let from = text[..at].iter().rposition(is_seen).map_or(0, |last| last + 1);
            let is_line = from == 0 || matches!(text[from - 1], b'\n' | b'\r');
            is_line && str::from_utf8(&text[from..at]).is_ok_and(|before| before.trim_start().is_empty())
        };
        let runs = self.sections.runs();
        headers.into_iter().any(|header| {
            let header = memchr::memmem::Finder::new(&header);
            runs.iter().any(|text| header.find_iter(text).any(|at| is_first(text, at)))
        })
    }

    fn append(&mut self, profile: &ProfileName, entry: &[(&'static str, Secret)]) {
        let newline = self.sections.newline();
        let mut is_unfinished = false;
        if self.sections.is_unended(self.sections.last()) {
            self.sections.edit_last_line(|line| {
                line.push_newline(newline);
                is_unfinished = true;
            });
        }
        let mut lines = vec![Line::header(&self.scheme.section(profile.as_str()), newline)];
        for (key, value) in entry {
            lines.push(Line::property(key, value.expose(), newline));
            if *key == MARK && is_unfinished {
                lines.push(Line::property(FINAL_NEWLINE, "no", newline));
            }
        }
        self.sections.push(lines);
    }

    /// Gives our properties their values, where they stand; a person's lines and the order stay.
    fn set(&mut self, section: usize, entry: &[(&'static str, Secret)]) {
        self.drop_old_values(section, entry);
        let mut lines = self.sections.lines(section).into_owned();
        let mut after = 0;
        for (key, value) in entry {
            let mut is_there = false;
            for (at, line) in lines.iter_mut().enumerate().filter(|(_, line)| line.has_key(key)) {
                line.set_value(value.expose());
                (after, is_there) = (at, true);
            }
            if !is_there {
                let newline = self.sections.newline();
                insert_after(&mut lines, after, Line::property(key, value.expose(), newline), newline);
                after += 1;
            }
        }
        self.sections.replace(section, lines);
    }

    /// Removes our properties that the new entry lacks, and lines that continue a value of ours: they are part of the old value.
    fn drop_old_values(&mut self, section: usize, entry: &[(&'static str, Secret)]) {
        let is_kept = |line: &Line| {
            line.has_key(FINAL_NEWLINE)
                || entry.iter().any(|(key, _)| line.has_key(key))
                || !self.is_ours(line)
        };
        let mut lines = self.sections.lines(section).into_owned();
        let (mut ours, len) = (self.ours(&lines).into_iter(), lines.len());
        lines.retain(|line| ours.next() != Some(true) || (is_kept(line) && !line.is_continuation()));
        if lines.len() < len {
            self.replace_ended(section, lines);
        }
    }
}
