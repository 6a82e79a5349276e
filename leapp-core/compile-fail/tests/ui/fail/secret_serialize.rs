use leapp_core::Secret;

fn serialize<T: serde::Serialize>(_: T) {}

fn main() {
    serialize(Secret::new("planted"));
}
