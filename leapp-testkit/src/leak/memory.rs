//! Looks for secrets in the memory of the process that uses them.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::{Mutex, PoisonError};

use leapp_core::{Error, ErrorKind};
use memchr::memchr_iter;
use zeroize::Zeroizing;

use super::regions::{Region, writable};

/// As long as a secret access key.
const LENGTH: usize = 40;
/// A shorter text may be found that nobody put there.
const SHORTEST: usize = 16;
/// What is kept of a canary is masked with this, so that keeping it is no copy.
const MASK: u8 = 0xa5;
const CHUNK: usize = 64 << 10;

static ALONE: Mutex<()> = Mutex::new(());

/// A secret to plant, whose copies can be counted in the memory of this process. Linux only.
///
/// The canary itself holds no copy. What [`text`](Self::text) gives is one, and is wiped when it is dropped.
///
/// ```
/// # #[cfg(target_os = "linux")] {
/// use leapp_core::Secret;
/// use leapp_testkit::leak::Canary;
///
/// let canary = Canary::new();
/// let secret = Secret::from(canary.text());
/// assert_eq!(canary.copies()?, 1);
/// let leaked = secret.expose().to_owned();
/// assert_eq!(canary.copies()?, 2);
/// drop(leaked); // Freed, and not wiped.
/// drop(secret);
/// assert!(canary.copies()? <= 1);
/// # }
/// # Ok::<(), leapp_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Canary {
    masked: Vec<u8>,
}

impl Canary {
    /// A secret of 40 letters and digits that is nowhere else.
    #[must_use]
    pub fn new() -> Self {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        Self { masked: (0..LENGTH).map(|_| LETTERS[fastrand::usize(..LETTERS.len())] ^ MASK).collect() }
    }

    /// Watches a secret that somebody else made. Of one that is longer than 40 bytes, those in its middle are looked for:
    /// long tokens begin and end alike.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// use leapp_testkit::leak::Canary;
    ///
    /// let token = zeroize::Zeroizing::new(String::from("a token that a service has made up"));
    /// let canary = Canary::of(&token);
    /// assert!(canary.copies()? >= 1);
    /// # }
    /// # Ok::<(), leapp_core::Error>(())
    /// ```
    ///
    /// # Panics
    /// When it is shorter than 16 bytes.
    #[must_use]
    pub fn of(secret: &str) -> Self {
        assert!(secret.len() >= SHORTEST, "a secret of less than {SHORTEST} bytes may be found by chance");
        let bytes = secret.as_bytes();
        let before = bytes.len().saturating_sub(LENGTH) / 2;
        Self { masked: bytes.iter().skip(before).take(LENGTH).map(|byte| byte ^ MASK).collect() }
    }

    /// The secret, or what of it is looked for.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        // Of its full length from the start: a string that grows leaves its old places unwiped.
        let mut text = Zeroizing::new(String::with_capacity(self.masked.len()));
        text.extend(self.masked.iter().map(|byte| char::from(byte ^ MASK)));
        text
    }

    /// How many copies are in the writable memory of this process: heap, stacks, statics.
    ///
    /// Other threads go on meanwhile; for an exact count they have to rest.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] where the system does not show a process its own memory.
    pub fn copies(&self) -> Result<usize, Error> {
        self.copies_where(|_| true)
    }

    /// How many copies are on the heap and in statics: those that no stack of a thread holds, of one that runs or has ended.
    ///
    /// What a stack holds is a matter of the compiler: a copy passes through registers, which any later call may save there. What
    /// a program has to answer for is what it keeps in memory that it asked for. A stack is what stands above a
    /// guard of 4 KiB, as glibc has it, up to 2 MiB; where that is not to be told, all counts as heap.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// use leapp_testkit::leak::Canary;
    ///
    /// let canary = Canary::new();
    /// let on_the_heap = canary.text();
    /// assert_eq!(canary.copies_on_the_heap()?, 1);
    /// # }
    /// # Ok::<(), leapp_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] where the system does not show a process its own memory.
    pub fn copies_on_the_heap(&self) -> Result<usize, Error> {
        self.copies_where(|region| !region.is_stack)
    }

    fn copies_where(&self, is_looked_at: impl Fn(&Region) -> bool) -> Result<usize, Error> {
        let unsupported = |error: io::Error| {
            Error::new(ErrorKind::Unsupported, "cannot read this process's own memory").with_source(error)
        };
        // What another look around holds in its buffer would be found in this one.
        let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let maps = fs::read_to_string("/proc/self/maps").map_err(unsupported)?;
        let memory = File::open("/proc/self/mem").map_err(unsupported)?;
        let mut buffer = Zeroizing::new(vec![0; CHUNK]);
        // Reading the buffer into itself would find there what is elsewhere.
        let own = buffer.as_ptr().addr() as u64;
        let regions = writable(&maps).into_iter().filter(is_looked_at);
        let regions = regions.flat_map(|region| region.without(own, own + CHUNK as u64));
        Ok(regions.map(|region| self.copies_in(&memory, region, &mut buffer)).sum())
    }

    /// Looks through one region, a chunk at a time; chunks overlap by what a copy may hang over.
    fn copies_in(&self, memory: &File, region: Region, buffer: &mut [u8]) -> usize {
        let mut copies = 0;
        let mut at = region.start;
        while at < region.end {
            let wanted = usize::try_from(region.end - at).map_or(CHUNK, |left| left.min(CHUNK));
            // A region may be gone by now, or be one that cannot be read.
            let Ok(read) = memory.read_at(&mut buffer[..wanted], at) else { break };
            let first = self.masked[0] ^ MASK;
            copies +=
                memchr_iter(first, &buffer[..read]).filter(|at| self.begins(&buffer[*at..read])).count();
            let step = read.saturating_sub(self.masked.len() - 1);
            if step == 0 {
                break;
            }
            at += step as u64;
        }
        copies
    }

    fn begins(&self, bytes: &[u8]) -> bool {
        let is_same = |(byte, masked): (&u8, &u8)| byte ^ MASK == *masked;
        bytes.len() >= self.masked.len() && bytes.iter().zip(&self.masked).all(is_same)
    }
}

impl Default for Canary {
    fn default() -> Self {
        Self::new()
    }
}
