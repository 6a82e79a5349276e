//! The clauses of [`CredentialSink`](leapp_core::CredentialSink).

use std::sync::Arc;

use leapp_core::{Change, Error, ErrorKind};

use super::sink_entry::Entry;
use super::sink_watch::{Watched, watch};
use super::{Clause, Verdict, ensure, made_up, must, scan, settle};
use crate::leak::{self, Scanner};

pub use super::sink_harness::{ReadBack, SinkHarness};

/// Every clause of the contract.
pub const CLAUSES: &[Clause<dyn SinkHarness>] = crate::__sink_clauses!(__clause_table);

/// Makes one test of each clause of [`CredentialSink`](leapp_core::CredentialSink), given what makes a
/// [`SinkHarness`] over a fresh target: a function or a closure.
#[macro_export]
macro_rules! sink_tests {
    ($open:expr $(,)?) => {
        $crate::__sink_clauses!(__clause_tests sink $open);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __sink_clauses {
    ($then:ident $($rest:tt)*) => {
        $crate::$then! { [
            publish_is_read_back publish_replaces publish_takes_over batch_is_all_or_nothing
            withdraw_restores_the_target withdraw_is_idempotent withdraw_spares_the_successor
            foreign_profile_is_left_alone failure_changes_nothing secrets_stay_hidden
        ] $($rest)* }
    };
}

/// *After `apply`, another program reads exactly the set that was published.*
///
/// # Panics
/// When the sink breaks the clause.
pub async fn publish_is_read_back(target: Arc<dyn SinkHarness>) {
    let verdict = async {
        let plain = Entry::new(None);
        let with_region = Entry::new(Some("eu-west-1"));
        must("a publish", apply(&*target, &[plain.publish(), with_region.publish()]).await)?;
        plain.is_read(&*target).await?;
        with_region.is_read(&*target).await?;
        ensure!(
            target.read(&made_up::profile()).await.is_none(),
            "a profile that nobody published is read from the target"
        );
        must("a withdrawal", apply(&*target, &[plain.withdraw(), with_region.withdraw()]).await)
    };
    settle("sink", "publish is read back", verdict.await);
}

/// *Publishing a session's next set replaces the one before, in one step: no reader sees a mixture or a gap.*
///
/// # Panics
/// When the sink breaks the clause.
pub async fn publish_replaces(target: Arc<dyn SinkHarness>) {
    let verdict = async {
        let first = Entry::new(Some("eu-west-1"));
        let next: Vec<Entry> = (0..20).map(|_| first.next()).collect();
        must("a publish", apply(&*target, &[first.publish()]).await)?;
        step_by_step(&target, &first, &next).await?;
        must("a withdrawal", apply(&*target, &[first.withdraw()]).await)
    };
    settle("sink", "publish replaces", verdict.await);
}

/// *A profile that another session of this library holds is replaced in one step, and is the new session's.*
///
/// # Panics
/// When the sink breaks the clause.
pub async fn publish_takes_over(target: Arc<dyn SinkHarness>) {
    let verdict = async {
        let first = Entry::new(Some("eu-west-1"));
        let successors: Vec<Entry> = (0..10).map(|_| first.successor()).collect();
        must("a publish", apply(&*target, &[first.publish()]).await)?;
        step_by_step(&target, &first, &successors).await?;
        let holder = successors.last().unwrap_or(&first);
        must("the new holder's withdrawal", apply(&*target, &[holder.withdraw()]).await)?;
        holder.is_gone(&*target).await
    };
    settle("sink", "publish takes over", verdict.await);
}

/// *When one change of a batch cannot be applied, none is.*
///
/// Where the target can hold no foreign profile, it is broken instead; where it cannot be broken either, only the
/// order within a batch is tried.
///
/// # Panics
/// When the sink breaks the clause.
pub async fn batch_is_all_or_nothing(target: Arc<dyn SinkHarness>) {
    let verdict = async {
        let (held, newcomer, foreign) = (Entry::new(None), Entry::new(None), Entry::new(None));
        must("a publish", apply(&*target, &[held.publish()]).await)?;
        must("a batch", apply(&*target, &[newcomer.publish(), newcomer.withdraw()]).await)?;
        newcomer.is_gone(&*target).await?;
        must("a batch", apply(&*target, &[held.withdraw(), held.publish()]).await)?;
        held.is_read(&*target).await?;
        if target.write_by_hand(&foreign.profile, &foreign.credentials).await {
            let before = target.snapshot().await;
            for batch in [
                [newcomer.publish(), held.withdraw(), foreign.publish()],
                [foreign.publish(), held.next().publish(), newcomer.publish()],
                [held.withdraw(), foreign.withdraw(), newcomer.publish()],
            ] {
                ensure!(apply(&*target, &batch).await.is_err(), "a batch with a foreign profile is accepted");
                unchanged(&*target, &before, "a batch that was refused").await?;
            }
        } else if target.break_target().await {
            let refused = apply(&*target, &[held.withdraw(), newcomer.publish()]).await;
            target.mend_target().await;
            ensure!(refused.is_err(), "a batch is accepted while the target is broken");
            held.is_read(&*target).await?;
            newcomer.is_gone(&*target).await?;
        }
        must("a withdrawal", apply(&*target, &[held.withdraw()]).await)
    };
    settle("sink", "batch is all or nothing", verdict.await);
}

/// *After the last withdrawal the target is, byte for byte, what it was.*
///
/// # Panics
/// When the sink breaks the clause.
pub async fn withdraw_restores_the_target(target: Arc<dyn SinkHarness>) {
    let verdict = async {
        let foreign = Entry::new(None);
        for round in ["untouched", "with a foreign profile"] {
            let before = target.snapshot().await;
            let (one, other) = (Entry::new(Some("eu-west-1")), Entry::new(None));
            must("a publish", apply(&*target, &[one.publish(), other.publish()]).await)?;
            must("a publish", apply(&*target, &[other.next().publish()]).await)?;
            must("a withdrawal", apply(&*target, &[one.withdraw()]).await)?;
            must("a publish", apply(&*target, &[one.publish()]).await)?;
            must("a withdrawal", apply(&*target, &[other.withdraw()]).await)?;
            must("a withdrawal", apply(&*target, &[one.withdraw()]).await)?;
            unchanged(&*target, &before, &format!("publish and withdraw on a target {round}")).await?;
            if !target.write_by_hand(&foreign.profile, &foreign.credentials).await {
                break;
            }
        }
        Ok(())
    };
    settle("sink", "withdraw restores the target", verdict.await);
}

/// *Withdrawing what is not there succeeds.*
///
/// # Panics
/// When the sink breaks the clause.
pub async fn withdraw_is_idempotent(target: Arc<dyn SinkHarness>) {
    let verdict = async {
        let (entry, bystander) = (Entry::new(None), Entry::new(None));
        must("a publish", apply(&*target, &[bystander.publish()]).await)?;
        let before = target.snapshot().await;
        must("withdrawing what was never there", apply(&*target, &[entry.withdraw()]).await)?;
        unchanged(&*target, &before, "withdrawing what was never there").await?;
        must("a publish", apply(&*target, &[entry.publish()]).await)?;
        must("a withdrawal", apply(&*target, &[entry.withdraw()]).await)?;
        must("a second withdrawal", apply(&*target, &[entry.withdraw(), entry.withdraw()]).await)?;
        entry.is_gone(&*target).await?;
        bystander.is_read(&*target).await?;
        must("a withdrawal", apply(&*target, &[bystander.withdraw()]).await)
    };
    settle("sink", "withdraw is idempotent", verdict.await);
}

/// *Withdrawing a session from a profile that another session holds changes nothing.*
///
/// # Panics
/// When the sink breaks the clause.
pub async fn withdraw_spares_the_successor(target: Arc<dyn SinkHarness>) {
    let verdict = async {
        let first = Entry::new(None);
        let successor = first.successor();
        must("a publish", apply(&*target, &[first.publish()]).await)?;
        must("a publish that takes over", apply(&*target, &[successor.publish()]).await)?;
        let before = target.snapshot().await;
        must("the first holder's withdrawal", apply(&*target, &[first.withdraw()]).await)?;
        unchanged(&*target, &before, "a withdrawal of a session that holds the profile no more").await?;
        successor.is_read(&*target).await?;
        must("the successor's withdrawal", apply(&*target, &[successor.withdraw()]).await)
    };
    settle("sink", "withdraw spares the successor", verdict.await);
}

/// *A profile this library did not write is `NotOurs`, on publish and on withdraw.*
///
/// # Panics
/// When the sink breaks the clause.
pub async fn foreign_profile_is_left_alone(target: Arc<dyn SinkHarness>) {
    let verdict = async {
        let foreign = Entry::new(None);
        if !target.write_by_hand(&foreign.profile, &foreign.credentials).await {
            return Ok(());
        }
        let before = target.snapshot().await;
        for change in [foreign.next().publish(), foreign.withdraw(), foreign.successor().publish()] {
            match apply(&*target, &[change]).await {
                Err(error) if error.kind() == ErrorKind::NotOurs => {}
                Err(error) => {
                    return Err(format!("it is refused as {:?}, not NotOurs: {error}", error.kind()));
                }
                Ok(()) => return Err("a change to a profile that was written by hand is accepted".into()),
            }
            unchanged(&*target, &before, "a change to a foreign profile").await?;
        }
        Ok(())
    };
    settle("sink", "foreign profile is left alone", verdict.await);
}

/// *After an error the target is what it was.*
///
/// # Panics
/// When the sink breaks the clause.
pub async fn failure_changes_nothing(target: Arc<dyn SinkHarness>) {
    let verdict = async {
        let (held, newcomer) = (Entry::new(None), Entry::new(None));
        must("a publish", apply(&*target, &[held.publish()]).await)?;
        let before = target.snapshot().await;
        if target.break_target().await {
            let tried = [newcomer.publish(), held.next().publish(), held.withdraw()];
            let mut outcomes = Vec::new();
            for change in tried {
                outcomes.push(apply(&*target, &[change]).await);
            }
            target.mend_target().await;
            ensure!(outcomes.iter().all(Result::is_err), "a change is accepted while the target is broken");
            unchanged(&*target, &before, "a failure").await?;
            held.is_read(&*target).await?;
        }
        let next = held.next();
        must("a publish after the failure", apply(&*target, &[next.publish()]).await)?;
        next.is_read(&*target).await?;
        must("a withdrawal", apply(&*target, &[next.withdraw()]).await)
    };
    settle("sink", "failure changes nothing", verdict.await);
}

/// *Neither `Debug`, nor an error, nor a log line holds a secret or a part of it.*
///
/// # Panics
/// When the sink breaks the clause.
pub async fn secrets_stay_hidden(target: Arc<dyn SinkHarness>) {
    let (entry, foreign) = (Entry::new(None), Entry::new(None));
    let next = entry.next();
    let scanner = Scanner::new([&entry, &next, &foreign].into_iter().flat_map(Entry::secrets));
    let (verdict, logs) = leak::capture_logs_async(async {
        must("a publish", apply(&*target, &[entry.publish()]).await)?;
        must("a publish", apply(&*target, &[next.publish()]).await)?;
        scan("its Debug", scanner.scan(leak::debug_of(target.sink())))?;
        let mut failures = Vec::new();
        if target.write_by_hand(&foreign.profile, &foreign.credentials).await {
            failures.push(apply(&*target, &[foreign.publish()]).await);
        }
        if target.break_target().await {
            failures.push(apply(&*target, &[entry.publish()]).await);
            failures.push(apply(&*target, &[entry.withdraw()]).await);
            target.mend_target().await;
        }
        for error in failures.into_iter().filter_map(Result::err) {
            scan("an error", scanner.scan_error(&error))?;
        }
        must("a withdrawal", apply(&*target, &[next.withdraw()]).await)
    })
    .await;
    settle("sink", "secrets stay hidden", verdict.and_then(|()| scan("its log", scanner.scan(logs))));
}

async fn apply(target: &dyn SinkHarness, changes: &[Change]) -> Result<(), Error> {
    target.sink().apply(changes).await
}

/// Publishes one entry after another while somebody reads the profile, who must always find one of them, whole.
async fn step_by_step(target: &Arc<dyn SinkHarness>, first: &Entry, next: &[Entry]) -> Verdict {
    let all = std::iter::once(first).chain(next);
    let expected: Vec<ReadBack> = all.map(|entry| entry.expected(&**target)).collect();
    let publish_all = async {
        for entry in next {
            must("a publish that replaces", apply(&**target, &[entry.publish()]).await)?;
            entry.is_read(&**target).await?;
        }
        Ok(())
    };
    match watch(Arc::clone(target), first.profile.clone(), expected, publish_all).await? {
        Watched::Whole => Ok(()),
        Watched::Gap => Err("a reader beside it finds no profile".into()),
        Watched::Mixture => Err("a reader beside it finds a mixture of two sets".into()),
    }
}

async fn unchanged(target: &dyn SinkHarness, before: &[u8], what: &str) -> Verdict {
    let after = target.snapshot().await;
    ensure!(after == before, "{what} left the target other than it was");
    Ok(())
}
