//! Another program that began before a writer and is not done when the writer is.
//!
//! The writer's own pauses are made longer from the outside, so that the other one always comes in them, however busy the
//! machine is.

use std::ffi::OsString;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::thread::sleep;
use std::time::Duration;

use crate::scene::{Medium, Scene};
use crate::text::{self, Held, Rest, held};
use crate::writer::Writer;

const PROFILE: &str = "dev";

/// Longer than a writer that believes what it sees needs for an update, shorter than a writer may stall.
const STALL: Duration = Duration::from_millis(300);

/// How much longer each pause of the writer is, in microseconds.
const LONGER: u32 = 150_000;

/// A writer that has not written after so many looks never will.
const LOOKS: u32 = 20_000;

/// What the other program does, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Other {
    /// Has cut the file, and takes its time before it writes.
    Cut,
    /// Has opened the file before, and writes into it when the writer has put another in its place.
    Opened,
    /// Has read the file before, and writes over what the writer wrote.
    Read,
}

impl Other {
    pub(crate) const ALL: [Self; 3] = [Self::Cut, Self::Opened, Self::Read];
}

/// What is left when both are done.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Slow {
    pub(crate) rounds: u32,
    /// The set was reported, and is not there.
    pub(crate) lost: u32,
    /// What the other one wrote is not there.
    pub(crate) theirs_lost: u32,
    /// The writer reported an error.
    pub(crate) failed: u32,
}

/// One round with each kind of other program.
pub(crate) fn slow(writer: &Writer) -> Slow {
    let mut sum = Slow::default();
    for other in Other::ALL {
        sum.round(writer, other);
    }
    sum
}

impl Slow {
    fn round(&mut self, writer: &Writer, other: Other) {
        let scene = Scene::new(writer, Medium::Memory);
        let theirs = [&scene.foreign[..], b"[theirs]\nkey = value\n"].concat();
        let open = |cut| OpenOptions::new().write(true).truncate(cut).open(scene.path()).unwrap();
        let before = (other != Other::Read).then(|| open(other == Other::Cut));
        // Who believes a cut file is done with it before the other one writes, unless its pauses are longer.
        let writer = if other == Other::Cut { writer.clone() } else { patient(writer) };
        let started = writer.start(&scene.path(), PROFILE, 1, 1);
        match before {
            Some(mut file) if other == Other::Cut => {
                sleep(STALL);
                file.write_all(&theirs).unwrap();
            }
            before => {
                wait_for_set(&scene);
                let mut file: File = before.unwrap_or_else(|| open(true));
                file.set_len(0).unwrap();
                file.write_all(&theirs).unwrap();
            }
        }
        let (_, is_success) = started.reported();

        let text = scene.read().unwrap_or_default();
        self.rounds += 1;
        self.failed += u32::from(!is_success);
        self.lost += u32::from(is_success && held(&text, PROFILE) != Held::Whole(1));
        let rest = text::rest(&text, &theirs, |name| name == PROFILE.as_bytes());
        self.theirs_lost += u32::from(rest != Rest::Same);
    }
}

fn patient(writer: &Writer) -> Writer {
    let pauses = format!("inject=clock_nanosleep,?nanosleep:delay_enter={LONGER}");
    let arguments = ["-f", "-o", "/dev/null", "-e", "trace=clock_nanosleep,?nanosleep", "-e", &pauses];
    writer.under("strace", arguments.map(OsString::from).to_vec())
}

fn wait_for_set(scene: &Scene) {
    for _ in 0..LOOKS {
        if scene.read().is_some_and(|text| held(&text, PROFILE) == Held::Whole(1)) {
            return;
        }
        sleep(Duration::from_millis(1));
    }
    panic!("the writer has written nothing");
}

impl fmt::Display for Slow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rounds, lost, theirs_lost, failed } = self;
        write!(
            f,
            "{rounds} rounds beside a slow program: {lost} own sets lost, {theirs_lost} of the other lost, {failed} failed"
        )
    }
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn beside_a_slow_program_neither_loses_anything() {
    let writer = Writer::ours();
    let found = slow(&writer);
    println!("slow | {} | {found}", writer.name);
    assert_eq!((found.rounds, found.lost, found.theirs_lost, found.failed), (3, 0, 0, 0), "{found}");
}
