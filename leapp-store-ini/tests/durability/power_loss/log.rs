//! What a program did to a folder, one operation after the other.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

/// A file, folder or link, whatever its names are.
pub(crate) type Id = usize;

/// The folder that everything is in.
pub(crate) const ROOT: Id = 0;

/// An inode as it was made, or as it was on the disk before the first operation.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) mode: u32,
}

#[derive(Debug)]
pub(crate) enum Kind {
    File(Arc<[u8]>),
    Folder(BTreeMap<String, Id>),
    Link(String),
}

/// Reads are left out: they change nothing.
#[derive(Debug)]
pub(crate) enum Op {
    /// Names in one folder that change together: an exchange is one operation with two names.
    Entries {
        folder: Id,
        names: Vec<(String, Option<Id>)>,
    },
    Mode {
        node: Id,
        mode: u32,
    },
    /// The program said that an update is done.
    Report,
    Resize {
        node: Id,
        len: usize,
    },
    Sync {
        node: Id,
    },
    /// What was not durable before may be dropped from memory: no later sync brings it to the disk.
    SyncFailed {
        node: Id,
    },
    /// `fdatasync`: the mode may stay behind.
    SyncData {
        node: Id,
    },
    Write {
        node: Id,
        at: usize,
        bytes: Arc<[u8]>,
    },
}

/// Everything that was there, and everything that happened.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) nodes: Vec<Node>,
    pub(crate) ops: Vec<Op>,
}

impl Log {
    /// An empty log over what a folder holds now, all of which counts as durable.
    pub(crate) fn over(folder: &Path) -> Self {
        let mut log = Self::default();
        log.read(folder);
        log
    }

    pub(crate) fn add(&mut self, kind: Kind, mode: u32) -> Id {
        self.nodes.push(Node { kind, mode });
        self.nodes.len() - 1
    }

    fn read(&mut self, path: &Path) -> Id {
        let metadata = fs::symlink_metadata(path).unwrap();
        let mode = metadata.permissions().mode() & 0o7777;
        if metadata.is_symlink() {
            let target = fs::read_link(path).unwrap().into_os_string().into_string().unwrap();
            return self.add(Kind::Link(target), mode);
        }
        if metadata.is_file() {
            return self.add(Kind::File(fs::read(path).unwrap().into()), mode);
        }
        let id = self.add(Kind::Folder(BTreeMap::new()), mode);
        let names = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name());
        let entries =
            names.map(|name| (name.clone().into_string().unwrap(), self.read(&path.join(name)))).collect();
        self.nodes[id].kind = Kind::Folder(entries);
        id
    }
}

impl Op {
    /// The file or folder whose `fsync` makes this operation durable.
    pub(crate) fn node(&self) -> Option<Id> {
        match self {
            Self::Entries { folder: node, .. }
            | Self::Mode { node, .. }
            | Self::Resize { node, .. }
            | Self::Sync { node }
            | Self::SyncData { node }
            | Self::SyncFailed { node }
            | Self::Write { node, .. } => Some(*node),
            Self::Report => None,
        }
    }

    pub(crate) fn is_data(&self) -> bool {
        matches!(self, Self::Resize { .. } | Self::Write { .. })
    }

    pub(crate) fn is_metadata(&self) -> bool {
        matches!(self, Self::Entries { .. } | Self::Mode { .. })
    }

    /// True when this is the sync that settles what becomes of an earlier operation, if it is not settled already.
    pub(crate) fn syncs(&self, earlier: &Self) -> bool {
        match self {
            Self::Sync { node } | Self::SyncFailed { node } => earlier.node() == Some(*node),
            Self::SyncData { node } => earlier.node() == Some(*node) && earlier.is_data(),
            _ => false,
        }
    }
}
