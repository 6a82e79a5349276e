//! Restoring: what was a person's, or is by now, is theirs again, byte for byte.

use super::{ADOPTED, PUBLISHED, WRITER, kept};
use crate::Document;
use crate::line::Line;

impl Document {
    /// Puts a person's lines back in the place of ours. What they have changed since is theirs as it is.
    pub(super) fn restore(&mut self, section: usize) {
        let lines = self.sections.lines(section);
        let values = self.values(&lines);
        let replaced = self.replaced(&values);
        let mut restored: Vec<Line> = Vec::with_capacity(lines.len());
        // Whose value the last of them is, and whether the property above says what was published.
        let (mut last, mut is_of_published) = (None, false);
        for (line, value) in lines.iter().zip(values) {
            if let Some(kept) = kept::lines(line) {
                let key =
                    self.scheme.keys().iter().find(|key| kept.first().is_some_and(|line| line.has_key(key)));
                if key.is_some_and(|key| replaced.contains(key)) {
                    restored.extend(kept.into_iter().filter(Line::is_note));
                } else {
                    restored.extend(kept);
                    last = key.copied();
                }
                continue;
            }
            if !line.is_note() && !line.is_continuation() {
                is_of_published = line.has_key(PUBLISHED);
            }
            match value {
                Some(value) if !value.is_changed => {}
                None if line.is_continuation() && is_of_published => {}
                // What continues a value of ours goes on with a person's, where that came back, and with nothing else.
                Some(value) if line.is_continuation() && last != Some(value.key) => {}
                None if self.is_ours(line) || line.has_key(ADOPTED) => {}
                _ => {
                    if !line.is_note() && !line.is_continuation() {
                        last = value.map(|value| value.key);
                    }
                    restored.push(line.clone());
                }
            }
        }
        self.replace_ended(section, restored);
    }

    /// Takes out of a section what stands there of an earlier session, whose mark somebody has removed.
    pub(super) fn undo(&mut self, section: usize) {
        let lines = self.sections.lines(section);
        let says = |key: &str| lines.iter().any(|line| line.has_key(key));
        if self.is_restored(&lines) {
            self.restore(section);
        } else if self.says_what_was_published(&lines) || (says(WRITER) && !says(PUBLISHED)) {
            self.remove_values(section);
        }
    }

    pub(super) fn remove_values(&mut self, section: usize) {
        let lines = self.sections.lines(section);
        let lines = lines.iter().zip(self.keys_of_values(&lines));
        let left = lines.filter(|(_, key)| key.is_none()).map(|(line, _)| line.clone()).collect();
        self.replace_ended(section, left);
    }
}
