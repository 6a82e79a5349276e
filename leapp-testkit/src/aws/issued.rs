//! Which temporary sets are remembered: a client may ask for any number of them.

use std::collections::VecDeque;

use leapp_core::AccessKeyId;

/// What a server that runs for days remembers; a test never comes near it.
const KEPT: usize = 50_000;

/// The ids of the latest sets, oldest first.
#[derive(Default)]
pub(super) struct Issued(VecDeque<AccessKeyId>);

impl Issued {
    /// Adds one, and tells which one makes room for it.
    pub(super) fn add(&mut self, access_key_id: &AccessKeyId) -> Option<AccessKeyId> {
        let oldest = if self.0.len() == KEPT { self.0.pop_front() } else { None };
        self.0.push_back(access_key_id.clone());
        oldest
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use leapp_core::AccountId;

    use super::*;
    use crate::aws::principal::Principal;
    use crate::aws::world::World;

    #[test]
    fn the_oldest_set_makes_room_and_no_key_of_a_user_does() {
        let world = &mut World::new();
        world.session_token_size = 64;
        let user = world.user_arn(&AccountId::parse("111122223333").unwrap(), "alice");
        let key = world.add_access_key(&user, SystemTime::UNIX_EPOCH);
        let mut issue =
            || world.issue(Principal::User(user.clone()), SystemTime::UNIX_EPOCH, false, 0).access_key_id;
        let (first, second) = (issue(), issue());
        let mut last = second.clone();
        for _ in 2..=KEPT {
            last = issue();
        }

        assert!(world.key(first.as_str()).is_none());
        for kept in [&second, &last, key.access_key_id()] {
            assert!(world.key(kept.as_str()).is_some(), "{kept}");
        }
    }
}
