use leapp_core::{AccessKey, Change, ProfileName, SessionId};

fn publish(session: SessionId, profile: ProfileName, key: AccessKey) -> Change {
    Change::Publish { session, profile, region: None, credentials: key }
}

fn main() {}
