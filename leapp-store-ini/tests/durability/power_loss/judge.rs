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
        if state.content(&self.target) != self.versions[reported].as_ref() {
            return Err("the file is not what the last reported update makes of it".to_owned());
        }
        if state.entries.contains_key(&self.temp()) {
            return Err("a temporary file is left".to_owned());
        }
        Ok(())
    }

    /// The file is whole, and as new as what was reported: the update that may be under way is done or not begun.
    fn judge_target(&self, state: &State, reported: usize) -> Result<(), String> {
        let found = state.content(&self.target);
        if self.versions[reported..].iter().take(2).any(|version| version.as_ref() == found) {
            return Ok(());
        }
        let older = self.versions[..reported].iter().rposition(|version| version.as_ref() == found);
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
        if path == self.temp() && Some(entry) == self.before.entries.get(&self.target) {
            // What was displaced is as open to others as it was.
            return Ok(());
        }
        match entry {
            Entry::File { mode, .. } | Entry::Folder { mode } if mode & FOR_OTHERS != 0 => {
                Err(format!("`{path}` has the mode {mode:o}"))
            }
            Entry::Folder { .. } if self.target.starts_with(&format!("{path}/")) => Ok(()),
            Entry::File { .. } if path == self.target => Ok(()),
            Entry::File { content, .. } if path == self.lock() && content.bytes.is_empty() => Ok(()),
            Entry::File { .. } if path == self.temp() => Ok(()),
            _ if before.is_some() => Err(format!("`{path}` has changed")),
            _ => Err(format!("`{path}` is a stray file")),
        }
    }

    fn is_ours(&self, path: &str) -> bool {
        path == self.target || path == self.lock() || path == self.temp()
    }

    fn lock(&self) -> String {
        format!("{}.leapp-lock", self.target)
    }

    /// Swept by whoever opens the file next.
    pub(crate) fn temp(&self) -> String {
        match self.target.rsplit_once('/') {
            Some((folder, name)) => format!("{folder}/.{name}.leapp-tmp"),
            None => format!(".{}.leapp-tmp", self.target),
        }
    }
}
