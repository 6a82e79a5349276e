use leapp_core::Secret;

fn main() {
    let _ = Secret::new("planted") == Secret::new("planted");
}
