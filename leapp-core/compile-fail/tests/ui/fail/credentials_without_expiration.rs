use leapp_core::{AccessKeyId, Secret, SessionCredentials};

fn main() {
    let id = AccessKeyId::parse("ASIAIOSFODNN7EXAMPLE").unwrap();
    let _ = SessionCredentials::new(id, Secret::new("planted"), Secret::new("planted"));
}
