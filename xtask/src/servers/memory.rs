//! How much memory a process has resident.

use std::fs;

use crate::Outcome;

/// `VmRSS` of proc_pid_status(5).
pub(super) fn resident_kib(process_id: u32) -> Outcome<u64> {
    let file = format!("/proc/{process_id}/status");
    let status = fs::read_to_string(&file).map_err(|e| format!("reading {file}: {e}"))?;
    parse(&status).ok_or_else(|| format!("{file} has no VmRSS"))
}

fn parse(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_memory_is_not_its_peak() {
        assert_eq!(parse("Name:\ta\nVmHWM:\t   9000 kB\nVmRSS:\t   5124 kB\n"), Some(5124));
        assert_eq!(parse("Name:\ta\n"), None);
    }
}
