//! From a program's calls to a log: file descriptors and paths become files.
//!
//! A call on the folder's files that is not understood ends the test: a log with a hole would prove nothing.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use super::log::{Id, Kind, Log, Op, ROOT};
use super::strace::{self, Call};

/// One opened file, which copies of a descriptor share.
#[derive(Debug)]
struct Opened {
    node: Id,
    position: usize,
    is_append: bool,
}

/// The folder as the program sees it while it runs.
#[derive(Debug)]
pub(crate) struct Replay {
    root: String,
    log: Log,
    entries: HashMap<Id, BTreeMap<String, Id>>,
    lengths: HashMap<Id, usize>,
    opened: Vec<Opened>,
    descriptors: HashMap<i64, usize>,
    said: Vec<u8>,
}

impl Replay {
    /// Begins with what the folder holds now.
    pub(crate) fn over(folder: &Path) -> Self {
        let log = Log::over(folder);
        let (mut entries, mut lengths) = (HashMap::new(), HashMap::new());
        for (id, node) in log.nodes.iter().enumerate() {
            match &node.kind {
                Kind::File(bytes) => drop(lengths.insert(id, bytes.len())),
                Kind::Folder(names) => drop(entries.insert(id, names.clone())),
                Kind::Link(_) => {}
            }
        }
        let root = folder.to_str().unwrap().to_owned();
        let (opened, descriptors, said) = (Vec::new(), HashMap::new(), Vec::new());
        Self { root, log, entries, lengths, opened, descriptors, said }
    }

    /// The log after these calls. What is printed on the standard output after the first line counts as a report, each line.
    pub(crate) fn run(mut self, calls: &[Call]) -> Log {
        for call in calls {
            if call.result >= 0 {
                self.call(call);
            } else if ["fsync", "fdatasync"].contains(&call.name.as_str()) {
                let node = self.node(call.arguments[0].parse().unwrap());
                self.log.ops.extend(node.map(|node| Op::SyncFailed { node }));
            }
        }
        self.log
    }

    fn call(&mut self, call: &Call) {
        let argument = |at: usize| call.arguments.get(at).map_or("", String::as_str);
        let descriptor = |at: usize| argument(at).parse::<i64>().unwrap_or(-1);
        match call.name.as_str() {
            "open" => self.open(None, argument(0), argument(1), argument(2), call.result),
            "openat" => self.open(Some(argument(0)), argument(1), argument(2), argument(3), call.result),
            "close" => drop(self.descriptors.remove(&descriptor(0))),
            "dup" | "dup2" | "dup3" => self.copy(descriptor(0), call.result),
            "fcntl" if argument(1).starts_with("F_DUPFD") => self.copy(descriptor(0), call.result),
            "fcntl" => {}
            "lseek" => self.at(descriptor(0), |opened| opened.position = as_size(call.result)),
            "read" => self.at(descriptor(0), |opened| opened.position += as_size(call.result)),
            "write" if descriptor(0) == 1 && !self.descriptors.contains_key(&1) => self.say(argument(1)),
            "write" => self.write(descriptor(0), None, argument(1), call.result),
            "pwrite64" => self.write(descriptor(0), argument(3).parse().ok(), argument(1), call.result),
            "ftruncate" => {
                if let Some(node) = self.node(descriptor(0)) {
                    self.resize(node, argument(1).parse().unwrap());
                }
            }
            "fsync" => self.log.ops.extend(self.node(descriptor(0)).map(|node| Op::Sync { node })),
            "fdatasync" => self.log.ops.extend(self.node(descriptor(0)).map(|node| Op::SyncData { node })),
            "rename" => self.rename([None, None], [argument(0), argument(1)], ""),
            "renameat" | "renameat2" => {
                self.rename([argument(0), argument(2)].map(Some), [argument(1), argument(3)], argument(4));
            }
            "link" => self.link([None, None], [argument(0), argument(1)]),
            "linkat" => self.link([argument(0), argument(2)].map(Some), [argument(1), argument(3)]),
            "unlink" => self.unlink(None, argument(0)),
            "unlinkat" => self.unlink(Some(argument(0)), argument(1)),
            "rmdir" => self.remove_folder(&strace::path(argument(0))),
            "mkdir" => self.make_folder(None, argument(0), argument(1)),
            "mkdirat" => self.make_folder(Some(argument(0)), argument(1), argument(2)),
            "fchmod" => {
                let mode = octal(argument(1));
                self.log.ops.extend(self.node(descriptor(0)).map(|node| Op::Mode { node, mode }));
            }
            "chmod" => self.change_mode(None, argument(0), argument(1)),
            "fchmodat" => self.change_mode(Some(argument(0)), argument(1), argument(2)),
            // Owners are those of the folder's files anyway.
            "fchown" | "chown" | "lchown" | "fchownat" => {}
            _ => self.refuse(call),
        }
    }

