//! What may be on the disk when the power goes at one point of a log.
//!
//! - Data of a file since its last sync: nothing, everything, a part of it in any order, zeroes where the length has arrived
//!   and the bytes have not.
//! - Names and modes since the last sync of their folder or file: a prefix of them where the file system keeps their order
//!   (the journals of ext4, XFS and btrfs), any of them where it does not. What was synced is there.
//! - A file that was never synced may well be there. Its name says nothing about its bytes, nor they about its name.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use fastrand::Rng;

use super::log::{Id, Kind, Log, Op, ROOT};

/// What is written in one piece, or not at all.
const SECTOR: usize = 512;

/// The bytes of a file, with a number that stands for them.
pub(crate) struct Content {
    pub(crate) bytes: Vec<u8>,
    hash: u64,
}

impl Content {
    pub(crate) fn new(bytes: Vec<u8>) -> Arc<Self> {
        let mut hasher = DefaultHasher::new();
        hasher.write(&bytes);
        Arc::new(Self { bytes, hash: hasher.finish() })
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes #{:x}", self.bytes.len(), self.hash)
    }
}

impl PartialEq for Content {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && self.bytes == other.bytes
    }
}

/// Everything under the folder, by its path.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) entries: BTreeMap<String, Entry>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Entry {
    File { mode: u32, content: Arc<Content> },
    Folder { mode: u32 },
    Link(String),
}

impl State {
    /// A number that stands for the state.
    pub(crate) fn hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for (path, entry) in &self.entries {
            path.hash(&mut hasher);
            match entry {
                Entry::File { mode, content } => (mode, content.hash).hash(&mut hasher),
                Entry::Folder { mode } => mode.hash(&mut hasher),
                Entry::Link(target) => target.hash(&mut hasher),
            }
        }
        hasher.finish()
    }

    /// Without the rights of others, of which the mask of this process may have taken some.
    pub(crate) fn for_owner(mut self) -> Self {
        for entry in self.entries.values_mut() {
            if let Entry::File { mode, .. } | Entry::Folder { mode } = entry {
                *mode &= 0o700;
            }
        }
        self
    }

    pub(crate) fn content(&self, path: &str) -> Option<&Arc<Content>> {
        match self.entries.get(path)? {
            Entry::File { content, .. } => Some(content),
            _ => None,
        }
    }
}

/// One moment of a log, and what the disk owes it.
pub(crate) struct Moment<'a> {
    log: &'a Log,
    /// Names and modes that changed before, each with whether it is durable.
    metadata: Vec<(&'a Op, bool)>,
    /// What each file has held since its last sync, the oldest first.
    versions: BTreeMap<Id, Vec<Arc<Content>>>,
}

impl<'a> Moment<'a> {
    /// The moment after so many operations.
    pub(crate) fn after(log: &'a Log, count: usize) -> Self {
        let past = &log.ops[..count];
        let is_durable = |at: usize| {
            let sync = past[at + 1..].iter().find(|later| later.syncs(&past[at]));
            sync.is_some_and(|sync| !matches!(sync, Op::SyncFailed { .. }))
        };
        let metadata = past.iter().enumerate().filter(|(_, op)| op.is_metadata());
        let metadata = metadata.map(|(at, op)| (op, is_durable(at))).collect();
        let mut versions = BTreeMap::new();
        for (id, node) in log.nodes.iter().enumerate() {
            let Kind::File(bytes) = &node.kind else { continue };
            let changes = past.iter().enumerate().filter(|(_, op)| op.is_data() && op.node() == Some(id));
            let mut bytes = bytes.to_vec();
            let mut since = Vec::new();
            for (at, op) in changes {
                if !is_durable(at) {
                    since.push(Content::new(bytes.clone()));
                }
                change(&mut bytes, op);
            }
            since.push(Content::new(bytes));
            versions.insert(id, since);
        }
        Self { log, metadata, versions }
    }

    /// How many names and modes are not durable yet.
    pub(crate) fn pending(&self) -> usize {
        self.metadata.iter().filter(|(_, is_durable)| !is_durable).count()
    }

    /// True when every file's bytes are durable.
    pub(crate) fn has_settled_data(&self) -> bool {
        self.versions.values().all(|versions| versions.len() == 1)
    }

