//! Sign-in's federation endpoint, asked over plain HTTP with credentials that the real SDK obtained.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[macro_use]
#[path = "../fronts/mod.rs"]
mod fronts;
#[expect(dead_code, reason = "the laboratory of the STS tests has more than is asked for here")]
#[path = "../fake_sts/lab.rs"]
mod lab;
#[path = "../fake_sts/web.rs"]
mod web;

mod broker;
mod credentials;
mod login;
mod parameters;
mod session_duration;