    /// Calls outside of the folder may be anything.
    fn refuse(&self, call: &Call) {
        let touches = call.arguments.iter().any(|argument| {
            argument.parse().is_ok_and(|descriptor| self.descriptors.contains_key(&descriptor))
                || (argument.starts_with('"') && strace::bytes(argument).starts_with(self.root.as_bytes()))
        });
        // What goes through a ring of memory is not seen, and is missing when the replayed folder is held beside the real one.
        let is_global = ["sync", "chdir", "fchdir"].contains(&call.name.as_str());
        assert!(!touches && !is_global, "{call:?} is not understood");
    }

    fn open(&mut self, base: Option<&str>, path: &str, flags: &str, mode: &str, descriptor: i64) {
        let has = |flag: &str| flags.split('|').any(|word| word == flag);
        let is_followed = !(has("O_NOFOLLOW") || has("O_CREAT") && has("O_EXCL"));
        let Some((folder, name)) = self.locate(base, &strace::path(path), is_followed) else { return };
        assert!(!has("O_SYNC") && !has("O_DSYNC") && !has("O_TMPFILE"), "{flags} is not understood");
        let known = if name.is_empty() { Some(folder) } else { self.entries[&folder].get(&name).copied() };
        let node = known.unwrap_or_else(|| {
            assert!(has("O_CREAT"), "{path} is opened and not there");
            // The widest that the program asked for, whatever the mask of this run is.
            let node = self.log.add(Kind::File(Arc::default()), octal(mode));
            self.lengths.insert(node, 0);
            self.set_names(folder, vec![(name, Some(node))]);
            node
        });
        if has("O_TRUNC") && self.lengths.get(&node).is_some_and(|len| *len > 0) {
            self.resize(node, 0);
        }
        self.opened.push(Opened { node, position: 0, is_append: has("O_APPEND") });
        self.descriptors.insert(descriptor, self.opened.len() - 1);
    }

    fn copy(&mut self, from: i64, to: i64) {
        if let Some(opened) = self.descriptors.get(&from).copied() {
            self.descriptors.insert(to, opened);
        }
    }

    fn at(&mut self, descriptor: i64, change: impl FnOnce(&mut Opened)) {
        if let Some(opened) = self.descriptors.get(&descriptor) {
            change(&mut self.opened[*opened]);
        }
    }

    fn node(&self, descriptor: i64) -> Option<Id> {
        self.descriptors.get(&descriptor).map(|opened| self.opened[*opened].node)
    }

    /// `started` comes first; a line after it is a report.
    fn say(&mut self, text: &str) {
        let is_begun = self.said.contains(&b'\n');
        let text = strace::bytes(text);
        let lines = text.iter().filter(|byte| **byte == b'\n').count();
        self.said.extend(text);
        for _ in 0..lines.saturating_sub(usize::from(!is_begun)) {
            self.log.ops.push(Op::Report);
        }
    }

    fn write(&mut self, descriptor: i64, place: Option<usize>, text: &str, written: i64) {
        let Some(opened) = self.descriptors.get(&descriptor) else { return };
        let opened = &mut self.opened[*opened];
        let end = self.lengths[&opened.node];
        let at = place.unwrap_or(if opened.is_append { end } else { opened.position });
        let bytes = &strace::bytes(text)[..as_size(written)];
        if place.is_none() {
            opened.position = at + bytes.len();
        }
        let node = opened.node;
        self.lengths.insert(node, end.max(at + bytes.len()));
        self.log.ops.push(Op::Write { node, at, bytes: bytes.into() });
    }

    fn resize(&mut self, node: Id, len: usize) {
        self.lengths.insert(node, len);
        self.log.ops.push(Op::Resize { node, len });
    }

