//! The real binary, run as a user runs it, on tiny models.

mod commands;
mod comparisons;
mod corpus;
mod dialog;
mod engine;
mod faults;
mod inspect;
mod letters;
mod strategies;
#[cfg(target_os = "linux")]
mod terminal;
mod util;
