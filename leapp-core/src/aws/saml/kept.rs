//! A SAML response between two answers: given, and not used yet.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, SystemTime};

use crate::{RoleArn, SamlAssertion, SessionId};

/// AWS takes a response for five minutes after it was issued, however long it says that it lives.
pub(in crate::aws) const MOST_KEPT: Duration = Duration::from_secs(5 * 60);

/// Keeps one response in memory, until it is taken, until it is too old, or until it is told to forget.
#[derive(Debug, Default)]
pub(in crate::aws) struct Keeper(Arc<Mutex<Option<Kept>>>);

/// What is kept: whose response, and the role that was chosen already.
#[derive(Debug)]
pub(in crate::aws) struct Kept {
    pub(in crate::aws) session: SessionId,
    pub(in crate::aws) assertion: SamlAssertion,
    pub(in crate::aws) role_arn: Option<RoleArn>,
    pub(in crate::aws) until: SystemTime,
}

impl Keeper {
    /// Keeps a response in place of another one. It is wiped at its end even if nobody comes for it.
    pub(in crate::aws) fn keep(&self, kept: Kept, now: SystemTime) {
        let until = kept.until.min(now + MOST_KEPT);
        let rest = until.duration_since(now).unwrap_or_default();
        *lock(&self.0) = Some(Kept { until, ..kept });
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let keeper = Arc::downgrade(&self.0);
            // On the machine's time. Whoever comes later, after a suspend, is told by the clock.
            runtime.spawn(async move {
                tokio::time::sleep(rest).await;
                wipe(&keeper, until);
            });
        }
    }

    /// Takes what is kept for a session, unless it is too old; whatever was kept is gone then.
    pub(in crate::aws) fn take(&self, session: &SessionId, now: SystemTime) -> Option<Kept> {
        lock(&self.0).take().filter(|kept| kept.session == *session && now < kept.until)
    }

    pub(in crate::aws) fn forget(&self) {
        lock(&self.0).take();
    }
}

/// Wipes what is kept until then, and nothing that came after it.
fn wipe(keeper: &Weak<Mutex<Option<Kept>>>, until: SystemTime) {
    if let Some(keeper) = keeper.upgrade() {
        lock(&keeper).take_if(|kept| kept.until <= until);
    }
}

fn lock(kept: &Mutex<Option<Kept>>) -> MutexGuard<'_, Option<Kept>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secret;

    fn kept(until: SystemTime) -> Kept {
        let session = SessionId::parse("corp").unwrap();
        let assertion = SamlAssertion::parse(&Secret::new("PHg+PC94Pg==")).unwrap();
        Kept { session, assertion, role_arn: None, until }
    }

    fn is_empty(keeper: &Keeper) -> bool {
        lock(&keeper.0).is_none()
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_wiped_at_its_end_though_nobody_comes_for_it() {
        let now = SystemTime::UNIX_EPOCH;
        for (lives, wiped) in [(30, 30), (3600, 300)] {
            let keeper = Keeper::default();
            keeper.keep(kept(now + Duration::from_secs(lives)), now);
            tokio::time::sleep(Duration::from_secs(wiped) - Duration::from_millis(1)).await;
            assert!(!is_empty(&keeper));
            tokio::time::sleep(Duration::from_millis(3)).await;
            assert!(is_empty(&keeper));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_of_one_is_not_the_end_of_the_next() {
        let now = SystemTime::UNIX_EPOCH;
        let keeper = Keeper::default();
        keeper.keep(kept(now + Duration::from_secs(30)), now);
        keeper.keep(kept(now + Duration::from_secs(60)), now);
        tokio::time::sleep(Duration::from_secs(31)).await;
        assert!(!is_empty(&keeper));
    }

    #[test]
    fn it_is_for_its_session_and_for_its_time_alone() {
        let now = SystemTime::UNIX_EPOCH;
        let (until, keeper) = (now + Duration::from_secs(30), Keeper::default());
        let (own, other) = (SessionId::parse("corp").unwrap(), SessionId::parse("other").unwrap());
        for (session, at, is_there) in
            [(&own, until - Duration::from_secs(1), true), (&own, until, false), (&other, now, false)]
        {
            keeper.keep(kept(until), now);
            assert_eq!(keeper.take(session, at).is_some(), is_there);
            assert!(is_empty(&keeper));
        }
    }
}
