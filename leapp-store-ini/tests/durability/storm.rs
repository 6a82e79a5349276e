//! Many writers at once, each with its own profile, and readers all the while.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use crate::scene::{Medium, Scene};
use crate::text::{Held, Rest, held};
use crate::writer::{Started, Writer};

const READERS: usize = 2;

/// Readers leave the processors to the writers.
const BETWEEN_READS: Duration = Duration::from_micros(100);

/// What a storm has left.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Storm {
    pub(crate) writers: u32,
    /// Of each writer.
    pub(crate) updates: u32,
    /// Writers that ended with an error.
    pub(crate) failed: u32,
    /// Profiles that do not hold their last set in the end.
    pub(crate) lost: u32,
    /// True when values of others are gone in the end.
    pub(crate) is_rest_lost: bool,
    /// True when only bytes of others have changed in the end.
    pub(crate) is_rest_rewritten: bool,
    /// Secrets beside the file in the end.
    pub(crate) left: usize,
    pub(crate) reads: Reads,
    pub(crate) time: Duration,
    /// The longest time between two reports of one writer.
    pub(crate) longest: Duration,
    /// What the slowest writer had reached when the first was done, as far as the readers saw it.
    pub(crate) slowest: u32,
}

/// What readers saw meanwhile.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reads {
    pub(crate) reads: u32,
    /// A profile without one whole set, or values of others gone.
    pub(crate) torn: u32,
    /// An older set than the same reader saw before, or none any more.
    pub(crate) back: u32,
    slowest: Option<u32>,
}

/// Lets so many writers publish so many sets each.
#[expect(clippy::disallowed_methods, reason = "printed, to see what writers wait for each other")]
pub(crate) fn storm(writer: &Writer, medium: Medium, writers: u32, updates: u32) -> Storm {
    let scene = Scene::new(writer, medium);
    let profiles: Vec<String> = (0..writers).map(|number| format!("writer-{number}")).collect();
    let is_over = AtomicBool::new(false);
    let mut storm = Storm { writers, updates, ..Storm::default() };
    scope(|scope| {
        let begin = Instant::now();
        let children: Vec<Started> =
            profiles.iter().map(|profile| writer.spawn(&scene.path(), profile, 1, updates)).collect();
        let read = || Reader::new(&scene, &profiles, updates).read_until(&is_over);
        let readers: Vec<_> = (0..READERS).map(|_| scope.spawn(read)).collect();
        // Each has somebody who listens, so that it is known when it reported what.
        let listeners: Vec<_> = children.into_iter().map(|child| scope.spawn(|| child.listen())).collect();
        for listener in listeners {
            let (is_success, longest) = listener.join().unwrap();
            storm.failed += u32::from(!is_success);
            storm.longest = storm.longest.max(longest);
        }
        storm.time = begin.elapsed();
        is_over.store(true, Ordering::Relaxed);
        for reader in readers {
            storm.reads.add(&reader.join().unwrap());
        }
    });
    storm.slowest = storm.reads.slowest.unwrap_or(updates);
    let text = scene.read().unwrap_or_default();
    let is_lost = |profile: &&String| held(&text, profile) != Held::Whole(updates);
    storm.lost = u32::try_from(profiles.iter().filter(is_lost).count()).unwrap();
    let rest = scene.rest(&text, is_theirs);
    (storm.is_rest_lost, storm.is_rest_rewritten) = (rest == Rest::Lost, rest == Rest::Rewritten);
    storm.left = scene.leftovers(&[]).iter().filter(|file| file.has_secret()).count();
    storm
}

fn is_theirs(name: &[u8]) -> bool {
    name.starts_with(b"writer-")
}

struct Reader<'a> {
    scene: &'a Scene,
    profiles: &'a [String],
    updates: u32,
    seen: HashMap<&'a str, u32>,
    last: Vec<u8>,
    reads: Reads,
}

impl<'a> Reader<'a> {
    fn new(scene: &'a Scene, profiles: &'a [String], updates: u32) -> Self {
        let (seen, last, reads) = (HashMap::new(), Vec::new(), Reads::default());
        Self { scene, profiles, updates, seen, last, reads }
    }

    fn read_until(mut self, is_over: &AtomicBool) -> Reads {
        while !is_over.load(Ordering::Relaxed) {
            self.read();
            sleep(BETWEEN_READS);
        }
        self.reads
    }

    fn read(&mut self) {
        let text = self.scene.read().unwrap_or_default();
        self.reads.reads += 1;
        // What was looked at once is as good, or as bad, the second time.
        if text == self.last {
            return;
        }
        let (mut is_torn, mut is_back) = (self.scene.rest(&text, is_theirs) == Rest::Lost, false);
        for profile in self.profiles {
            let before = self.seen.get(profile.as_str()).copied().unwrap_or_default();
            match held(&text, profile) {
                Held::Torn => is_torn = true,
                Held::Nothing => is_back |= before > 0,
                Held::Whole(number) => {
                    is_back |= number < before;
                    self.seen.insert(profile, number);
                }
            }
        }
        self.reads.torn += u32::from(is_torn);
        self.reads.back += u32::from(is_back);
        if self.reads.slowest.is_none() && self.seen.values().any(|number| *number == self.updates) {
            let all = self.profiles.iter().map(|profile| self.seen.get(profile.as_str()));
            self.reads.slowest = all.map(|number| number.copied().unwrap_or_default()).min();
        }
        self.last = text;
    }
}

impl Reads {
    fn add(&mut self, other: &Self) {
        let Self { reads, torn, back, slowest } = other;
        self.reads += reads;
        self.torn += torn;
        self.back += back;
        self.slowest = self.slowest.max(*slowest);
    }
}

impl fmt::Display for Storm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { writers, updates, failed, lost, is_rest_lost, is_rest_rewritten, left, .. } = self;
        let Self { reads: Reads { reads, torn, back, .. }, time, longest, slowest, .. } = self;
        let rest = match (is_rest_lost, is_rest_rewritten) {
            (true, _) => "values of others lost",
            (false, true) => "foreign bytes changed",
            (false, false) => "foreign bytes the same",
        };
        write!(
            f,
            "{writers} x {updates} updates: {failed} writers failed, {lost} of {writers} last sets lost, {rest}, {left} \
             secrets left; of {reads} reads {torn} torn, {back} of something older; {:.1} ms for an update, {:.1} s for \
             the one that waited longest, and when the first writer was done the slowest was at {slowest}",
            time.as_secs_f64() * 1000.0 / f64::from(writers * updates),
            longest.as_secs_f64(),
        )
    }
}
