//! What a person has changed in a section of ours, whether it was adopted or not.

use super::fingerprint::Published;
use super::{adopt, kept};
use crate::Document;
use crate::line::Line;

/// A line that gives one of our keys its value, or continues it.
#[derive(Clone, Copy)]
pub(super) struct Value {
    pub(super) key: &'static str,
    is_first: bool,
    /// A person has put it there since.
    pub(super) is_changed: bool,
}

impl Document {
    /// The keys whose every value is another by now: what was kept of those is of no use any more.
    pub(super) fn replaced(&self, values: &[Option<Value>]) -> Vec<&'static str> {
        let is_replaced = |key: &&&str| {
            let mut of_key =
                values.iter().flatten().filter(|value| value.is_first && value.key == **key).peekable();
            of_key.peek().is_some() && of_key.all(|value| value.is_changed)
        };
        self.scheme.keys().iter().filter(is_replaced).copied().collect()
    }

    /// True when a section is not simply removed, but a person's again: it was before, or they have changed what we would write.
    pub(super) fn is_restored(&self, lines: &[Line]) -> bool {
        adopt::is_adopted(lines) || self.has_changes(lines)
    }

    /// True when a person has changed what we would write. In a section that says neither what was published nor what was adopted, nobody
    /// can tell. A line that only continues a value of ours is part of that.
    pub(super) fn has_changes(&self, lines: &[Line]) -> bool {
        let is_adopted = adopt::is_adopted(lines);
        let is_theirs = |value: &Value| value.is_changed && (value.is_first || is_adopted);
        (is_adopted || self.says_what_was_published(lines))
            && self.values(lines).iter().flatten().any(is_theirs)
    }

    pub(super) fn says_what_was_published(&self, lines: &[Line]) -> bool {
        Published::read(lines, self.scheme.keys()).is_some()
    }

    /// For each line of a section, whether it is a value of ours: what was published, or, before that, what was adopted.
    pub(super) fn values(&self, lines: &[Line]) -> Vec<Option<Value>> {
        let keys = self.keys_of_values(lines);
        let published = Published::read(lines, self.scheme.keys());
        let is_published = adopt::is_published(lines);
        let is_adopted = |key: &&&'static str| {
            let live = lines.iter().zip(&keys).filter(|(_, own)| **own == Some(**key));
            is_kept(lines, key, live.map(|(line, _)| line))
        };
        let adopted: Vec<&str> = self.scheme.keys().iter().filter(is_adopted).copied().collect();
        let mut does_change_on = false;
        let value = |(line, key): (&Line, &Option<&'static str>)| {
            let key = (*key)?;
            let is_first = line.has_key(key);
            let value = line.value().unwrap_or_default();
            if !is_first {
                return Some(Value { key, is_first, is_changed: does_change_on });
            }
            let is_as_published = match &published {
                Some(published) => published.is(key, value),
                // Somebody has removed what says how it was. What a person had comes back.
                None => is_published.then_some(true),
            };
            let is_changed = !is_as_published.unwrap_or_else(|| adopted.contains(&key));
            // Nothing that we publish goes on in a second line.
            does_change_on = is_as_published.is_some() || is_changed;
            Some(Value { key, is_first, is_changed })
        };
        lines.iter().zip(&keys).map(value).collect()
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

/// True when these lines of a key are what is kept of it.
fn is_kept<'a>(lines: &[Line], key: &str, live: impl Iterator<Item = &'a Line>) -> bool {
    let kept = lines.iter().filter_map(kept::lines);
    let kept = kept.filter(|kept| kept.first().is_some_and(|line| line.has_key(key)));
    let kept: Vec<Line> = kept.flatten().collect();
    let kept = kept.iter().filter(|line| !line.is_note()).map(Line::content);
    kept.eq(live.map(Line::content))
}
