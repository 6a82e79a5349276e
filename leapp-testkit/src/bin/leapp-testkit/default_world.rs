//! The world when no file describes one.

pub(crate) const NAME: &str = "the world of its own";

pub(crate) const TEXT: &str = r#"
[[account]]
id = "111122223333"
name = "Test"

[[user]]
account = "111122223333"
name = "alice"
access_key = [{}]
mfa_device = [{}]

[[role]]
account = "111122223333"
name = "Deploy"
max_session_duration = 43200

[[identity_center]]
start_url = "https://d-1234567890.awsapps.com/start"
region = "us-east-1"
user = [{ name = "alice", password = "made up for tests" }]
account = [{ id = "111122223333", name = "Test", email = "test@example.com" }]
permission_set = [{ name = "ReadOnly" }]
assignment = [{ user = "alice", account = "111122223333", permission_set = "ReadOnly" }]
"#;
