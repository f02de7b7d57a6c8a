//! The real binary, run as a user runs it, on tiny models.
#![cfg(feature = "rust-bert")]

mod commands;
mod faults;
mod strategies;
mod util;
