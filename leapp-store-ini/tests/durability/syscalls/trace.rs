//! A writer under `strace`: which calls it makes on the file, and what happens when one of them is interfered with.

use std::collections::{BTreeSet, HashMap};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::fault::Fault;
use crate::writer::{Ended, Writer};

/// One call: the nth of its name in its thread, among those that touch the file or what is beside it.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) nth: u32,
    /// As it was traced.
    pub(crate) text: String,
}

impl Call {
    fn is(&self, other: &Self) -> bool {
        (&self.name, self.nth) == (&other.name, other.nth)
    }
}

/// What `strace` has to look at, and where it writes what it saw.
#[derive(Debug)]
pub(crate) struct Tracer<'a> {
    pub(crate) writer: &'a Writer,
    pub(crate) log: PathBuf,
    paths: BTreeSet<PathBuf>,
}

impl<'a> Tracer<'a> {
    /// Finds the files that the writer touches in some folders, from an update that it is left to make.
    pub(crate) fn new(writer: &'a Writer, log: PathBuf, folders: [&Path; 2], file: &Path) -> Self {
        let mut tracer = Self { writer, log, paths: BTreeSet::new() };
        let ended = tracer.run(file, 2, &[]);
        assert!(ended.is_success, "{}", ended.said);
        let text = tracer.logged();
        for (at, _) in folders.iter().flat_map(|folder| text.match_indices(folder.to_str().unwrap())) {
            let path = text[at..].split(['"', '>', ',', ' ', '(']).next().unwrap();
            tracer.paths.insert(path.into());
        }
        tracer
    }

    /// The calls of one update.
    pub(crate) fn calls(&self, file: &Path) -> Vec<Call> {
        let ended = self.run(file, 2, &[]);
        assert!(ended.is_success, "{}", ended.said);
        self.logged_calls()
    }

    /// Updates, with a fault at a call. The second is whether the fault came about.
    pub(crate) fn update(&self, file: &Path, call: &Call, fault: Fault) -> (Ended, bool) {
        let ended = self.run(file, 2, &["-e".into(), fault.inject(&call.name, call.nth).into()]);
        let is_hit = match fault {
            // It died there: nothing comes after this call.
            Fault::Kill => !ended.is_success && self.logged_calls().last().is_some_and(|last| last.is(call)),
            _ => self.has_injected(),
        };
        (ended, is_hit)
    }

    /// Updates on a disk that is gone from one of the calls on. The second is whether it was.
    pub(crate) fn update_without_disk(&self, file: &Path, calls: &[Call], from: usize) -> (Ended, bool) {
        let names: BTreeSet<&str> = calls.iter().map(|call| call.name.as_str()).collect();
        let names = names.into_iter().filter(|name| !Fault::needs_no_disk(name));
        let before = |name: &str| calls[..from].iter().filter(|call| call.name == name).count();
        let first = |name: &str| u32::try_from(before(name) + 1).unwrap();
        let inject = names.flat_map(|name| ["-e".into(), Fault::Gone.inject(name, first(name)).into()]);
        let ended = self.run(file, 2, &inject.collect::<Vec<OsString>>());
        (ended, self.has_injected())
    }

    fn has_injected(&self) -> bool {
        self.logged().lines().any(|line| line.contains("(INJECTED)"))
    }

    fn run(&self, file: &Path, number: u32, more: &[OsString]) -> Ended {
        let mut arguments: Vec<OsString> = ["-f", "-qq", "-y", "-s", "0", "-o"].map(OsString::from).to_vec();
        arguments.push(self.log.clone().into());
        for path in &self.paths {
            arguments.extend(["-P".into(), path.into()]);
        }
        arguments.extend_from_slice(more);
        self.writer.under("strace", arguments).run(file, "dev", number, 1)
    }

    fn logged(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// A line is `THREAD NAME(ARGUMENTS) = RESULT`, or says what became of a call or of a thread.
    fn logged_calls(&self) -> Vec<Call> {
        let mut counts = HashMap::new();
        let mut calls = Vec::new();
        for line in self.logged().lines() {
            let Some((thread, text)) = line.split_once(' ') else { continue };
            let text = text.trim_start();
            let name = text.split('(').next().unwrap_or_default();
            let is_name = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
            if name.len() == text.len() || !name.bytes().all(is_name) {
                continue;
            }
            let nth: &mut u32 = counts.entry((thread.to_owned(), name.to_owned())).or_default();
            *nth += 1;
            calls.push(Call { name: name.to_owned(), nth: *nth, text: text.to_owned() });
        }
        calls
    }
}