    /// The prefixes of what is not durable, as choices for [`state`](Self::state); what is durable comes with all before it.
    pub(crate) fn prefixes(&self) -> Vec<Vec<bool>> {
        let least = self.metadata.iter().rposition(|(_, is_durable)| *is_durable).map_or(0, |last| last + 1);
        let pending = |length| {
            let kept = self.metadata.iter().enumerate().filter(|(_, (_, is_durable))| !is_durable);
            kept.map(|(at, _)| at < length).collect()
        };
        (least..=self.metadata.len()).map(pending).collect()
    }

    /// The state where of the pending names and modes the chosen ones have arrived, and of each file's data what is picked.
    pub(crate) fn state(
        &self,
        chosen: &[bool],
        pick: &mut dyn FnMut(&[Arc<Content>]) -> Arc<Content>,
    ) -> State {
        let mut modes = BTreeMap::new();
        let mut names = BTreeMap::new();
        for (id, node) in self.log.nodes.iter().enumerate() {
            if let Kind::Folder(entries) = &node.kind {
                names.insert(id, entries.clone());
            }
        }
        let mut chosen = chosen.iter();
        for (op, is_durable) in &self.metadata {
            if !is_durable && !chosen.next().unwrap() {
                continue;
            }
            match op {
                Op::Mode { node, mode } => drop(modes.insert(*node, *mode)),
                Op::Entries { folder, names: changes } => {
                    let entries = names.get_mut(folder).unwrap();
                    for (name, node) in changes {
                        match node {
                            Some(node) => entries.insert(name.clone(), *node),
                            None => entries.remove(name),
                        };
                    }
                }
                _ => unreachable!("names and modes only"),
            }
        }
        let contents = self.versions.iter().map(|(id, versions)| (*id, pick(versions))).collect();
        let mut state = State { entries: BTreeMap::new() };
        Tree { log: self.log, names, modes, contents }.walk(ROOT, "", &mut state);
        state
    }

    /// The state where everything has arrived: what the program itself sees.
    pub(crate) fn complete(&self) -> State {
        self.state(&vec![true; self.pending()], &mut |versions| versions[versions.len() - 1].clone())
    }
}

/// What has arrived, by its inodes.
struct Tree<'a> {
    log: &'a Log,
    names: BTreeMap<Id, BTreeMap<String, Id>>,
    modes: BTreeMap<Id, u32>,
    contents: BTreeMap<Id, Arc<Content>>,
}

impl Tree<'_> {
    fn walk(&self, folder: Id, path: &str, state: &mut State) {
        for (name, id) in &self.names[&folder] {
            let path = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
            let node = &self.log.nodes[*id];
            let mode = self.modes.get(id).copied().unwrap_or(node.mode);
            let entry = match &node.kind {
                Kind::File(_) => Entry::File { mode, content: self.contents[id].clone() },
                Kind::Folder(_) => Entry::Folder { mode },
                Kind::Link(target) => Entry::Link(target.clone()),
            };
            if matches!(entry, Entry::Folder { .. }) {
                self.walk(*id, &path, state);
            }
            state.entries.insert(path, entry);
        }
    }
}

/// Some content that a file may have after a power loss, given what it has held since its last sync.
pub(crate) fn torn(versions: &[Arc<Content>], rng: &mut Rng) -> Arc<Content> {
    let [.., last] = versions else { unreachable!("a file has content") };
    if versions.len() == 1 {
        return last.clone();
    }
    let any = |rng: &mut Rng| &versions[rng.usize(..versions.len())];
    let longest = versions.iter().map(|version| version.bytes.len()).max().unwrap_or_default();
    // The length that has arrived is one that was, or any on the way to it.
    let length = match rng.u8(..8) {
        0 => return any(rng).clone(),
        1 | 2 => any(rng).bytes.len(),
        _ => rng.usize(..=longest),
    };
    let is_prefix = rng.bool();
    let arrived = rng.usize(..=length.div_ceil(SECTOR));
    let mut bytes = vec![0; length];
    for (at, sector) in bytes.chunks_mut(SECTOR).enumerate() {
        let source = match is_prefix {
            true if at < arrived => last,
            true => &versions[0],
            false => any(rng),
        };
        let source = source.bytes.get(at * SECTOR..).unwrap_or_default();
        let present = source.len().min(sector.len());
        sector[..present].copy_from_slice(&source[..present]);
    }
    Content::new(bytes)
}

fn change(bytes: &mut Vec<u8>, op: &Op) {
    match op {
        Op::Resize { len, .. } => bytes.resize(*len, 0),
        Op::Write { at, bytes: written, .. } => {
            let end = at + written.len();
            bytes.resize(bytes.len().max(end), 0);
            bytes[*at..end].copy_from_slice(written);
        }
        _ => unreachable!("data only"),
    }
}
