use std::sync::Arc;

use leapp_core::SessionCredentials;

fn main() {
    let _ = SessionCredentials(Arc::default());
}
