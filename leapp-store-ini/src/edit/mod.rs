//! What publishing, withdrawing and adopting do to a document.

mod adopt;
mod changes;
mod entry;
mod fingerprint;
mod kept;
// A text reads the same on every system, and a million take a while.
#[cfg(test)]
#[cfg(unix)]
mod legal_files;
mod orphan;
mod publish;
mod restore;
#[cfg(test)]
mod tests;
mod withdraw;

use leapp_core::{Change, Error, ErrorKind, ProfileName};

use crate::line::{Line, Newline};
use crate::scheme::Scheme;
use crate::{CredentialProcess, Document};

pub use orphan::Orphan;

/// The property that says a section is ours, and whose.
///
/// A property and not a comment: tools that rewrite the file drop comments. AWS tools ignore keys they do not know.
pub(crate) const MARK: &str = "x_leapp_session";

/// The property that remembers that the line break before the section's header was put there by us.
const FINAL_NEWLINE: &str = "x_leapp_final_newline";

/// The property that names the lock that the process which wrote the section holds while it lives.
const WRITER: &str = "x_leapp_writer";

/// The mark of a section that was ours and has a person's own keys: whoever wrote it is gone from it.
const WITHDRAWN: &str = "x_leapp_withdrawn";

/// What was published in a section: a value that is another by now is a person's.
const PUBLISHED: &str = "x_leapp_published";

/// The property that says that the section was a person's before, and is to be theirs again: `yes`, or [`IS_PUBLISHED`].
const ADOPTED: &str = "x_leapp_adopted";

/// Says of a section that was adopted that what we published stands in it.
const IS_PUBLISHED: &str = "published";

/// What says whose a section is.
const MARKS: [&str; 4] = [MARK, WRITER, WITHDRAWN, PUBLISHED];

/// Why an edit was refused.
#[derive(Debug)]
pub(crate) enum Refusal {
    Foreign,
    Invalid(Error),
}

/// Who writes, and what besides the credentials goes into a section.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Author<'a> {
    /// The name of the lock that says that the writer lives.
    pub(crate) writer: Option<&'a str>,
    /// What a profile of the config file runs.
    pub(crate) process: Option<&'a CredentialProcess>,
}

impl Document {
    /// The text with these changes made to it, all of them or none, as [`CredentialsFile`](crate::CredentialsFile) would make them. No writer is
    /// named: whoever asks for [orphans](crate::CredentialsFile::orphans) finds such a profile among them.
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
    /// in a credentials file; [`ErrorKind::Unsupported`] for a kind of change that this version does not know, and for credentials that
    /// are to be published in a config file: [`ConfigFile`](crate::ConfigFile) publishes there what programs run to obtain them.
    pub fn with_changes(mut self, changes: &[Change]) -> Result<Self, Error> {
        for change in changes {
            self.apply(change, Author::default()).map_err(|refusal| refusal.of(change.profile()))?;
        }
        Ok(self)
    }

    /// Makes one change. After a refusal the document may be half changed.
    pub(crate) fn apply(&mut self, change: &Change, author: Author<'_>) -> Result<(), Refusal> {
        match change {
            Change::Publish { session, profile, region, credentials } => {
                let entry = match (author.process, self.scheme) {
                    (Some(process), _) => entry::of_process(session, process),
                    (None, Scheme::Credentials) => entry::of_credentials(session, credentials),
                    (None, Scheme::Config) => Err(entry::not_in_config(profile)),
                };
                let entry = entry.and_then(|entry| entry.owned(author.writer).in_region(region.as_ref()));
                self.publish(profile, entry.map_err(Refusal::Invalid)?)
            }
            Change::Withdraw { session, profile } => self.withdraw(session, profile),
            other => Err(Refusal::Invalid(entry::unsupported(other))),
        }
    }

    /// Puts other lines in the place of a section, each with a line break. At the end of a file that has none there, the last is left
    /// without: if it is one of ours, or a header, behind which one was put when lines of ours came below. What else has one has it from
    /// a person.
    fn replace_ended(&mut self, section: usize, mut lines: Vec<Line>) {
        let is_unended = self.is_unended_end(section);
        let is_value_of_ours = self.ours(&lines).last() == Some(&true);
        let last = if is_unended { lines.pop() } else { None };
        for line in lines.iter_mut().filter(|line| line.newline().is_none()) {
            line.push_newline(self.sections.newline());
        }
        if let Some(mut last) = last {
            let has_none_of_its_own = is_value_of_ours || last.is_header() || is_memory(&last);
            if has_none_of_its_own {
                last.pop_newline();
            }
            lines.push(last);
        }
        self.sections.replace(section, lines);
    }

    /// True for the last section of a file that has no line break at its end.
    fn is_unended_end(&self, section: usize) -> bool {
        section == self.sections.last() && self.sections.is_unended(section)
    }

    /// True for what we write into a section. A person's other keys are theirs.
    fn is_ours(&self, line: &Line) -> bool {
        MARKS.iter().chain(&[FINAL_NEWLINE]).chain(self.scheme.keys()).any(|key| line.has_key(key))
    }

    /// True for a section that this library has not written.
    fn is_foreign(&self, section: usize) -> bool {
        let lines = self.sections.lines(section);
        mark(&lines).is_none() && !self.is_rest(&lines)
    }

    /// True for a section that was ours and in which a person has put nothing that we would write.
    fn is_rest(&self, lines: &[Line]) -> bool {
        lines.iter().any(|line| line.has_key(WITHDRAWN))
            && !lines.iter().any(|line| self.scheme.keys().iter().any(|key| line.has_key(key)))
    }

    /// For each line of a section, whether it is one of our properties or continues the value of one.
    fn ours(&self, lines: &[Line]) -> Vec<bool> {
        let mut is_value_ours = false;
        let judge = |line: &Line| {
            if !line.is_continuation() && !line.is_note() {
                is_value_ours = self.is_ours(line);
            }
            is_value_ours && !line.is_note()
        };
        lines.iter().map(judge).collect()
    }
}

/// The session that a section is marked with.
fn mark(lines: &[Line]) -> Option<&[u8]> {
    lines.iter().rev().find(|line| line.has_key(MARK)).and_then(Line::value).map(kept::unquoted)
}

/// True for a line that remembers what a person had in the section.
fn is_memory(line: &Line) -> bool {
    line.has_key(ADOPTED) || kept::number(line).is_some()
}

/// True when the line break before the section's header is ours.
fn has_final_newline_memory(lines: &[Line]) -> bool {
    lines.iter().any(|line| line.has_key(FINAL_NEWLINE))
}

/// Puts a line after another; a last line without a line break stays without one.
fn insert_after(lines: &mut Vec<Line>, at: usize, mut line: Line, newline: Newline) {
    let before = &mut lines[at];
    if before.newline().is_none() {
        before.push_newline(newline);
        line.pop_newline();
    }
    lines.insert(at + 1, line);
}

impl Refusal {
    /// As an error about a profile.
    pub(crate) fn of(self, profile: &ProfileName) -> Error {
        match self {
            Self::Foreign => {
                let message = format!("profile `{profile}` was not written by this library");
                Error::new(ErrorKind::NotOurs, message)
            }
            Self::Invalid(error) => error,
        }
    }
}
