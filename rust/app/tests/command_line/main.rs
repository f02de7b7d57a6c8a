//! The real binary, run as a user runs it, on tiny models.
#![cfg(any(feature = "engine", feature = "rust-bert"))]

mod commands;
mod corpus;
#[cfg(feature = "engine")]
mod engine;
mod faults;
mod strategies;
mod util;
