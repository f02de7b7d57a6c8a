//! The real binary, run as a user runs it, on tiny models.

mod commands;
mod comparisons;
mod corpus;
mod dialog;
mod engine;
mod faults;
mod files;
mod flags;
mod folders;
mod inspect;
mod letters;
mod sessions;
mod strategies;
#[cfg(target_os = "linux")]
mod terminal;
mod tokens;
mod util;
