use leapp_core::Secret;

fn main() {
    let secret = Secret::new("planted");
    let _ = secret.to_string();
}
