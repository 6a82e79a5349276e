//! The AWS CLI's own writer, which takes no lock, at the same moment.

use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::ops::{AddAssign, RangeInclusive};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout};
use std::thread::scope;

use leapp_testkit::cases::{first_seed, times_as_many};

use rustix::time::{ClockId, clock_gettime};

use crate::scene::{Medium, Scene};
use crate::text::{self, Held, Rest, held};
use crate::writer::Writer;

const PROFILE: &str = "dev";
const THEIRS: &str = "theirs";

/// Pairs of writers at once.
const LANES: u32 = 2;

/// How long the other writer waits at most, in microseconds: long enough to come before the write, in it, and while the
/// writer on trial looks back.
const LONGEST_WAIT: u32 = 12_000;

/// Who writes what it read so long ago overwrites whatever came between, and nobody can see it coming: the machine had
/// no time for the other writer. Such a round shows nothing.
const STALE: u64 = 20_000;

/// What two writers in one file have left.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Race {
    pub(crate) rounds: u32,
    /// The writer on trial reported a set, and it is not there.
    pub(crate) lost: u32,
    /// The AWS CLI wrote a set, and it is not there.
    pub(crate) theirs_lost: u32,
    /// What was neither's has changed.
    pub(crate) others_lost: u32,
    /// The writer on trial reported an error.
    pub(crate) failed: u32,
    /// Rounds in which both were at work at some moment.
    pub(crate) met: u32,
    /// Rounds that show nothing.
    pub(crate) stale: u32,
}

/// Lets a writer and the AWS CLI's publish at the same time, each in its own profile.
pub(crate) fn race(writer: &Writer, medium: Medium, rounds: u32) -> Race {
    let mut sum = Race::default();
    scope(|scope| {
        let lanes = (0..LANES).map(|lane| {
            let rounds = rounds / LANES + u32::from(lane < rounds % LANES);
            let rng = fastrand::Rng::with_seed(first_seed() + u64::from(lane));
            scope.spawn(move || Lane::new(writer, medium, rng).run(rounds))
        });
        for lane in lanes.collect::<Vec<_>>() {
            sum += lane.join().unwrap();
        }
    });
    sum
}

struct Lane<'a> {
    writer: &'a Writer,
    scene: Scene,
    theirs: Theirs,
    rng: fastrand::Rng,
    sum: Race,
}

impl<'a> Lane<'a> {
    fn new(writer: &'a Writer, medium: Medium, rng: fastrand::Rng) -> Self {
        let scene = Scene::with(text::plain(), medium);
        let theirs = Theirs::start(&scene.path());
        Self { writer, scene, theirs, rng, sum: Race::default() }
    }

    fn run(mut self, rounds: u32) -> Race {
        for number in 1..=rounds {
            self.round(number);
        }
        self.sum
    }

    fn round(&mut self, number: u32) {
        let file = self.scene.path();
        let is_early = self.rng.bool();
        if is_early {
            self.theirs.order(number, self.rng.u32(0..LONGEST_WAIT));
        }
        let started = self.writer.start(&file, PROFILE, number, 1);
        let begin = micros();
        if !is_early {
            // The shorter, the likelier: a write follows at once.
            let wait = f64::from(LONGEST_WAIT).powf(self.rng.f64());
            self.theirs.order(number, wait as u32);
        }
        let (_, is_success) = started.reported();
        let end = micros();
        let theirs = self.theirs.answer();
        self.sum.rounds += 1;
        self.sum.met += u32::from(*theirs.start() < end && begin < *theirs.end());

        let text = self.scene.read().unwrap_or_default();
        let is_theirs = |name: &[u8]| name == PROFILE.as_bytes() || name == THEIRS.as_bytes();
        let is_lost = is_success && held(&text, PROFILE) != Held::Whole(number);
        let is_theirs_lost = held(&text, THEIRS) != Held::Whole(number);
        let is_other_lost = self.scene.rest(&text, is_theirs) != Rest::Same;
        if theirs.end() - theirs.start() >= STALE {
            self.sum.stale += 1;
        } else {
            self.sum.failed += u32::from(!is_success);
            self.sum.lost += u32::from(is_lost);
            self.sum.theirs_lost += u32::from(is_theirs_lost);
            self.sum.others_lost += u32::from(is_other_lost);
        }
        if is_lost || is_theirs_lost || is_other_lost || !is_success {
            self.scene.restore();
        }
    }
}

/// The AWS CLI's writer in a process that stays: its start takes longer than a round may.
struct Theirs {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Theirs {
    fn start(file: &Path) -> Self {
        let mut child = Writer::aws_cli().resident(file, THEIRS).spawn().unwrap();
        let (orders, answers) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut theirs = Self { child, orders, answers: BufReader::new(answers) };
        assert_eq!(theirs.line(), "started");
        theirs
    }

    fn order(&mut self, number: u32, wait: u32) {
        writeln!(self.orders, "{number} {wait}").unwrap();
    }

    /// Waits for the end of the publication, and gives the time of it.
    fn answer(&mut self) -> RangeInclusive<u64> {
        let line = self.line();
        let (begin, end) = line.split_once(' ').unwrap();
        begin.parse().unwrap()..=end.parse().unwrap()
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

impl Drop for Theirs {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The clock that every process reads the same.
fn micros() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    u64::try_from(now.tv_sec * 1_000_000 + now.tv_nsec / 1000).unwrap()
}

impl AddAssign for Race {
    fn add_assign(&mut self, other: Self) {
        let Self { rounds, lost, theirs_lost, others_lost, failed, met, stale } = other;
        self.rounds += rounds;
        self.lost += lost;
        self.theirs_lost += theirs_lost;
        self.others_lost += others_lost;
        self.failed += failed;
        self.met += met;
        self.stale += stale;
    }
}

impl fmt::Display for Race {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rounds, lost, theirs_lost, others_lost, failed, met, stale } = self;
        write!(
            f,
            "{rounds} rounds beside the AWS CLI, which met in {met}: {lost} own sets lost, {theirs_lost} of the AWS CLI lost, {others_lost} with \
             others' bytes changed, {failed} failed; {stale} left out, in which the AWS CLI was interrupted for long"
        )
    }
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn beside_the_aws_cli_neither_loses_a_set() {
    let (writer, rounds) = (Writer::ours(), times_as_many(2000));
    let found = race(&writer, Medium::Memory, rounds);
    println!("race | {} | {:?} | {found}", writer.name, Medium::Memory);
    let Race { lost, theirs_lost, others_lost, failed, stale, .. } = found;
    assert_eq!((found.rounds, lost, theirs_lost, others_lost, failed), (rounds, 0, 0, 0, 0), "{found}");
    assert!(stale * 4 < rounds && found.met * 4 > rounds, "too many rounds show nothing: {found}");
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn what_two_writers_without_a_lock_lose_is_found() {
    let writer = Writer::aws_cli();
    let found = race(&writer, Medium::Memory, 200);
    println!("race | {} | {:?} | {found}", writer.name, Medium::Memory);
    assert!(found.lost + found.theirs_lost + found.others_lost > 0, "{found}");
}
