//! Which session signs for which.

use std::collections::BTreeMap;

use super::slot::{Definition, Slot};
use crate::{Error, ErrorKind, SessionId};

/// Checks that sessions can be added together: no name twice, every source there, no circle.
pub(super) fn check(present: &BTreeMap<SessionId, Slot>, added: &[Definition]) -> Result<(), Error> {
    let mut sources: BTreeMap<&SessionId, Option<&SessionId>> =
        present.values().map(|slot| (&slot.definition.session, slot.definition.source.as_ref())).collect();
    for definition in added {
        if sources.insert(&definition.session, definition.source.as_ref()).is_some() {
            let message = format!("session `{}` exists already", definition.session);
            return Err(Error::new(ErrorKind::AlreadyExists, message));
        }
    }
    added.iter().try_for_each(|definition| walk(&sources, &definition.session))
}

/// Follows the sources of one session to the end.
fn walk(sources: &BTreeMap<&SessionId, Option<&SessionId>>, from: &SessionId) -> Result<(), Error> {
    let mut path = vec![from];
    while let Some(Some(source)) = path.last().and_then(|last| sources.get(last)) {
        if !sources.contains_key(source) {
            let message = format!(
                "source session `{source}` of {} does not exist; add it first, or both together",
                chain(&path)
            );
            return Err(Error::new(ErrorKind::NotFound, message));
        }
        let is_circle = path.contains(source);
        path.push(source);
        if is_circle {
            let message = format!("session `{from}` would be its own source: {}", chain(&path));
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
    }
    Ok(())
}

/// A session, its source, its source's source and so on, as text.
pub(super) fn chain(path: &[&SessionId]) -> String {
    path.iter().map(|session| format!("`{session}`")).collect::<Vec<_>>().join(" <- ")
}

/// The sessions whose source is `session`.
pub(super) fn children(slots: &BTreeMap<SessionId, Slot>, session: &SessionId) -> Vec<SessionId> {
    let is_child = |slot: &&Slot| slot.definition.source.as_ref() == Some(session);
    slots.values().filter(is_child).map(|slot| slot.definition.session.clone()).collect()
}