    fn rename(&mut self, bases: [Option<&str>; 2], paths: [&str; 2], flags: &str) {
        let Some([(folder, from), (_, to)]) = self.both(bases, paths) else { return };
        let is_exchange = flags.contains("RENAME_EXCHANGE");
        let node = |name: &String| self.entries[&folder].get(name).copied();
        let names = vec![(to.clone(), node(&from)), (from, node(&to).filter(|_| is_exchange))];
        self.set_names(folder, names);
    }

    fn link(&mut self, bases: [Option<&str>; 2], paths: [&str; 2]) {
        let Some([(folder, from), (_, to)]) = self.both(bases, paths) else { return };
        let node = self.entries[&folder][&from];
        self.set_names(folder, vec![(to, Some(node))]);
    }

    /// Two names in one folder.
    fn both(&self, bases: [Option<&str>; 2], paths: [&str; 2]) -> Option<[(Id, String); 2]> {
        let [from, to] = [0, 1].map(|at| self.locate(bases[at], &strace::path(paths[at]), false));
        let (from, to) = match (from, to) {
            (Some(from), Some(to)) => (from, to),
            (None, None) => return None,
            _ => panic!("{paths:?} leaves the folder"),
        };
        assert_eq!(from.0, to.0, "{paths:?}: a file that changes its folder is not understood");
        Some([from, to])
    }

    fn unlink(&mut self, base: Option<&str>, path: &str) {
        if let Some((folder, name)) = self.locate(base, &strace::path(path), false) {
            self.set_names(folder, vec![(name, None)]);
        }
    }

    fn make_folder(&mut self, base: Option<&str>, path: &str, mode: &str) {
        let Some((folder, name)) = self.locate(base, &strace::path(path), false) else { return };
        let node = self.log.add(Kind::Folder(BTreeMap::new()), octal(mode));
        self.entries.insert(node, BTreeMap::new());
        self.set_names(folder, vec![(name, Some(node))]);
    }

    fn remove_folder(&mut self, path: &str) {
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        if let Some((folder, rest)) = self.locate(None, parent, true) {
            assert_eq!(rest, "", "{path} is in no folder");
            self.set_names(folder, vec![(name.to_owned(), None)]);
        }
    }

    fn change_mode(&mut self, base: Option<&str>, path: &str, mode: &str) {
        let Some((folder, name)) = self.locate(base, &strace::path(path), true) else { return };
        let node = self.entries[&folder][&name];
        self.log.ops.push(Op::Mode { node, mode: octal(mode) });
    }

    fn set_names(&mut self, folder: Id, names: Vec<(String, Option<Id>)>) {
        let entries = self.entries.get_mut(&folder).unwrap();
        for (name, node) in &names {
            match node {
                Some(node) => entries.insert(name.clone(), *node),
                None => entries.remove(name),
            };
        }
        self.log.ops.push(Op::Entries { folder, names });
    }

    /// The folder that a path leads to and the name in it; `None` outside of the root. An empty name is the folder itself.
    fn locate(&self, base: Option<&str>, path: &str, is_followed: bool) -> Option<(Id, String)> {
        let (mut folder, path) = match (path.strip_prefix(&self.root), base.map(str::parse)) {
            (Some(inside), _) if inside.is_empty() || inside.starts_with('/') => (ROOT, inside),
            (None, _) if path.starts_with('/') => return None,
            (_, Some(Ok(descriptor))) => (self.node(descriptor)?, path),
            _ => (ROOT, path),
        };
        let mut parts: Vec<String> = path.split('/').map(str::to_owned).collect();
        parts.retain(|part| !part.is_empty() && part != ".");
        while !parts.is_empty() {
            let part = parts.remove(0);
            let node = self.entries[&folder].get(&part);
            let kind = node.map(|node| &self.log.nodes[*node].kind);
            match kind {
                Some(Kind::Link(target)) if is_followed || !parts.is_empty() => {
                    assert!(!target.starts_with('/') && !target.contains(".."), "{target} is not understood");
                    let target = target.split('/').map(str::to_owned);
                    parts.splice(0..0, target);
                }
                Some(Kind::Folder(_)) => folder = *node?,
                _ if parts.is_empty() => return Some((folder, part)),
                _ => return None,
            }
        }
        Some((folder, String::new()))
    }
}

fn as_size(result: i64) -> usize {
    usize::try_from(result).unwrap()
}

fn octal(mode: &str) -> u32 {
    u32::from_str_radix(mode, 8).unwrap_or_default()
}
