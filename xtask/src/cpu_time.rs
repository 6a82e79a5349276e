//! CPU seconds of the programs that this one has run.

use std::fs;
use std::process::Command;

use crate::{Outcome, process};

/// CPU seconds, user and system, of all children that have ended, and of theirs.
///
/// Wall time would say how busy the machine is; this says how much work there was.
pub(crate) fn of_children() -> Outcome<f64> {
    let stat = fs::read_to_string("/proc/self/stat").map_err(|e| format!("reading /proc/self/stat: {e}"))?;
    let ticks_per_second = process::output(Command::new("getconf").arg("CLK_TCK"))?;
    let ticks_per_second: f64 =
        ticks_per_second.trim().parse().map_err(|e| format!("reading the clock tick: {e}"))?;
    Ok(ticks_of_children(&stat)? / ticks_per_second)
}

/// `cutime` and `cstime`, fields 16 and 17 of proc_pid_stat(5).
fn ticks_of_children(stat: &str) -> Outcome<f64> {
    // Field 2 is the program's name in parentheses and may itself hold spaces and parentheses.
    let (_, after_name) = stat.rsplit_once(')').ok_or("/proc/self/stat has no program name")?;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let field = |number: usize| -> Outcome<f64> {
        let text = fields.get(number - 3).ok_or("/proc/self/stat is too short")?;
        text.parse().map_err(|e| format!("reading field {number} of /proc/self/stat: {e}"))
    };
    Ok(field(16)? + field(17)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_counted_behind_the_name() {
        let stat = "7 (a) b) R 4 5 6 7 8 9 10 11 12 13 14 15 100 23 18 19";
        assert_eq!(ticks_of_children(stat), Ok(123.0));
    }

    #[test]
    fn a_child_that_works_is_counted() {
        let before = of_children().unwrap();
        process::output(Command::new("sh").args(["-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done"]))
            .unwrap();
        assert!(of_children().unwrap() > before);
    }
}
