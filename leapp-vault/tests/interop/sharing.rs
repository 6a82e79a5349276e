//! One item, many processes.

use tokio::runtime::Runtime;

use crate::daemon::Daemon;
use crate::keeping::open;
use crate::processes;
use crate::session::{self, Bus};

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn sixteen_processes_never_see_a_torn_value() {
    let name = "sixteen_processes_never_see_a_torn_value";
    if !session::is_inside() {
        return session::again(module_path!(), name, Bus::Desktop);
    }
    let test = "sharing::sixteen_processes_never_see_a_torn_value";
    let prepare = |runtime: &Runtime| runtime.block_on(Daemon::start("pass"));
    processes::never_see_a_torn_value(test, prepare, open, 12 * 1024);
}
