//! Killed at any moment: the old set or the new one, nobody else's bytes touched, nothing lost that was reported, no secret
//! left lying about.

use std::fmt;
use std::ops::AddAssign;
use std::path::PathBuf;
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use leapp_testkit::cases::{first_seed, times_as_many};

use crate::scene::{Leftover, Medium, Scene};
use crate::text::{Held, Rest, held};
use crate::watch::Watch;
use crate::writer::Writer;

const PROFILE: &str = "dev";

/// As many sets as no run gets to.
const ENDLESS: u32 = 1_000_000;

/// The shortest time before a kill; the kernel's own alarm is no more precise.
const SHORTEST: Duration = Duration::from_micros(10);

/// As many changes in the folder as come with one update, and some.
const CHANGES: usize = 12;

/// Writers at once, each with a file of its own: they sleep most of the time.
const LANES: u32 = 6;

/// What kills have left.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Kills {
    pub(crate) kills: u32,
    /// The profile is not one whole set, or values of others are gone.
    pub(crate) torn: u32,
    /// Bytes of others have changed, their values have not.
    pub(crate) rewritten: u32,
    /// A set was reported, and an older one is in the file.
    pub(crate) lost: u32,
    /// A secret still lies beside the file when the next writer has opened it.
    pub(crate) left: u32,
    pub(crate) moments: Moments,
}

/// What was found at the kill, so that one can see that no part of a write was missed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Moments {
    /// No other file, and the file holds what was last reported.
    pub(crate) nothing_begun: u32,
    /// Another file, which has no whole set.
    pub(crate) half_written: u32,
    /// Another file with a newer set than the file.
    pub(crate) not_in_force: u32,
    /// Another file with an older set than the file.
    pub(crate) not_removed: u32,
    /// No other file, and the file holds a newer set than was reported.
    pub(crate) not_reported: u32,
}

