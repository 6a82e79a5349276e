//! Updates that are recorded: what was there before, and what is done to it.

use std::fs::{self, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, symlink};
use std::path::Path;

use leapp_store_ini::Document;

use crate::changes::publish;

pub(crate) const PROFILE: &str = "dev";

/// Somebody's own lines, with what a careless writer changes: a comment, an empty line, a value within a value.
const FOREIGN: &str = "; mine\n[default]\naws_access_key_id = AKIAMINE\n\n[team]\ns3 =\n  a = b\n";

#[derive(Clone, Debug)]
pub(crate) struct History {
    pub(crate) name: &'static str,
    /// The path that is opened, and where it leads to.
    pub(crate) file: &'static str,
    pub(crate) target: &'static str,
    /// Makes what is there before.
    pub(crate) prepare: fn(&Path),
    pub(crate) updates: u32,
    /// Each update is withdrawn before the next.
    pub(crate) is_withdrawn: bool,
    /// What `strace` does to some calls.
    pub(crate) tampering: &'static [&'static str],
    pub(crate) fails: bool,
}

const ONE: History = History {
    name: "one update",
    file: "credentials",
    target: "credentials",
    prepare: |folder| put(&folder.join("credentials"), foreign(200).as_bytes()),
    updates: 1,
    is_withdrawn: false,
    tampering: &[],
    fails: false,
};

/// With a line of somebody else's in the section that is updated.
pub(crate) const A_PERSONS_KEY: History = History {
    name: "a person's key",
    prepare: |folder| {
        let ours = Document::parse(foreign(200).as_bytes()).with_changes(&[publish(PROFILE, 0).unwrap()]);
        let text =
            [ours.unwrap().to_bytes().as_slice(), b"output = json\n[last]\nregion = eu-west-1\n"].concat();
        put(&folder.join("credentials"), &text);
    },
    ..ONE
};
pub(crate) const OVER_A_LINK: History = History {
    name: "over a link",
    file: "credentials",
    target: "real/credentials",
    prepare: |folder| {
        fs::create_dir(folder.join("real")).unwrap();
        put(&folder.join("real/credentials"), foreign(200).as_bytes());
        symlink("real/credentials", folder.join("credentials")).unwrap();
    },
    updates: 2,
    ..ONE
};
pub(crate) const FAILED_SYNC: History = History {
    name: "a failed sync of the file",
    tampering: &["inject=fsync:error=EIO:when=1"],
    fails: true,
    ..ONE
};
pub(crate) const UPDATES: History = History { name: "updates in a row", updates: 4, ..ONE };
pub(crate) const CREATING: History =
    History { name: "creating the file", prepare: |_| {}, updates: 2, ..ONE };

pub(crate) const CREATING_THE_FOLDER: History = History {
    name: "creating the folder",
    file: "home/.aws/credentials",
    target: "home/.aws/credentials",
    ..CREATING
};

/// One of each kind, for writers that only publish.
pub(crate) const FEW: &[History] = &[A_PERSONS_KEY, CREATING_THE_FOLDER, FAILED_SYNC, OVER_A_LINK];

pub(crate) const ALL: &[History] = &[
    ONE,
    UPDATES,
    CREATING,
    CREATING_THE_FOLDER,
    OVER_A_LINK,
    A_PERSONS_KEY,
    History { name: "withdrawals", updates: 2, is_withdrawn: true, ..ONE },
    History {
        name: "a file of 100 KiB",
        prepare: |folder| put(&folder.join("credentials"), foreign(2000).as_bytes()),
        updates: 2,
        ..ONE
    },
    History {
        name: "a file of one sector",
        prepare: |folder| put(&folder.join("credentials"), FOREIGN.as_bytes()),
        updates: 2,
        ..ONE
    },
    History {
        name: "no line break at the end",
        prepare: |folder| put(&folder.join("credentials"), foreign(200).trim_end().as_bytes()),
        updates: 2,
        is_withdrawn: true,
        ..ONE
    },
    History {
        name: "after a killed one",
        prepare: |folder| {
            (ONE.prepare)(folder);
            put(&folder.join(".credentials.leapp-tmp"), b"[dev]\naws_secret_access_key = of-the-killed\n");
            put(&folder.join("credentials.leapp-lock"), b"");
        },
        updates: 2,
        ..ONE
    },
    History {
        name: "a file that all may read",
        prepare: |folder| {
            (ONE.prepare)(folder);
            fs::set_permissions(folder.join("credentials"), Permissions::from_mode(0o644)).unwrap();
        },
        updates: 2,
        ..ONE
    },
    History { name: "without exchange", tampering: &["inject=renameat2:error=EINVAL"], updates: 2, ..ONE },
    History { name: "without hard links", tampering: &["inject=link,linkat:error=EPERM"], ..CREATING },
    History {
        name: "a failed sync above a folder",
        file: "home/.aws/credentials",
        target: "home/.aws/credentials",
        tampering: &["inject=fsync:error=EIO:when=1"],
        fails: true,
        ..CREATING
    },
    FAILED_SYNC,
    History {
        name: "a failed sync of the folder",
        tampering: &["inject=fsync:error=EIO:when=2"],
        fails: true,
        ..ONE
    },
    History {
        name: "the same, without exchange",
        tampering: &["inject=renameat2:error=EINVAL", "inject=fsync:error=EIO:when=2"],
        fails: true,
        ..ONE
    },
];

/// A file of many profiles, some fifty bytes each.
fn foreign(profiles: u32) -> String {
    let profile = |number| format!("[profile{number}]\nregion = eu-west-1\nrole_session_name = somebody\n");
    (0..profiles).map(profile).fold(FOREIGN.to_owned(), |text, profile| text + &profile)
}

fn put(path: &Path, bytes: &[u8]) {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(path).unwrap().write_all(bytes).unwrap();
}
