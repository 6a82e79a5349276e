//! Withdrawing: our lines go, and nothing else.

use leapp_core::{ProfileName, SessionId};

use super::{
    ADOPTED, FINAL_NEWLINE, MARK, MARKS, Refusal, WITHDRAWN, WRITER, has_final_newline_memory, insert_after,
    mark,
};
use crate::Document;
use crate::line::Line;

/// What came of clearing a section.
struct Cleared {
    /// A person's notes, when the section is gone with its header.
    notes: Option<Vec<Line>>,
    /// When its last line is another one now, whether the line break of that is ours.
    is_pushed: Option<bool>,
}

impl Document {
    pub(super) fn withdraw(&mut self, session: &SessionId, profile: &ProfileName) -> Result<(), Refusal> {
        let sections = self.sections_of_any_spelling(profile.as_str());
        if !sections.is_empty() && sections.iter().all(|section| self.is_foreign(*section)) {
            return Err(Refusal::Foreign);
        }
        let is_of_session =
            |section: &usize| mark(&self.sections.lines(*section)) == Some(session.as_str().as_bytes());
        let sections = sections.into_iter().filter(is_of_session).collect();
        self.clear(sections);
        Ok(())
    }

    /// The text without any section of ours.
    pub(crate) fn without_ours(mut self) -> Self {
        let is_ours = |line: &Line| [MARK, WRITER, ADOPTED].iter().any(|key| line.has_key(key));
        let has_ours = |section: &usize| self.sections.lines(*section).iter().any(is_ours);
        let sections = self.sections.with_header().filter(has_ours).collect();
        self.clear(sections);
        // What is left of a section of ours says whose it was, which is no matter here.
        let is_mark = |line: &Line| MARKS.iter().chain(&[FINAL_NEWLINE]).any(|key| line.has_key(key));
        for section in 0..=self.sections.last() {
            let lines = self.sections.lines(section);
            if lines.iter().any(is_mark) {
                let left = lines.iter().filter(|line| !is_mark(line)).cloned().collect();
                self.sections.replace(section, left);
            }
        }
        self
    }

    /// Removes our lines from sections, given in their order. A person's own keys keep the header, and with it a mark that says so. What
    /// was a person's before is theirs again.
    pub(super) fn clear(&mut self, sections: Vec<usize>) {
        // What is left of sections that are gone, the last first, the section that it will stand behind, and whether the line break before
        // what comes then is ours. It is seen to once: where many sections go, all would be looked at again with each of them.
        let (mut left, mut behind, mut next, mut is_pushed) = (Vec::new(), None, 0, None);
        // From the last one on: all keep their numbers up to the end, and a restored one may become several only behind itself.
        for section in sections.into_iter().rev() {
            let is_adjacent = behind == Some(section);
            // What is restored wants to know how the file ends by then.
            let is_joined = is_adjacent && !self.is_restored(&self.sections.lines(section));
            if let Some(behind) = behind.filter(|_| !is_joined) {
                self.join(behind, next, &mut left, &mut is_pushed);
            }
            if !is_adjacent {
                next = section + 1;
            }
            let cleared = self.clear_one(section, !left.is_empty());
            behind = Some(if cleared.notes.is_some() { section - 1 } else { section });
            left.extend(cleared.notes.filter(|notes| !notes.is_empty()));
            is_pushed = cleared.is_pushed.or(is_pushed);
        }
        if let Some(behind) = behind {
            self.join(behind, next, &mut left, &mut is_pushed);
            self.sections.close_gaps();
        }
    }

    /// Puts what is left of sections behind the one before them, and sees to the line break between that and what comes then.
    fn join(&mut self, behind: usize, next: usize, left: &mut Vec<Vec<Line>>, is_pushed: &mut Option<bool>) {
        self.put_behind(behind, left);
        if let Some(is_pushed) = is_pushed.take() {
            self.hand_on_final_newline(next, is_pushed);
        }
    }

    fn put_behind(&mut self, section: usize, left: &mut Vec<Vec<Line>>) {
        if !left.is_empty() {
            let lines = left.drain(..).rev().flatten();
            self.sections.extend(section, lines);
        }
    }

    /// Clears one section. When its header goes, the section is gone.
    fn clear_one(&mut self, section: usize, has_notes_behind: bool) -> Cleared {
        let lines = self.sections.lines(section);
        if self.is_restored(&lines) {
            self.restore(section);
            return Cleared { notes: None, is_pushed: None };
        }
        let ours = self.ours(&lines);
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

        let had_memory = has_final_newline_memory(&lines);
        let (is_gone, is_end_kept) = (remains.is_empty(), kept.last() == Some(&true) || has_notes_behind);
        let notes = if has_theirs {
            self.sections.replace(section, remains);
            None
        } else {
            self.sections.take_out(section);
            Some(remains)
        };
        Cleared { notes, is_pushed: (!is_end_kept).then_some(is_gone && had_memory) }
    }

    /// The line before the section `next` is another one now, and `is_pushed` says whether its line break is ours: the section
    /// remembers it if that is ours too, and at the end of the file the line break goes.
    fn hand_on_final_newline(&mut self, next: usize, is_pushed: bool) {
        if next > self.sections.last() {
            if is_pushed {
                self.sections.edit_last_line(Line::pop_newline);
            }
            return;
        }
        let mut lines = self.sections.lines(next).into_owned();
        let is_mark = |line: &Line| line.has_key(MARK) || line.has_key(WITHDRAWN);
        let Some(mark) = lines.iter().rposition(is_mark) else { return };
        match (has_final_newline_memory(&lines), is_pushed) {
            (false, true) => {
                let newline = self.sections.newline();
                insert_after(&mut lines, mark, Line::property(FINAL_NEWLINE, "no", newline), newline);
            }
            (true, false) => lines.retain(|line| !line.has_key(FINAL_NEWLINE)),
            (true, true) | (false, false) => return,
        }
        self.sections.replace(next, lines);
    }
}
