//! A history as it happened: the log of it, and what it promises.

use std::iter;
use std::path::Path;
use std::sync::Arc;

use leapp_core::Change;
use leapp_store_ini::Document;

use super::disk::{Content, Moment};
use super::histories::{History, PROFILE};
use super::judge::Promise;
use super::log::{Log, Op};
use super::replay::Replay;
use super::strace;
use crate::changes::{publish, withdraw};
use crate::writer::Writer;

const FIRST: u32 = 1;

/// A log with what it promises.
#[derive(Debug)]
pub(crate) struct Recorded {
    pub(crate) log: Log,
    pub(crate) promise: Promise,
    /// How the writer ended, and what it had to say about that.
    pub(crate) is_success: bool,
    pub(crate) said: String,
}

impl History {
    /// Records a writer.
    pub(crate) fn record(&self, writer: &Writer) -> Recorded {
        let folder = tempfile::tempdir().unwrap();
        (self.prepare)(folder.path());
        let path = folder.path().canonicalize().unwrap();
        let mut command = writer.command(&path.join(self.file), PROFILE, FIRST, self.updates);
        command.args(self.is_withdrawn.then_some("withdraw"));
        let replay = Replay::over(&path);
        let before = Moment::after(&Log::over(&path), 0).complete();
        let (calls, output) = strace::record(&command, &path, self.tampering);

        let log = replay.run(&calls);
        self.check_against(&log, &path);
        let first = before.content(self.target).cloned();
        let promise = Promise { target: self.target.to_owned(), versions: self.versions(first), before };
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Recorded { log, promise, is_success: output.status.success(), said }
    }

    fn changes(&self) -> Vec<Change> {
        let numbers = FIRST..FIRST + self.updates;
        let withdrawn = || self.is_withdrawn.then(|| withdraw(PROFILE).unwrap());
        numbers.flat_map(|number| [Some(publish(PROFILE, number).unwrap()), withdrawn()]).flatten().collect()
    }

    /// What each update makes of the file, worked out without writing any.
    fn versions(&self, first: Option<Arc<Content>>) -> Vec<Option<Arc<Content>>> {
        let mut document = Document::parse(first.as_ref().map_or(&[], |content| content.bytes.as_slice()));
        let mut versions = vec![first];
        for change in self.changes() {
            document = document.with_changes(&[change]).unwrap();
            versions.push(Some(Content::new(document.to_bytes().to_vec())));
        }
        versions
    }

    /// What the log comes to is what is really there, or else a call was missed.
    fn check_against(&self, log: &Log, folder: &Path) {
        let replayed = Moment::after(log, log.ops.len()).complete().for_owner();
        let real = Moment::after(&Log::over(folder), 0).complete().for_owner();
        assert_eq!(replayed.entries, real.entries, "{}: the log is not what happened", self.name);
    }
}

impl Recorded {
    /// For writers of another format than the library's: the promise is what they themselves wrote.
    pub(crate) fn promising_what_it_wrote(mut self) -> Self {
        let reports = self.log.ops.iter().enumerate().filter(|(_, op)| matches!(op, Op::Report));
        let seen = reports.map(|(at, _)| Moment::after(&self.log, at).complete());
        let seen = seen.map(|state| state.content(&self.promise.target).cloned());
        self.promise.versions = iter::once(self.promise.versions[0].clone()).chain(seen).collect();
        self
    }

    /// Judges what the program itself sees when it ends.
    pub(crate) fn judge_end(&self) -> Result<(), String> {
        let reported = self.log.ops.iter().filter(|op| matches!(op, Op::Report)).count();
        self.promise.judge_end(&Moment::after(&self.log, self.log.ops.len()).complete(), reported)
    }
}
