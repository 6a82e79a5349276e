//! The processes of one login's browser, told from others' by a mark on its command line.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use leapp_browser::Browser;

/// A minute: a loaded machine starts a browser slowly.
const LOOKS: u32 = 6000;
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// A browser that is found again.
pub(crate) struct Marked {
    mark: String,
}

/// What runs, or did.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) leader: u32,
    pub(crate) profile: PathBuf,
}

impl Marked {
    /// Names no option that a browser knows.
    pub(crate) fn new(name: &str) -> Self {
        Self { mark: format!("--leapp-test-{name}-{}", std::process::id()) }
    }

    /// The same in another process of this test program.
    pub(crate) fn shared(name: &str) -> Self {
        Self { mark: format!("--leapp-test-{name}") }
    }

    pub(crate) fn browser(&self, browser: Browser) -> Browser {
        browser.with_argument(&*self.mark).unwrap()
    }

    pub(crate) async fn starts(&self) -> Group {
        for _ in 0..LOOKS {
            if let Some(group) = self.find() {
                return group;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        panic!("no browser has started");
    }

    fn find(&self) -> Option<Group> {
        processes().find_map(|id| {
            let line = fs::read(format!("/proc/{id}/cmdline")).ok()?;
            let arguments: Vec<_> = line.split(|byte| *byte == 0).map(String::from_utf8_lossy).collect();
            let profile = arguments.iter().find_map(|argument| argument.strip_prefix("--user-data-dir="))?;
            let is_leader =
                arguments.iter().any(|argument| *argument == self.mark) && group_of(id) == Some(id);
            is_leader.then(|| Group { leader: id, profile: profile.into() })
        })
    }
}

impl Group {
    /// Those of its processes that run. What has ended and was not waited for by its parent does not.
    pub(crate) fn running(&self) -> Vec<u32> {
        processes().filter(|id| group_of(*id) == Some(self.leader)).collect()
    }

    /// What was killed needs a moment to be gone.
    pub(crate) async fn has_ended(&self) -> bool {
        for _ in 0..LOOKS / 20 {
            if self.running().is_empty() {
                return true;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        false
    }
}

fn processes() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// The process group, unless it has ended: fields 3 and 5 of proc_pid_stat(5).
fn group_of(id: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    let state = fields.next()?;
    (!["Z", "X"].contains(&state)).then(|| fields.nth(1)?.parse().ok())?
}
