//! Logins at the access portal of IAM Identity Center, and the credentials they obtain, against the fake AWS.
#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

mod authorization_code;
mod client_name;
mod device_code;
mod edited;
mod kept;
mod lists;
mod log_out;
mod lost;
mod processes;
mod renewal;
mod roles;
mod scene;
mod secrets;
mod start_url;
mod strangers;
mod token_cache;
mod token_cache_odd;
mod vaults;
