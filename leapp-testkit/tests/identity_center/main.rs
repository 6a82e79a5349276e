//! IAM Identity Center, asked by the real SDKs through both fronts and by a browser that is no more than a socket.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[macro_use]
#[path = "../fronts/mod.rs"]
mod fronts;
mod lab;

mod authorization_code;
mod browser;
mod credentials;
mod device_code;
mod faults;
mod instances;
mod lists;
mod pages;
mod properties;
mod regions;
mod registration;
mod sessions;
