//! The real binary, run as a user runs it, on tiny models.
#![cfg(any(feature = "engine", feature = "rust-bert"))]

mod commands;
mod continuations;
mod corpus;
mod dialog;
#[cfg(feature = "engine")]
mod engine;
mod faults;
#[cfg(feature = "engine")]
mod inspect;
mod letters;
mod random_cases;
mod strategies;
#[cfg(target_os = "linux")]
mod terminal;
mod util;
