//! A table of what came over the wire, which a client cannot make grow without end.

use std::collections::{BTreeMap, VecDeque};

/// What a server that runs for days keeps of one kind; a test never comes near it.
const KEPT: usize = 10_000;

/// The latest entries. The oldest makes room for the newest.
pub(super) struct Latest<K, V> {
    entries: BTreeMap<K, V>,
    order: VecDeque<K>,
}

impl<K: Clone + Ord, V> Latest<K, V> {
    /// Adds an entry under a key that was not used before.
    pub(super) fn insert(&mut self, key: K, value: V) {
        if self.order.len() == KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.entries.remove(&oldest);
        }
        self.order.push_back(key.clone());
        self.entries.insert(key, value);
    }

    pub(super) fn find(&self, key: &K) -> Option<&V> {
        self.entries.get(key)
    }

    pub(super) fn find_mut(&mut self, key: &K) -> Option<&mut V> {
        self.entries.get_mut(key)
    }

    pub(super) fn remove(&mut self, key: &K) -> Option<V> {
        self.entries.remove(key)
    }
}

impl<K, V> Default for Latest<K, V> {
    fn default() -> Self {
        Self { entries: BTreeMap::new(), order: VecDeque::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_makes_room() {
        let mut latest = Latest::default();
        for number in 0..=KEPT {
            latest.insert(number, ());
        }

        assert_eq!(latest.entries.len(), KEPT);
        assert!(latest.find(&0).is_none());
        assert!(latest.find(&1).is_some() && latest.find(&KEPT).is_some());
    }
}
