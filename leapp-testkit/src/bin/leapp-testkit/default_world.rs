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
"#;
