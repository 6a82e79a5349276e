//! What a person has changed in a section that was adopted.

use super::{PUBLISHED, fingerprint, kept};
use crate::Document;
use crate::document::joined;
use crate::line::Line;

impl Document {
    /// True when a person has changed what we would write.
    pub(super) fn has_changes(&self, lines: &[Line]) -> bool {
        !self.changes(lines).is_empty()
    }

    /// The keys whose values in an adopted section are neither what was published nor, before that, what was adopted.
    pub(super) fn changes(&self, lines: &[Line]) -> Vec<&'static str> {
        let keys = self.keys_of_values(lines);
        let published = lines.iter().rev().find(|line| line.has_key(PUBLISHED)).and_then(Line::value);
        let is_changed = |key: &&'static str| {
            let of_key = |at: &usize| keys[*at] == Some(*key);
            let live: Vec<usize> = (0..lines.len()).filter(of_key).collect();
            let Some(last) = live.iter().rev().find(|at| lines[**at].has_key(key)) else { return false };
            let value = joined(&lines[*last..]);
            match published.and_then(|published| fingerprint::is_published(published, key, &value)) {
                Some(is_published) => !is_published,
                None => {
                    let kept = lines.iter().filter_map(kept::lines);
                    let kept = kept.filter(|kept| kept.first().is_some_and(|line| line.has_key(key)));
                    let kept: Vec<Line> = kept.flatten().collect();
                    let kept = kept.iter().filter(|line| !line.is_note()).map(Line::content);
                    !kept.eq(live.iter().map(|at| lines[*at].content()))
                }
            }
        };
        self.scheme.keys().iter().filter(|key| is_changed(key)).copied().collect()
    }

    /// For each line of a section, the key of ours whose value it is or continues.
    pub(super) fn keys_of_values(&self, lines: &[Line]) -> Vec<Option<&'static str>> {
        let mut key = None;
        let of_line = |line: &Line| {
            if !line.is_continuation() && !line.is_note() {
                key = self.scheme.keys().iter().find(|key| line.has_key(key)).copied();
            }
            key.filter(|_| !line.is_note())
        };
        lines.iter().map(of_line).collect()
    }
}
