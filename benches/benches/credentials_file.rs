//! The durable write: one change of a file of 100 profiles beside a bare durable write of as many bytes; 1,000 sessions at once.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a bench that fails has nothing to go on with")]
#![expect(clippy::print_stdout, reason = "it prints tables")]

use std::cell::RefCell;
use std::path::Path;
use std::time::Duration;

use leapp_benches::{Contender, Profiles, is_measurement, table, take_turns};
use leapp_store_ini::CredentialsFile;

const ROUNDS: usize = 30;
const PER_ROUND: usize = 3;
/// What the later looks wait for.
const WAITS: Duration = Duration::from_millis(20);

fn main() {
    println!("{}", one_change());
    println!("{}", together());
}

/// After as long a pause as each call of the sink has behind it when the next one begins: a processor that has just done the same is
/// faster, and no host writes twice in a row.
fn rested(write: impl FnOnce() -> Duration) -> Duration {
    std::thread::sleep(WAITS);
    write()
}

fn open(profiles: usize) -> Profiles<CredentialsFile> {
    // Beside what is built: where files for a moment go may be memory.
    Profiles::publish(Path::new(env!("CARGO_MANIFEST_DIR")), profiles, |path| CredentialsFile::open(path))
        .unwrap()
}

fn one_change() -> String {
    let profiles = RefCell::new(open(100));
    let (count, size) = (profiles.borrow().count(), profiles.borrow().size());
    // Each is one call; what is told of it differs.
    let rotate = |number: usize| {
        let written = profiles.borrow_mut().rotate(number..number + 1).unwrap();
        assert_eq!(written.replacements, 1, "one change is one write");
        written
    };
    let each = |told: fn(&leapp_benches::Written) -> Duration| {
        move |times: usize| (0..times).map(|time| told(&rotate(time % count))).collect()
    };
    let mut contenders = [
        Contender::new("a bare durable write, after a pause", PER_ROUND, |times| {
            (0..times).map(|_| rested(|| profiles.borrow().bare_write().unwrap())).collect()
        }),
        Contender::new("bare durable writes in a row", PER_ROUND, |times| {
            (0..times).map(|_| profiles.borrow().bare_write().unwrap()).collect()
        }),
        Contender::new("`apply`, until it is seen to be durable", PER_ROUND, each(|written| written.durable)),
        Contender::new("a file that goes, until that is seen", PER_ROUND, |times| {
            (0..times).map(|_| rested(|| profiles.borrow_mut().watched_removal().unwrap())).collect()
        }),
        Contender::new(
            "`apply`, the whole call without its waits",
            PER_ROUND,
            each(|written| written.call.saturating_sub(WAITS)),
        ),
        Contender::new("`apply`, the whole call", PER_ROUND, each(|written| written.call)),
    ];
    take_turns(&mut contenders, ROUNDS);
    let table = table(&format!("One change of a file of {count} profiles, {size} bytes:"), &contenders, 0);
    // The folder is synced before the displaced file goes, and that is what is seen.
    let [rested, in_a_row, seen, going, ..] = &contenders;
    let ratio = |to: &Contender<'_>, of: fn(&Contender<'_>) -> Duration| {
        of(seen).saturating_sub(of(going)).as_secs_f64() / of(to).as_secs_f64()
    };
    let ratios = |to| {
        let (median, minimum) = (ratio(to, |it| it.median()), ratio(to, |it| it.minimum()));
        format!("{median:.2} times {} by the medians, {minimum:.2} by the minima", to.name())
    };
    format!("{table}durable, less what it takes to see it: {}; {}\n", ratios(rested), ratios(in_a_row))
}

fn together() -> String {
    let sessions = if is_measurement() { 1000 } else { 10 };
    let profiles = RefCell::new(open(sessions));
    let size = profiles.borrow().size();
    let at_once = |told: fn(&leapp_benches::Written) -> Duration| {
        let profiles = &profiles;
        move |times: usize| {
            let all = (0..times).map(|_| {
                let written = profiles.borrow_mut().rotate(0..sessions).unwrap();
                assert_eq!(written.replacements, 1, "all sessions together are one write");
                told(&written)
            });
            all.collect()
        }
    };
    let mut contenders = [
        Contender::new("a bare durable write", PER_ROUND, |times| {
            (0..times).map(|_| rested(|| profiles.borrow().bare_write().unwrap())).collect()
        }),
        Contender::new(
            "together, until it is seen to be durable",
            PER_ROUND,
            at_once(|written| written.durable),
        ),
        Contender::new("together, the whole call", PER_ROUND, at_once(|written| written.call)),
    ];
    take_turns(&mut contenders, ROUNDS / 3);
    let title = format!("{sessions} sessions rotated together, one write of {size} bytes:");
    let table = table(&title, &contenders, 0);
    let one_write = contenders[2].median();
    drop(contenders);

    let (mut singly, mut durable, mut writes) = (Duration::ZERO, Duration::ZERO, 0);
    for number in 0..sessions {
        let written = profiles.borrow_mut().rotate(number..number + 1).unwrap();
        (singly, durable) = (singly + written.call, durable + written.durable);
        writes += written.replacements;
    }
    format!(
        "{table}{sessions} single writes: {writes} writes, {singly:.1?} in all, {durable:.1?} until each was durable; \
         the whole call together is 1/{:.0} of it\n",
        singly.as_secs_f64() / one_write.as_secs_f64()
    )
}
