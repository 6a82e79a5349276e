//! Flows that were gone through, and what each has left.

use std::sync::Arc;

use crate::flows::Flow;
use crate::service::Service;
use crate::watch::{Kind, Watch};

/// Goes through a flow with a service and a runtime of its own; gives what is left of each kind when they are gone.
pub(crate) fn left_by((name, flow): (&str, Flow)) -> Vec<(Kind, usize)> {
    let watch = Arc::new(Watch::default());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(flow(Service::start(), Arc::clone(&watch)));
    drop(runtime);
    let left: Vec<_> = Kind::ALL.into_iter().filter_map(|kind| Some((kind, watch.copies(kind)?))).collect();
    assert!(!left.is_empty(), "{name}: nothing was watched");
    let cells: Vec<String> = left.iter().map(|(kind, copies)| format!("{} {copies}", kind.name())).collect();
    println!("| {name} | {} |", cells.join(", "));
    left
}
