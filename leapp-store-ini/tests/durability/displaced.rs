//! A writer that is killed when it has displaced another program's change, and has not put it back yet.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::thread::sleep;
use std::time::Duration;

use crate::made_up::SECRET;
use crate::scene::{Medium, Scene};
use crate::writer::Writer;

const PROFILE: &str = "dev";
const THEIRS: &[u8] = b"[theirs]\nkey = value\n";

/// The new text is complete for so long, in microseconds, before it takes its place.
const LONGER: u32 = 1_000_000;

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn a_change_that_a_killed_writer_displaced_is_kept() {
    let ours = Writer::ours();
    let scene = Scene::new(&ours, Medium::Memory);
    let changed = [&scene.foreign[..], THEIRS].concat();
    // The first exchange puts the new file in its place, the second is the one that takes it back.
    let delay = format!("inject=fsync:delay_exit={LONGER}:when=1");
    let arguments = ["-f", "-o", "/dev/null", "-e", "trace=fsync,renameat2", "-e", &delay];
    let arguments = arguments.into_iter().chain(["-e", "inject=renameat2:signal=KILL:when=2"]);
    let traced = ours.under("strace", arguments.map(OsString::from).collect());
    let started = traced.start(&scene.path(), PROFILE, 1, 1);
    let temp = scene.folder().join(".credentials.leapp-tmp");
    while !fs::metadata(&temp).is_ok_and(|metadata| metadata.len() > 0) {
        sleep(Duration::from_millis(1));
    }
    let mut file = OpenOptions::new().write(true).open(scene.path()).unwrap();
    file.write_all(&changed).unwrap();
    let (reported, is_success) = started.reported();
    assert!(reported.is_none() && !is_success, "it was not killed");
    assert_eq!(
        fs::read(scene.folder().join(".credentials.leapp-new")).unwrap(),
        changed,
        "it was killed elsewhere"
    );

    let opened = ours.run(&scene.path(), PROFILE, 1, 0);
    assert!(opened.is_success, "{}", opened.said);
    let holding = |part: &[u8]| {
        let names = scene.names().into_iter();
        let with_part = |path: &std::path::PathBuf| {
            fs::read(path).unwrap().windows(part.len()).any(|window| window == part)
        };
        names.filter(with_part).collect::<Vec<_>>()
    };
    assert_eq!(holding(THEIRS), [scene.folder().join("credentials.leapp-rescued-1")]);
    assert_eq!(fs::read(scene.folder().join("credentials.leapp-rescued-1")).unwrap(), changed);
    assert_eq!(
        holding(SECRET.as_bytes()),
        [scene.path()],
        "secrets of ours are in the file, and nowhere else"
    );
}
