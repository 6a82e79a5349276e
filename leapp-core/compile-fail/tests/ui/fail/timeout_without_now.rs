use leapp_core::engine::RotationEngine;

fn main() {
    RotationEngine::new(1).handle_timeout();
}
