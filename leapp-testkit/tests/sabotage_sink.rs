//! Each clause of the sink's suite rejects a sink that breaks it.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed test says where")]

mod sabotage_support;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use leapp_core::{
    Change, CredentialSink, Error, ErrorKind, ProfileName, Region, Secret, SessionCredentials, SessionId,
};
use leapp_testkit::conformance::sink::{CLAUSES, ReadBack, SinkHarness};
use sabotage_support::Saboteur;

#[derive(Clone, Copy, Debug, PartialEq)]
enum How {
    KeepsTheContract,
    CutsTheToken,
    ForgetsTheRegion,
    ExpiresWhenItLikes,
    LeavesAGap,
    WritesTheTokenLater,
    KeepsTheOldRegion,
    RefusesAnotherSession,
    KeepsTheOldHolder,
    AppliesOneByOne,
    WithdrawsLast,
    LeavesATrace,
    StrictWithdraw,
    WithdrawsAnybodys,
    EatsForeign,
    EatsForeignOnWithdraw,
    RefusesForeignAsCorrupt,
    RemovesThenFails,
    RemovesThenFailsAndHoldsNothingForeign,
    SwallowsFailures,
    PrintsInDebug,
    TellsInErrors,
    Logs,
}

#[derive(Clone)]
struct Row {
    session: Option<SessionId>,
    region: Option<Region>,
    credentials: SessionCredentials,
}

type Rows = BTreeMap<ProfileName, Row>;

/// A small sink that keeps the contract, but for one thing.
struct Target {
    how: How,
    rows: Mutex<Rows>,
    traces: AtomicUsize,
    is_broken: AtomicBool,
}

impl Target {
    fn open(how: How) -> Arc<dyn SinkHarness> {
        let (traces, is_broken) = (AtomicUsize::new(0), AtomicBool::new(false));
        Arc::new(Self { how, rows: Mutex::default(), traces, is_broken })
    }

    fn check(&self, rows: &Rows, change: &Change) -> Result<(), Error> {
        let row = rows.get(change.profile());
        let foreign_kind = match (self.how, change) {
            (How::EatsForeign, Change::Publish { .. }) => None,
            (How::EatsForeignOnWithdraw, Change::Withdraw { .. }) => None,
            (How::RefusesForeignAsCorrupt, _) => Some(ErrorKind::Corrupt),
            _ => Some(ErrorKind::NotOurs),
        };
        match (row, foreign_kind) {
            (Some(Row { session: None, .. }), Some(kind)) => return Err(self.error(kind, change)),
            (Some(Row { session: Some(holder), .. }), _)
                if self.how == How::RefusesAnotherSession && holder != change.session() =>
            {
                return Err(self.error(ErrorKind::AlreadyExists, change));
            }
            (None, _) if self.how == How::StrictWithdraw && matches!(change, Change::Withdraw { .. }) => {
                return Err(self.error(ErrorKind::NotFound, change));
            }
            _ => {}
        }
        Ok(())
    }

    fn error(&self, kind: ErrorKind, change: &Change) -> Error {
        match (self.how, change) {
            (How::TellsInErrors, Change::Publish { credentials, .. }) => {
                Error::new(kind, format!("cannot write {}", &credentials.session_token().expose()[..20]))
            }
            _ => Error::new(kind, format!("cannot write profile `{}`", change.profile())),
        }
    }

    fn publish(&self, rows: &mut Rows, change: &Change) {
        let Change::Publish { session, profile, region, credentials } = change else { return };
        let old = rows.get(profile).cloned();
        let region = match (self.how, &old) {
            (How::ForgetsTheRegion, _) => None,
            (How::KeepsTheOldRegion, Some(old)) => region.clone().or_else(|| old.region.clone()),
            _ => region.clone(),
        };
        let holder = match (self.how, old) {
            (How::KeepsTheOldHolder, Some(old)) => old.session,
            _ => Some(session.clone()),
        };
        let credentials = match self.how {
            How::CutsTheToken => rebuilt(credentials, &credentials.session_token().expose()[..2048], 0),
            How::ExpiresWhenItLikes => rebuilt(credentials, credentials.session_token().expose(), 1),
            _ => credentials.clone(),
        };
        rows.insert(profile.clone(), Row { session: holder, region, credentials });
    }

