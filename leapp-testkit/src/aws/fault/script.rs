//! Which fault comes next: what a test wrote down, else what chance brings.

use std::collections::VecDeque;

use super::Fault;

/// What is to go wrong from now on.
#[derive(Default)]
pub(in crate::aws) struct Script {
    entries: VecDeque<Entry>,
    chance: Option<Chance>,
}

struct Entry {
    /// The operation that it waits for; any when there is none.
    action: Option<String>,
    fault: Fault,
    times: usize,
}

/// Faults at random, the same in every run with the same seed and the same requests.
struct Chance {
    random: fastrand::Rng,
    percent: u8,
    faults: Vec<Fault>,
}

impl Script {
    pub(in crate::aws) fn fail_next(&mut self, action: Option<&str>, fault: Fault, times: usize) {
        self.entries.push_back(Entry { action: action.map(str::to_owned), fault, times });
    }

    pub(in crate::aws) fn fail_at_random(&mut self, seed: u64, percent: u8, faults: &[Fault]) {
        let random = fastrand::Rng::with_seed(seed);
        self.chance = Some(Chance { random, percent, faults: faults.to_vec() })
            .filter(|chance| !chance.faults.is_empty());
    }

    /// The fault of a request for an operation. The oldest entry that fits counts.
    pub(in crate::aws) fn next_fault(&mut self, action: &str) -> Option<Fault> {
        self.entries.retain(|entry| entry.times > 0);
        let fits = |entry: &&mut Entry| entry.action.as_deref().is_none_or(|wanted| wanted == action);
        if let Some(entry) = self.entries.iter_mut().find(fits) {
            entry.times -= 1;
            return Some(entry.fault);
        }
        let Chance { random, percent, faults } = self.chance.as_mut()?;
        (random.u8(..100) < *percent).then(|| faults[random.usize(..faults.len())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_for_one_operation_waits_for_it() {
        let mut script = Script::default();
        script.fail_next(Some("CreateToken"), Fault::Throttle, 1);
        script.fail_next(None, Fault::Hang, 1);

        assert_eq!(script.next_fault("GetCallerIdentity"), Some(Fault::Hang));
        assert_eq!(script.next_fault("GetCallerIdentity"), None);
        assert_eq!(script.next_fault("CreateToken"), Some(Fault::Throttle));
        assert_eq!(script.next_fault("CreateToken"), None);
    }

    #[test]
    fn chance_repeats_itself_by_its_seed() {
        let run = |seed| {
            let mut script = Script::default();
            script.fail_at_random(seed, 30, &[Fault::Throttle, Fault::ServerError]);
            (0..1000).map(|_| script.next_fault("GetCallerIdentity")).collect::<Vec<_>>()
        };

        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
        let failed = run(1).iter().flatten().count();
        assert!((200..400).contains(&failed), "{failed} of 1000 at 30 %");
    }

    #[test]
    fn chance_without_faults_is_none() {
        let mut script = Script::default();
        script.fail_at_random(1, 100, &[]);

        assert_eq!(script.next_fault("GetCallerIdentity"), None);
    }
}
