//! Withdrawing: our lines go, and nothing else.

use std::ops::Range;

use leapp_core::{ProfileName, SessionId};

use super::{ADOPTED, FINAL_NEWLINE, MARK, MARKS, Refusal, WITHDRAWN, WRITER};
use crate::Document;
use crate::line::{Line, Newline};

impl Document {
    pub(super) fn withdraw(&mut self, session: &SessionId, profile: &ProfileName) -> Result<(), Refusal> {
        let sections = self.sections_of_any_spelling(profile.as_str());
        let is_foreign =
            |section: &Range<usize>| self.mark(section.clone()).is_none() && !self.is_rest(section.clone());
        if !sections.is_empty() && sections.iter().all(is_foreign) {
            return Err(Refusal::Foreign);
        }
        for section in sections.into_iter().rev() {
            if self.mark(section.clone()) == Some(session.as_str().as_bytes()) {
                self.clear(section);
            }
        }
        Ok(())
    }

    /// The text without any section of ours.
    pub(crate) fn without_ours(mut self) -> Self {
        let headers: Vec<usize> = self.lines.headers().collect();
        // From the last one on: the lines before it keep their places.
        for section in headers.into_iter().rev().map(|at| self.section_at(at)).collect::<Vec<_>>() {
            let is_ours = |line: &Line| [MARK, WRITER, ADOPTED].iter().any(|key| line.has_key(key));
            if self.lines[section.clone()].iter().any(is_ours) {
                self.clear(section);
            }
        }
        // What is left of a section of ours says whose it was, which is no matter here.
        let is_mark = |line: &Line| MARKS.iter().chain(&[FINAL_NEWLINE]).any(|key| line.has_key(key));
        let marks: Vec<usize> = (0..self.lines.len()).filter(|at| is_mark(&self.lines[*at])).collect();
        for at in marks.into_iter().rev() {
            self.lines.splice(at..at + 1, Vec::new());
        }
        self
    }

    /// Removes our lines from a section. A person's own keys keep the header, and with it a mark that says so. What was a person's
    /// before is theirs again.
    pub(super) fn clear(&mut self, section: Range<usize>) {
        if self.is_adopted(section.clone()) {
            return self.restore(section);
        }
        let lines = &self.lines[section.clone()];
        let ours = self.ours(section.clone());
        let has_theirs = lines.iter().zip(&ours).skip(1).any(|(line, is_ours)| !is_ours && !line.is_note());
        let is_kept = |at: usize, line: &Line| match at {
            0 => has_theirs,
            _ => !ours[at] || (has_theirs && (line.has_key(MARK) || line.has_key(FINAL_NEWLINE))),
        };
        let kept: Vec<bool> = lines.iter().enumerate().map(|(at, line)| is_kept(at, line)).collect();
        let mut remains: Vec<Line> =
            lines.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(line, _)| line.clone()).collect();
        for line in remains.iter_mut().filter(|line| line.has_key(MARK)) {
            line.set_key(WITHDRAWN);
        }

        let pushed = lines.first().and_then(Line::newline).unwrap_or(Newline::Lf);
        let had_memory = self.has_final_newline_memory(section.clone());
        let next = section.start + remains.len();
        let (is_gone, is_end_kept) = (remains.is_empty(), kept.last() == Some(&true));
        self.lines.splice(section, remains);
        if !is_end_kept {
            self.hand_on_final_newline(next, is_gone && had_memory, pushed);
        }
    }

    /// The line before `next` is another one now, and `is_pushed` says whether its line break is ours: the section at
    /// `next` remembers it if that is ours too, and at the end of the file the line break goes.
    fn hand_on_final_newline(&mut self, next: usize, is_pushed: bool, pushed: Newline) {
        if next == self.lines.len() {
            if let (true, Some(last)) = (is_pushed, self.lines.last_mut()) {
                last.pop_newline(pushed);
            }
            return;
        }
        let section = self.section_at(next);
        let Some(mark) = self.lines[section.clone()]
            .iter()
            .rposition(|line| line.has_key(MARK) || line.has_key(WITHDRAWN))
        else {
            return;
        };
        match (self.has_final_newline_memory(section.clone()), is_pushed) {
            (false, true) => {
                self.insert_after(next + mark, Line::property(FINAL_NEWLINE, "no", self.newline()));
            }
            (true, false) => {
                let kept = self.lines[section.clone()].iter().filter(|line| !line.has_key(FINAL_NEWLINE));
                let kept: Vec<Line> = kept.cloned().collect();
                self.lines.splice(section, kept);
            }
            (true, true) | (false, false) => {}
        }
    }
}