/// Kills a writer so many times, each process at a random moment.
pub(crate) fn kills(writer: &Writer, medium: Medium, kills: u32) -> Kills {
    let longest = time_of_an_update(writer, medium) * 2;
    let mut sum = Kills::default();
    scope(|scope| {
        let lanes = (0..LANES).map(|lane| {
            let kills = kills / LANES + u32::from(lane < kills % LANES);
            let rng = fastrand::Rng::with_seed(first_seed() + u64::from(lane));
            scope.spawn(move || Lane::new(writer, medium, rng, longest).run(kills))
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
    rng: fastrand::Rng,
    longest: Duration,
    /// The set that is in the file.
    known: u32,
    leftovers: Vec<Leftover>,
    /// What stands beside the file when nobody is at work.
    usual: Vec<PathBuf>,
    watch: Watch,
    sum: Kills,
}

impl<'a> Lane<'a> {
    fn new(writer: &'a Writer, medium: Medium, rng: fastrand::Rng, longest: Duration) -> Self {
        let scene = Scene::new(writer, medium);
        let watch = Watch::new(scene.folder());
        let (leftovers, usual, sum) = (Vec::new(), Vec::new(), Kills::default());
        Self { writer, scene, rng, longest, known: 0, leftovers, usual, watch, sum }
    }

    fn run(mut self, kills: u32) -> Kills {
        self.begin_anew();
        self.usual = self.scene.names();
        for _ in 0..kills {
            self.kill();
        }
        // The last one's leftovers, too, meet a next open.
        let ended = self.writer.run(&self.scene.path(), PROFILE, self.known, 0);
        assert!(ended.is_success, "{}", ended.said);
        self.count_leftovers();
        self.sum
    }

    fn kill(&mut self) {
        self.watch.forget();
        let started = self.writer.start(&self.scene.path(), PROFILE, self.known + 1, ENDLESS);
        self.count_leftovers();
        self.let_it_write();
        let reported = started.kill().unwrap_or(self.known);
        self.sum.kills += 1;
        self.leftovers = self.scene.leftovers(&self.usual);

        let text = self.scene.read().unwrap_or_default();
        let rest = self.scene.rest(&text, |name| name == PROFILE.as_bytes());
        let is_possible = reported..=reported + 1;
        match held(&text, PROFILE) {
            Held::Whole(number) if rest != Rest::Lost && is_possible.contains(&number) => {
                self.sum.rewritten += u32::from(rest == Rest::Rewritten);
                self.sum.moments.add(number, reported, self.leftovers.first());
                self.known = number;
            }
            Held::Whole(number) if rest != Rest::Lost && number < reported => {
                self.sum.lost += 1;
                self.known = reported;
                self.begin_anew();
            }
            _ => {
                self.sum.torn += 1;
                self.known = reported;
                self.begin_anew();
            }
        }
    }

    /// Half of the kills come by the clock, the shorter the time the likelier, half with a change in the folder: a write is over
    /// in a small part of the time that an update takes.
    fn let_it_write(&mut self) {
        if self.rng.bool() {
            let times = self.longest.div_duration_f64(SHORTEST);
            sleep(SHORTEST.mul_f64(times.powf(self.rng.f64())));
        } else {
            self.watch.wait_for(self.rng.usize(1..=CHANGES), self.longest);
        }
    }

    fn begin_anew(&mut self) {
        self.scene.restore();
        self.known += 1;
        let ended = self.writer.run(&self.scene.path(), PROFILE, self.known, 1);
        assert_eq!(ended.reported, Some(self.known), "{}", ended.said);
    }

    fn count_leftovers(&mut self) {
        let left = self.leftovers.drain(..).filter(|file| file.has_secret() && file.is_there()).count();
        self.sum.left += u32::from(left > 0);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "kills are spread over the time that a write takes here and now"
)]
fn time_of_an_update(writer: &Writer, medium: Medium) -> Duration {
    let scene = Scene::new(writer, medium);
    let started = writer.start(&scene.path(), PROFILE, 1, 5);
    let begin = Instant::now();
    assert_eq!(started.reported(), (Some(5), true), "{}", writer.name);
    begin.elapsed() / 5
}

impl Moments {
    fn add(&mut self, number: u32, reported: u32, leftover: Option<&Leftover>) {
        let count = match leftover.map(|leftover| held(&leftover.text, PROFILE)) {
            None if number == reported => &mut self.nothing_begun,
            None => &mut self.not_reported,
            Some(Held::Whole(other)) if other > number => &mut self.not_in_force,
            Some(Held::Whole(_)) => &mut self.not_removed,
            Some(_) => &mut self.half_written,
        };
        *count += 1;
    }
}

impl AddAssign for Kills {
    fn add_assign(&mut self, other: Self) {
        let Self { kills, torn, rewritten, lost, left, moments } = other;
        self.kills += kills;
        self.torn += torn;
        self.rewritten += rewritten;
        self.lost += lost;
        self.left += left;
        let Moments { nothing_begun, half_written, not_in_force, not_removed, not_reported } = moments;
        self.moments.nothing_begun += nothing_begun;
        self.moments.half_written += half_written;
        self.moments.not_in_force += not_in_force;
        self.moments.not_removed += not_removed;
        self.moments.not_reported += not_reported;
    }
}

impl fmt::Display for Kills {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kills, torn, rewritten, lost, left, moments } = self;
        let Moments { nothing_begun, half_written, not_in_force, not_removed, not_reported } = moments;
        write!(
            f,
            "{kills} kills: {torn} torn, {rewritten} with foreign bytes changed, {lost} reported and lost, {left} secrets \
             left after the next open; of the others {nothing_begun} before a write, {half_written} in the temporary file, \
             {not_in_force} before the exchange, {not_removed} after it, {not_reported} before the report"
        )
    }
}

fn assert_harmless(writer: &Writer, medium: Medium, count: u32) {
    let found = kills(writer, medium, count);
    println!("kills | {} | {medium:?} | {found}", writer.name);
    let Kills { kills, torn, rewritten, lost, left, moments } = found;
    assert_eq!((kills, torn, rewritten, lost, left), (count, 0, 0, 0, 0), "{found}");
    // No part of a write was passed over.
    for part in [moments.half_written, moments.not_in_force, moments.not_removed, moments.not_reported] {
        assert!(part > 0, "{found}");
    }
}

fn assert_caught(writer: &Writer) {
    let found = kills(writer, Medium::Memory, 100);
    println!("kills | {} | {:?} | {found}", writer.name, Medium::Memory);
    assert!(found.torn > 0, "the kills do not find the files that this writer tears: {found}");
}

#[test]
fn a_writer_of_ours_killed_in_memory_leaves_the_old_set_or_the_new_one() {
    assert_harmless(&Writer::ours(), Medium::Memory, times_as_many(18000));
}

#[test]
fn a_writer_of_ours_killed_on_a_disk_leaves_the_old_set_or_the_new_one() {
    assert_harmless(&Writer::ours(), Medium::Disk, times_as_many(2000));
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn files_that_the_aws_cli_tears_are_found() {
    assert_caught(&Writer::aws_cli());
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn files_that_leapp_tears_are_found() {
    assert_caught(&Writer::leapp());
}
