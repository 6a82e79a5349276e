//! Other people's clients before the fake AWS: what each of them makes of its answers and of its refusals.
//!
//! Each client runs named cases and says how each ended: the answer, or the client's own class of error with the code
//! and the status that it found. The whole of what it says is held, so a case that did not run fails too.

mod boto3;
mod cli;
mod javascript;
mod lab;
mod profiles;
mod rust_config;
mod table;
mod world;
