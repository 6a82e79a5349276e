//! One run for each call and each thing that can happen to it, from the same beginning.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use tempfile::TempDir;

use super::fault::Fault;
use super::trace::{Call, Tracer};
use super::{History, Sweep};
use crate::scene::{Medium, Scene};
use crate::text::{Held, Rest, held};
use crate::writer::{Ended, Writer};

const PROFILE: &str = "dev";

/// Does to each call of an update what can be done to it.
pub(crate) fn sweep(writer: &Writer, history: History) -> Sweep {
    let mut stage = Stage::new(writer, history);
    let logs = tempfile::tempdir().unwrap();
    let log = logs.path().join("trace");
    stage.set();
    let folders = [stage.scene.folder(), stage.elsewhere.path()];
    let tracer = Tracer::new(writer, log, folders, &stage.file());
    stage.set();
    let calls = tracer.calls(&stage.file());
    stage.sum.calls = u32::try_from(calls.len()).unwrap();
    for (at, call) in calls.iter().enumerate() {
        stage.lose_disk(&tracer, &calls, at);
        stage.kill(&tracer, call);
        for fault in Fault::errors(call) {
            stage.fail(&tracer, call, fault);
        }
        if Fault::is_write(call) {
            stage.fail(&tracer, call, Fault::NothingWritten);
        }
    }
    stage.fill_the_disk();
    stage.sum
}

/// The place where each run begins from the same state.
struct Stage<'a> {
    writer: &'a Writer,
    history: History,
    scene: Scene,
    /// Where the link is.
    elsewhere: TempDir,
    usual: Vec<PathBuf>,
    before: Option<Vec<u8>>,
    sum: Sweep,
}

impl<'a> Stage<'a> {
    fn new(writer: &'a Writer, history: History) -> Self {
        let scene = match history {
            History::Created => Scene::empty(Medium::Memory),
            History::OverALink | History::Updated => Scene::new(writer, Medium::Memory),
        };
        let elsewhere = tempfile::tempdir().unwrap();
        symlink(scene.path(), elsewhere.path().join("credentials")).unwrap();
        let mut stage = Self {
            writer,
            history,
            scene,
            elsewhere,
            usual: Vec::new(),
            before: None,
            sum: Sweep::default(),
        };
        let ended = writer.run(&stage.file(), PROFILE, 1, 1);
        assert!(ended.is_success, "{}", ended.said);
        if !matches!(history, History::Created) {
            stage.before = stage.scene.read();
            stage.usual = stage.scene.names();
        }
        stage
    }

    /// What the writer is told to write.
    fn file(&self) -> PathBuf {
        match self.history {
            History::OverALink => self.elsewhere.path().join("credentials"),
            History::Created | History::Updated => self.scene.path(),
        }
    }

    /// Everything as it was; what a writer always leaves beside the file is there from the start, unless all is new.
    #[expect(clippy::disallowed_methods, reason = "nobody reads or writes here at this moment")]
    fn set(&self) {
        for path in self.scene.names().iter().filter(|path| !self.usual.contains(path)) {
            fs::remove_file(path).unwrap();
        }
        if let Some(before) = &self.before {
            fs::write(self.scene.path(), before).unwrap();
        }
    }

    fn kill(&mut self, tracer: &Tracer<'_>, call: &Call) {
        self.set();
        let (ended, is_hit) = tracer.update(&self.file(), call, Fault::Kill);
        self.sum.kills += 1;
        self.sum.missed += u32::from(!is_hit);
        self.judge(&ended, &format!("killed at {}", call.text), false);
    }

    fn fail(&mut self, tracer: &Tracer<'_>, call: &Call, fault: Fault) {
        self.set();
        let (ended, is_hit) = tracer.update(&self.file(), call, fault);
        if fault == Fault::NothingWritten {
            self.sum.short_writes += 1;
        } else {
            self.sum.errors += 1;
        }
        self.sum.missed += u32::from(!is_hit);
        self.judge(&ended, &format!("{fault:?} at {}", call.text), true);
    }

    /// Without a disk nothing can be taken back, so that a failure may leave the new file.
    fn lose_disk(&mut self, tracer: &Tracer<'_>, calls: &[Call], from: usize) {
        if calls[from..].iter().all(|call| Fault::needs_no_disk(&call.name)) {
            return;
        }
        self.set();
        let (ended, is_hit) = tracer.update_without_disk(&self.file(), calls, from);
        self.sum.lost_disks += 1;
        self.sum.missed += u32::from(!is_hit);
        self.judge(&ended, &format!("no disk from {}", calls[from].text), false);
    }

    /// A disk that takes the first bytes of a write only, and the rest never.
    fn fill_the_disk(&mut self) {
        let whole = self.before.as_ref().map_or(300, Vec::len);
        for limit in [1, whole / 3, whole / 2, whole - 1] {
            self.set();
            let limits = ["--ignore-signal=XFSZ", "prlimit", &format!("--fsize={limit}")];
            let full = self.writer.under("env", limits.map(OsString::from).to_vec());
            let ended = full.run(&self.file(), PROFILE, 2, 1);
            self.sum.short_writes += 1;
            self.judge(&ended, &format!("no room beyond {limit} bytes"), true);
        }
    }

    /// `is_answer` when a writer that reports no success is to have reported a failure, and undone what it did.
    fn judge(&mut self, ended: &Ended, what: &str, is_answer: bool) {
        let text = self.scene.read();
        if self.is_whole(text.as_deref(), what) {
            if ended.reported.is_none() {
                if is_answer && text != self.before {
                    self.sum.half_failed += 1;
                    self.note(what, &format!("failure, and the file is not as before: {}", ended.said));
                }
            } else if self.number(text.as_deref()) != Held::Whole(2) {
                self.sum.silent += 1;
                self.note(what, "success, and the set is not there");
            }
        }
        self.open_again(what);
    }

    fn is_whole(&mut self, text: Option<&[u8]>, what: &str) -> bool {
        let rest = self.scene.rest(text.unwrap_or_default(), |name| name == PROFILE.as_bytes());
        let number = self.number(text);
        let is_old = if self.before.is_some() { number == Held::Whole(1) } else { text.is_none() };
        if rest == Rest::Lost || !(is_old || number == Held::Whole(2)) {
            self.sum.torn += 1;
            self.note(what, &format!("{number:?}, rest: {rest:?}"));
            return false;
        }
        self.sum.rewritten += u32::from(rest == Rest::Rewritten);
        if matches!(self.history, History::OverALink) && !self.file().is_symlink() {
            self.sum.unlinked += 1;
            self.note(what, "the link is gone");
        }
        true
    }

    fn number(&self, text: Option<&[u8]>) -> Held {
        text.map_or(Held::Nothing, |text| held(text, PROFILE))
    }

    fn open_again(&mut self, what: &str) {
        let ended = self.writer.run(&self.file(), PROFILE, 1, 0);
        assert!(ended.is_success, "{}", ended.said);
        if self.scene.leftovers(&self.usual).iter().any(|file| file.has_secret()) {
            self.sum.left += 1;
            self.note(what, "a secret is left");
        }
    }

    fn note(&mut self, what: &str, harm: &str) {
        self.sum.notes.push(format!("{what}: {harm}"));
    }
}
