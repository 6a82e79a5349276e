//! Each session kind over STS, against the fake: what it asks for, what it gives, and what each refusal is told as.
#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

mod assume_role;
mod chains;
mod federation_token;
mod maximum;
mod mfa;
mod partitions;
mod scene;
mod token_command;
mod token_file;
mod web_identity;
