//! Documents in lines of JSON, in the form in which the stages write them.

mod decided;
mod json;
mod record;

pub use decided::{Decision, Piece, decided};

pub(crate) use record::Record;
