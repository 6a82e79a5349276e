//! Whether a state after a power loss keeps what was promised.

use std::sync::Arc;

use super::disk::{Content, Entry, State};

/// Bits that let anybody but the owner read or write.
const FOR_OTHERS: u32 = 0o077;

/// What a history of updates of one file promises.
#[derive(Debug)]
pub(crate) struct Promise {
    /// Where the file really is, behind its links.
    pub(crate) target: String,
    /// The file before the first update and after each; `None` while there is none.
    pub(crate) versions: Vec<Option<Arc<Content>>>,
    /// Everything that was there before.
    pub(crate) before: State,
}

impl Promise {
    /// Judges a state in which so many updates have been reported as done.
    pub(crate) fn judge(&self, state: &State, reported: usize) -> Result<(), String> {
        self.judge_target(state, reported)?;
        for (path, entry) in &state.entries {
            self.judge_entry(path, entry)?;
        }
        match self
            .before
            .entries
            .keys()
            .find(|path| !state.entries.contains_key(*path) && !self.is_ours(path))
        {
            Some(path) => Err(format!("`{path}` is gone")),
            None => Ok(()),
        }
    }

    /// Judges what is there after the last update, done or failed, when everything has arrived.
    pub(crate) fn judge_end(&self, state: &State, reported: usize) -> Result<(), String> {
        self.judge(state, reported)?;
        if !is_same(&self.versions[reported], state.content(&self.target)) {
            return Err("the file is not what the last reported update makes of it".to_owned());
        }
        if self.temps().iter().any(|temp| state.entries.contains_key(temp)) {
            return Err("a temporary file is left".to_owned());
        }
        Ok(())
    }

    /// The file is whole, and as new as what was reported: the update that may be under way is done or not begun.
    fn judge_target(&self, state: &State, reported: usize) -> Result<(), String> {
        let found = state.content(&self.target);
        if self.versions[reported..].iter().take(2).any(|version| is_same(version, found)) {
            return Ok(());
        }
        let older = self.versions[..reported].iter().rposition(|version| is_same(version, found));
        Err(match (found, older) {
            (_, Some(older)) => {
                format!("{reported} updates were reported, the file is that of update {older}")
            }
            (None, None) => "the file is gone".to_owned(),
            (Some(found), None) if found.bytes.is_empty() => "the file is empty".to_owned(),
            (Some(_), None) => "the file is neither the old nor the new one".to_owned(),
        })
    }

    fn judge_entry(&self, path: &str, entry: &Entry) -> Result<(), String> {
        let before = self.before.entries.get(path);
        if before == Some(entry) {
            return Ok(());
        }
        let is_temp = self.temps().iter().any(|temp| temp == path);
        if is_temp && Some(entry) == self.before.entries.get(&self.target) {
            // What was displaced is as open to others as it was.
            return Ok(());
        }
        match entry {
            Entry::File { mode, .. } | Entry::Folder { mode } if mode & FOR_OTHERS != 0 => {
                Err(format!("`{path}` has the mode {mode:o}"))
            }
            Entry::Folder { .. } if self.target.starts_with(&format!("{path}/")) => Ok(()),
            Entry::File { .. } if path == self.target => Ok(()),
            Entry::File { content, .. } if is_lock(path) && content.bytes.is_empty() => Ok(()),
            Entry::File { .. } if is_temp => Ok(()),
            _ if before.is_some() => Err(format!("`{path}` has changed")),
            _ => Err(format!("`{path}` is a stray file")),
        }
    }

    fn is_ours(&self, path: &str) -> bool {
        path == self.target || is_lock(path) || self.temps().iter().any(|temp| temp == path)
    }

    /// Swept by whoever opens the file next: half a text, a complete one.
    pub(crate) fn temps(&self) -> [String; 2] {
        let name = match self.target.rsplit_once('/') {
            Some((folder, name)) => format!("{folder}/.{name}"),
            None => format!(".{}", self.target),
        };
        ["leapp-tmp", "leapp-new"].map(|ending| format!("{name}.{ending}"))
    }
}

/// The lock of the file, and those of its writers.
fn is_lock(path: &str) -> bool {
    path.ends_with(".leapp-lock")
}

/// True when a file is that version, whoever has written it.
fn is_same(version: &Option<Arc<Content>>, found: Option<&Arc<Content>>) -> bool {
    match (version, found) {
        (Some(version), Some(found)) => without_writer(&found.bytes) == version.bytes,
        (version, found) => version.is_none() && found.is_none(),
    }
}

/// A text without the names of writers, which are others each time.
pub(crate) fn without_writer(text: &[u8]) -> Vec<u8> {
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    lines.filter(|line| !line.starts_with(b"x_leapp_writer = ")).flatten().copied().collect()
}
