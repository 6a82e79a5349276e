//! What publishing and withdrawing do to a document.

mod entry;
mod publish;
#[cfg(test)]
mod tests;
mod withdraw;

use std::ops::Range;

use leapp_core::{Change, Error, ErrorKind};

use crate::Document;
use crate::line::Line;

/// The property that says a section is ours, and whose.
///
/// A property and not a comment: tools that rewrite the file drop comments. AWS tools ignore keys they do not know.
pub(crate) const MARK: &str = "x_leapp_session";

/// The property that remembers that the line break before the section's header was put there by us.
const FINAL_NEWLINE: &str = "x_leapp_final_newline";

/// Why an edit was refused.
#[derive(Debug)]
pub(crate) enum Refusal {
    Foreign,
    Invalid(Error),
}

impl Document {
    /// The text with these changes made to it, all of them or none: what [`CredentialsFile`](crate::CredentialsFile) would write.
    ///
    /// ```
    /// use leapp_core::{Change, ProfileName, SessionId};
    /// use leapp_store_ini::Document;
    ///
    /// let document = Document::parse(b"[prod] # mine\n[dev]\nx_leapp_session = s\naws_access_key_id = ASIAEXAMPLE\n");
    /// let withdraw = |profile| -> Result<Change, leapp_core::Error> {
    ///     Ok(Change::Withdraw { session: SessionId::parse("s")?, profile: ProfileName::parse(profile)? })
    /// };
    /// assert_eq!(document.clone().with_changes(&[withdraw("dev")?])?.to_bytes().as_slice(), b"[prod] # mine\n");
    /// assert!(document.with_changes(&[withdraw("prod")?]).is_err());
    /// # Ok::<(), leapp_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::NotOurs`] when a profile was not written by this library; [`ErrorKind::InvalidInput`] when a value cannot stand
    /// in a credentials file; [`ErrorKind::Unsupported`] for a kind of change that this version does not know.
    pub fn with_changes(mut self, changes: &[Change]) -> Result<Self, Error> {
        for change in changes {
            self.apply(change).map_err(|refusal| match refusal {
                Refusal::Invalid(error) => error,
                Refusal::Foreign => {
                    let message = format!("profile `{}` was not written by this library", change.profile());
                    Error::new(ErrorKind::NotOurs, message)
                }
            })?;
        }
        Ok(self)
    }

    /// Makes one change. After a refusal the document may be half changed.
    pub(crate) fn apply(&mut self, change: &Change) -> Result<(), Refusal> {
        match change {
            Change::Publish { session, profile, region, credentials } => {
                let entry =
                    entry::properties(session, region.as_ref(), credentials).map_err(Refusal::Invalid)?;
                self.publish(profile, &entry)
            }
            Change::Withdraw { session, profile } => self.withdraw(session, profile),
            other => Err(Refusal::Invalid(entry::unsupported(other))),
        }
    }

    /// The session that a section is marked with.
    fn mark(&self, section: Range<usize>) -> Option<&[u8]> {
        self.lines[section].iter().rev().find(|line| line.has_key(MARK)).and_then(Line::value)
    }

    /// True when the line break before the section's header is ours.
    fn has_final_newline_memory(&self, section: Range<usize>) -> bool {
        self.lines[section].iter().any(|line| line.has_key(FINAL_NEWLINE))
    }

    /// Puts a line after another; a last line without a line break stays without one.
    fn insert_after(&mut self, at: usize, mut line: Line) {
        let newline = self.newline();
        let before = &mut self.lines[at];
        if before.newline().is_none() {
            before.push_newline(newline);
            line.pop_newline(newline);
        }
        self.lines.insert(at + 1, line);
    }
}

/// True for what we write into a section. A person's other keys are theirs.
fn is_ours(line: &Line) -> bool {
    line.has_key(MARK) || line.has_key(FINAL_NEWLINE) || entry::KEYS.iter().any(|key| line.has_key(key))
}

/// For each line of a section, whether it is one of our properties or continues the value of one.
fn ours(section: &[Line]) -> Vec<bool> {
    let mut is_value_ours = false;
    let judge = |line: &Line| {
        if !line.is_continuation() && !line.is_note() {
            is_value_ours = is_ours(line);
        }
        is_value_ours && !line.is_note()
    };
    section.iter().map(judge).collect()
}
