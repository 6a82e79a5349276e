//! Reading rustdoc's JSON: which types and traits do public signatures name?

use serde_json::Value;

use crate::Outcome;

/// A type or trait that a public signature names.
#[derive(Debug)]
pub(super) struct Mention {
    /// Where: file and line.
    pub(super) place: String,
    /// The full path, the crate's name first.
    pub(super) named: String,
}

impl Mention {
    pub(super) fn crate_name(&self) -> &str {
        self.named.split("::").next().unwrap_or_default()
    }
}

/// Every mention in the items of a described crate.
pub(super) fn mentions(description: &Value) -> Outcome<Vec<Mention>> {
    let items = description.get("index").and_then(Value::as_object).ok_or("rustdoc describes no items")?;
    let paths = description.get("paths").ok_or("rustdoc describes no paths")?;
    let mut found = Vec::new();
    for item in items.values().filter(|item| is_written_here(item)) {
        let mut ids = Vec::new();
        collect(item.get("inner").unwrap_or(&Value::Null), &mut ids);
        let names = ids.into_iter().filter_map(|id| full_path(paths, id));
        found.extend(names.map(|named| Mention { place: place(item), named }));
    }
    found.sort_by(|a, b| (&a.place, &a.named).cmp(&(&b.place, &b.named)));
    Ok(found)
}

/// Implementations that the compiler or another crate's blanket adds are not our interface.
fn is_written_here(item: &Value) -> bool {
    let is_local = item.get("crate_id").and_then(Value::as_u64) == Some(0);
    let implementation = item.pointer("/inner/impl");
    let is_added = implementation.is_some_and(|implementation| {
        implementation.get("is_synthetic").and_then(Value::as_bool) == Some(true)
            || implementation.get("blanket_impl").is_some_and(|of| !of.is_null())
    });
    is_local && !is_added
}

/// Finds every object that names an item by number: `path` beside `id` in types and bounds, `source` in re-exports.
fn collect(value: &Value, ids: &mut Vec<u64>) {
    match value {
        Value::Object(fields) => {
            if ["path", "source"].iter().any(|name| fields.get(*name).is_some_and(Value::is_string)) {
                ids.extend(fields.get("id").and_then(Value::as_u64));
            }
            fields.values().for_each(|field| collect(field, ids));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, ids)),
        _ => {}
    }
}

fn full_path(paths: &Value, id: u64) -> Option<String> {
    let segments = paths.get(id.to_string())?.get("path")?.as_array()?;
    Some(segments.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("::"))
}

fn place(item: &Value) -> String {
    let file = item.pointer("/span/filename").and_then(Value::as_str).unwrap_or("an expanded macro");
    let line = item.pointer("/span/begin/0").and_then(Value::as_u64).unwrap_or(0);
    format!("{file}:{line}")
}
