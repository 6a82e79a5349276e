//! Test kit: clocks that tests drive, leak scans, conformance suites, mocks.

pub mod aws;
pub mod cases;
pub mod clock;
pub mod conformance;
pub mod corpus;
pub mod leak;
pub mod mocks;

/// The README's programs, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
