//! How a value lies in the items of a store: in one, or in chunks where one is too small for it.
//!
//! A value in chunks has a header under its own name, and its chunks in one of two slots beside it. A writer fills the slot
//! that the header does not name, then writes the header, then clears the other slot. So at each moment the header names
//! chunks that are all there: a writer that dies leaves the old value or the new one. What it leaves behind is in one of
//! two places that are known, and whoever writes or deletes next clears it.
//!
//! One at a time may write a name, which the caller sees to. Readers wait for nobody: each chunk bears its writer's generation,
//! and the header a digest, so what they put together is one value or none.

use leapp_core::{ErrorKind, Secret};

use crate::items::{Failure, Items};
use crate::record::{self, CHUNK_OVERHEAD, Header, Record, Slot};

/// What a value in chunks has at most: 28 items of the smallest store.
pub(crate) const MOST_BYTES: usize = 64 * 1024;

/// How often a reader begins again when a writer was faster.
const PASSES: usize = 4;

/// What a reader found.
#[derive(Debug)]
pub(crate) enum Found {
    Absent,
    /// Writers were faster each time. Whoever keeps them waiting finds more.
    Moving,
    Value(Secret),
}

pub(crate) fn put(items: &dyn Items, name: &str, value: &str) -> Result<(), Failure> {
    // What cannot be read is not overwritten: a locked store, or what somebody else, or a later version, has put there.
    let old = read(items, name)?;
    let Some(largest) = items.largest_item() else {
        return items.write(name, record::whole(value).as_bytes());
    };
    if value.len() < largest {
        items.write(name, record::whole(value).as_bytes())?;
        // The value is stored. What could not be cleared now is cleared the next time.
        drop(clear(items, name, None));
        return Ok(());
    }
    let slot = match old {
        Some(Record::Header(header)) => header.slot.other(),
        Some(Record::Whole(_)) | None => Slot::A,
    };
    let header = put_chunks(items, name, value, slot, largest).inspect_err(|_| {
        // Nothing names them yet.
        drop(clear_slot(items, name, slot, 0));
    })?;
    // When this fails it may have taken effect all the same: then it names the chunks, which stay. If it has not, the next write or
    // delete clears them.
    items.write(name, header.to_text().as_bytes())?;
    drop(clear(items, name, Some(&header)));
    Ok(())
}

pub(crate) fn get(items: &dyn Items, name: &str) -> Result<Found, Failure> {
    let mut record = read(items, name)?;
    for _ in 0..PASSES {
        let header = match record {
            None => return Ok(Found::Absent),
            Some(Record::Whole(value)) => return Ok(Found::Value(Secret::from(value))),
            Some(Record::Header(header)) => header,
        };
        if let Some(value) = join(items, name, &header)? {
            return Ok(Found::Value(value));
        }
        record = read(items, name)?;
        // A writer names its chunks before it clears the old ones: under the same header nothing may be missing.
        if matches!(&record, Some(Record::Header(same)) if *same == header) {
            return Err(Failure::new(
                ErrorKind::Corrupt,
                "a part of the value is missing or changed; delete the item, and store the value again",
            ));
        }
    }
    Ok(Found::Moving)
}

/// The header goes first: from then on there is no value. Also removes what cannot be understood.
pub(crate) fn delete(items: &dyn Items, name: &str) -> Result<(), Failure> {
    items.remove(name)?;
    if items.largest_item().is_some() { clear(items, name, None) } else { Ok(()) }
}

fn read(items: &dyn Items, name: &str) -> Result<Option<Record>, Failure> {
    let Some(bytes) = items.read(name)? else { return Ok(None) };
    let foreign = || {
        let why = "the item was not written by this library, or by a later version of it; \
                   delete it if nobody needs it, or use another service's name";
        Failure::new(ErrorKind::Corrupt, why)
    };
    Record::parse(bytes).ok_or_else(foreign).map(Some)
}

fn put_chunks(
    items: &dyn Items,
    name: &str,
    value: &str,
    slot: Slot,
    largest: usize,
) -> Result<Header, Failure> {
    if value.len() > MOST_BYTES {
        return Err(too_large());
    }
    let generation = record::new_generation().map_err(|source| {
        Failure::new(ErrorKind::Unavailable, "the system gives no random numbers").with_source(source.into())
    })?;
    let mut rest = value;
    let mut chunks = 0;
    while !rest.is_empty() {
        // At a character's edge: some stores take text only.
        let end = rest.floor_char_boundary(largest - CHUNK_OVERHEAD);
        let (part, after) = rest.split_at(end);
        items.write(&chunk_name(name, slot, chunks), record::chunk(&generation, part).as_bytes())?;
        rest = after;
        chunks += 1;
    }
    Ok(Header::new(slot, generation, chunks, value))
}

/// The value that a header names; `None` when its chunks are not, or no longer, all there.
fn join(items: &dyn Items, name: &str, header: &Header) -> Result<Option<Secret>, Failure> {
    let mut value = header.room();
    for index in 0..header.chunks {
        let Some(bytes) = items.read(&chunk_name(name, header.slot, index))? else { return Ok(None) };
        let Some(part) = record::part(&bytes, &header.generation) else { return Ok(None) };
        if value.len() + part.len() > value.capacity() {
            return Ok(None);
        }
        value.push_str(part);
    }
    Ok(header.is_of(&value).then(|| Secret::from(value)))
}

/// Removes every chunk but those of this header.
fn clear(items: &dyn Items, name: &str, keep: Option<&Header>) -> Result<(), Failure> {
    for slot in [Slot::A, Slot::B] {
        let from = keep.filter(|header| header.slot == slot).map_or(0, |header| header.chunks);
        clear_slot(items, name, slot, from)?;
    }
    Ok(())
}

/// Chunks are written upwards and removed downwards, so that what a dead writer leaves has no gap where the next would stop.
fn clear_slot(items: &dyn Items, name: &str, slot: Slot, from: usize) -> Result<(), Failure> {
    let mut end = from;
    while end < MOST_BYTES && items.read(&chunk_name(name, slot, end))?.is_some() {
        end += 1;
    }
    (from..end).rev().try_for_each(|index| items.remove(&chunk_name(name, slot, index)))
}

/// No [`VaultItem`](leapp_core::VaultItem) is called so: it is no key's own name.
fn chunk_name(name: &str, slot: Slot, index: usize) -> String {
    format!("{name}/{}{index}", slot.as_str())
}

fn too_large() -> Failure {
    let why = format!("the value is larger than the store can hold, {MOST_BYTES} bytes");
    Failure::new(ErrorKind::TooLarge, why)
}

#[cfg(test)]
mod tests;
