//! Faults: scripted, and by chance.

use std::time::Duration;

use toml::Spanned;

use super::problem::{Problem, within};
use super::shape::{RandomFault, RandomFaults, ScriptedFault};
use crate::aws::{FakeAws, Fault, MOST_CLOCK_OFFSET};

/// An hour: who waits longer has given up.
const LONGEST_DELAY: u64 = 3_600_000;

#[derive(Default)]
pub(super) struct FaultPlan {
    scripted: Vec<Scripted>,
    random: Option<(u64, u8, Vec<Fault>)>,
}

struct Scripted {
    action: Option<String>,
    fault: Fault,
    times: usize,
}

pub(super) fn check(faults: &[ScriptedFault], random: Option<&RandomFaults>) -> Result<FaultPlan, Problem> {
    let scripted = faults.iter().map(one).collect::<Result<_, _>>()?;
    Ok(FaultPlan { scripted, random: random.map(by_chance).transpose()? })
}

impl FaultPlan {
    pub(super) fn make(&self, aws: &FakeAws) {
        for Scripted { action, fault, times } in &self.scripted {
            match action {
                Some(action) => aws.fail_next_of(action, *fault, *times),
                None => aws.fail_next(*fault, *times),
            }
        }
        if let Some((seed, percent, faults)) = &self.random {
            aws.fail_at_random(*seed, *percent, faults);
        }
    }
}

fn one(entry: &ScriptedFault) -> Result<Scripted, Problem> {
    let ScriptedFault { kind, milliseconds, seconds, times, action } = entry;
    let fault = fault(kind, milliseconds.as_ref(), seconds.as_ref())?;
    let times = times.as_ref().map(|times| within(times, 1..=1_000_000)).transpose()?.unwrap_or(1);
    let times = usize::try_from(times).unwrap_or(usize::MAX);
    Ok(Scripted { action: action.as_ref().map(checked_action).transpose()?, fault, times })
}

fn by_chance(random: &RandomFaults) -> Result<(u64, u8, Vec<Fault>), Problem> {
    let RandomFaults { seed, percent, faults } = random;
    let percent = u8::try_from(within(percent, 0..=100)?).unwrap_or(100);
    let faults = faults.iter().map(|one| {
        let RandomFault { kind, milliseconds, seconds } = one;
        fault(kind, milliseconds.as_ref(), seconds.as_ref())
    });
    Ok((*seed, percent, faults.collect::<Result<_, _>>()?))
}

fn checked_action(action: &Spanned<String>) -> Result<String, Problem> {
    let text = action.get_ref();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(text.clone());
    }
    Err(Problem::at(action, "an operation's name is letters and digits: `AssumeRole`"))
}

fn fault(
    kind: &Spanned<String>,
    milliseconds: Option<&Spanned<u64>>,
    seconds: Option<&Spanned<i64>>,
) -> Result<Fault, Problem> {
    let fault = match (kind.get_ref().as_str(), milliseconds, seconds) {
        ("Delay", Some(milliseconds), None) => {
            return Ok(Fault::Delay(Duration::from_millis(within(milliseconds, 0..=LONGEST_DELAY)?)));
        }
        ("Delay", _, _) => return Err(Problem::at(kind, "Delay needs `milliseconds`, and nothing else")),
        ("WrongDate", None, Some(seconds)) => {
            return Ok(Fault::WrongDate(within(seconds, -MOST_CLOCK_OFFSET..=MOST_CLOCK_OFFSET)?));
        }
        ("WrongDate", _, _) => return Err(Problem::at(kind, "WrongDate needs `seconds`, and nothing else")),
        (name, _, _) => plain(name),
    };
    let fault = fault.ok_or_else(|| Problem::at(kind, format!("there is no fault `{}`", kind.get_ref())))?;
    match (milliseconds, seconds) {
        (Some(value), _) => Err(Problem::at(value, "only Delay has `milliseconds`")),
        (_, Some(value)) => Err(Problem::at(value, "only WrongDate has `seconds`")),
        (None, None) => Ok(fault),
    }
}

/// The faults that need no number.
fn plain(name: &str) -> Option<Fault> {
    Some(match name {
        "AccessDenied" => Fault::AccessDenied,
        "AnswerLost" => Fault::AnswerLost,
        "ConnectionDropped" => Fault::ConnectionDropped,
        "CutShort" => Fault::CutShort,
        "Duplicated" => Fault::Duplicated,
        "ExpiredOnArrival" => Fault::ExpiredOnArrival,
        "ExpiredToken" => Fault::ExpiredToken,
        "Hang" => Fault::Hang,
        "Oversized" => Fault::Oversized,
        "ServerError" => Fault::ServerError,
        "Throttle" => Fault::Throttle,
        "Truncated" => Fault::Truncated,
        "Unavailable" => Fault::Unavailable,
        _ => return None,
    })
}