    fn withdraw(&self, rows: &mut Rows, change: &Change) {
        let Some(row) = rows.get(change.profile()) else { return };
        let anybodys = matches!(self.how, How::WithdrawsAnybodys | How::EatsForeignOnWithdraw);
        if anybodys || row.session.as_ref() == Some(change.session()) {
            rows.remove(change.profile());
            if self.how == How::LeavesATrace {
                self.traces.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn one(&self, rows: &mut Rows, change: &Change) -> Result<(), Error> {
        self.check(rows, change)?;
        match change {
            Change::Publish { .. } => self.publish(rows, change),
            _ => self.withdraw(rows, change),
        }
        Ok(())
    }

    fn all(&self, rows: &mut Rows, changes: &[Change]) -> Result<(), Error> {
        let mut next = rows.clone();
        for change in changes {
            let outcome = self.one(&mut next, change);
            if outcome.is_ok() && self.how == How::AppliesOneByOne {
                *rows = next.clone();
            }
            outcome?;
        }
        *rows = next;
        Ok(())
    }

    /// What a reader finds while a published set is being replaced.
    fn intermediate(&self, rows: &mut Rows, changes: &[Change]) -> bool {
        let [Change::Publish { profile, credentials, .. }] = changes else { return false };
        let Some(row) = rows.get_mut(profile) else { return false };
        match self.how {
            How::LeavesAGap => drop(rows.remove(profile)),
            How::WritesTheTokenLater => {
                let old_token = row.credentials.session_token().expose().to_owned();
                row.credentials = rebuilt(credentials, &old_token, 0);
            }
            _ => return false,
        }
        true
    }

    fn fail(&self, rows: &mut Rows, changes: &[Change]) -> Result<(), Error> {
        match self.how {
            How::RemovesThenFails | How::RemovesThenFailsAndHoldsNothingForeign => {
                changes.iter().for_each(|change| drop(rows.remove(change.profile())))
            }
            How::SwallowsFailures => return Ok(()),
            _ => {}
        }
        Err(self.error(ErrorKind::Unavailable, &changes[0]))
    }
}

#[async_trait]
impl CredentialSink for Target {
    async fn apply(&self, changes: &[Change]) -> Result<(), Error> {
        if let (How::Logs, Some(Change::Publish { credentials, .. })) = (self.how, changes.first()) {
            tracing::debug!(key = credentials.secret_access_key().expose(), "publish");
        }
        if self.is_broken.load(Ordering::Relaxed) {
            return self.fail(&mut self.rows.lock().unwrap(), changes);
        }
        if self.intermediate(&mut self.rows.lock().unwrap(), changes) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let mut changes = changes.to_vec();
        if self.how == How::WithdrawsLast {
            changes.sort_by_key(|change| matches!(change, Change::Withdraw { .. }));
        }
        self.all(&mut self.rows.lock().unwrap(), &changes)
    }
}

#[async_trait]
impl SinkHarness for Target {
    fn sink(&self) -> &dyn CredentialSink {
        self
    }

    async fn read(&self, profile: &ProfileName) -> Option<ReadBack> {
        let row = self.rows.lock().unwrap().get(profile).cloned()?;
        Some(ReadBack {
            access_key_id: row.credentials.access_key_id().to_string(),
            secret_access_key: row.credentials.secret_access_key().expose().to_owned(),
            session_token: row.credentials.session_token().expose().to_owned(),
            expiration: Some(row.credentials.expiration()),
            region: row.region.map(|region| region.to_string()),
        })
    }

    async fn write_by_hand(&self, profile: &ProfileName, credentials: &SessionCredentials) -> bool {
        if self.how == How::RemovesThenFailsAndHoldsNothingForeign {
            return false;
        }
        let row = Row { session: None, region: None, credentials: credentials.clone() };
        self.rows.lock().unwrap().insert(profile.clone(), row);
        true
    }

    async fn snapshot(&self) -> Vec<u8> {
        let mut text = format!("{} traces\n", self.traces.load(Ordering::Relaxed));
        for (profile, Row { session, region, credentials }) in self.rows.lock().unwrap().iter() {
            let token = credentials.session_token().expose();
            text.push_str(&format!("{profile} {session:?} {region:?} {credentials:?} {token}\n"));
        }
        text.into_bytes()
    }

    async fn break_target(&self) -> bool {
        self.is_broken.store(true, Ordering::Relaxed);
        true
    }

    async fn mend_target(&self) {
        self.is_broken.store(false, Ordering::Relaxed);
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Target");
        if self.how == How::PrintsInDebug {
            for row in self.rows.lock().unwrap().values() {
                debug.field("secret", &row.credentials.secret_access_key().expose());
            }
        }
        debug.finish_non_exhaustive()
    }
}

fn rebuilt(set: &SessionCredentials, session_token: &str, later: u64) -> SessionCredentials {
    let expiration = set.expiration() + Duration::from_secs(later);
    let (id, secret) = (set.access_key_id().clone(), set.secret_access_key().clone());
    SessionCredentials::new(id, secret, Secret::new(session_token), expiration).unwrap()
}

fn saboteurs() -> Vec<Saboteur<dyn SinkHarness>> {
    [
        ("publish_is_read_back", How::CutsTheToken),
        ("publish_is_read_back", How::ForgetsTheRegion),
        ("publish_is_read_back", How::ExpiresWhenItLikes),
        ("publish_replaces", How::LeavesAGap),
        ("publish_replaces", How::WritesTheTokenLater),
        ("publish_takes_over", How::LeavesAGap),
        ("publish_takes_over", How::WritesTheTokenLater),
        ("publish_takes_over", How::RefusesAnotherSession),
        ("publish_takes_over", How::KeepsTheOldHolder),
        ("publish_takes_over", How::KeepsTheOldRegion),
        ("batch_is_all_or_nothing", How::AppliesOneByOne),
        ("batch_is_all_or_nothing", How::WithdrawsLast),
        ("batch_is_all_or_nothing", How::RemovesThenFailsAndHoldsNothingForeign),
        ("withdraw_restores_the_target", How::LeavesATrace),
        ("withdraw_is_idempotent", How::StrictWithdraw),
        ("withdraw_spares_the_successor", How::WithdrawsAnybodys),
        ("foreign_profile_is_left_alone", How::EatsForeign),
        ("foreign_profile_is_left_alone", How::EatsForeignOnWithdraw),
        ("foreign_profile_is_left_alone", How::RefusesForeignAsCorrupt),
        ("failure_changes_nothing", How::RemovesThenFails),
        ("failure_changes_nothing", How::SwallowsFailures),
        ("secrets_stay_hidden", How::PrintsInDebug),
        ("secrets_stay_hidden", How::TellsInErrors),
        ("secrets_stay_hidden", How::Logs),
    ]
    .map(|(clause, how)| Saboteur::new(clause, how, Target::open(how)))
    .into()
}

#[test]
fn clauses_are_the_contracts() {
    sabotage_support::clauses_are_the_contracts(CLAUSES, include_str!("../../leapp-core/src/sink.rs"));
}

#[test]
fn every_saboteur_is_rejected() {
    sabotage_support::every_saboteur_is_rejected(CLAUSES, saboteurs());
}

#[test]
fn a_sink_that_keeps_the_contract_passes() {
    sabotage_support::passes(CLAUSES, || Target::open(How::KeepsTheContract));
}
