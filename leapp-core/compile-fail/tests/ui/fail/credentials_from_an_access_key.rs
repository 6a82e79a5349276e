use leapp_core::{AccessKey, SessionCredentials};

fn travel(key: AccessKey) -> SessionCredentials {
    key.into()
}

fn main() {}
