//! Documents in lines of JSON, in the form in which the stages write them.

mod block;
mod decided;
mod json;
mod lined;
mod record;
mod texts;

pub use decided::{Decision, Gone, Piece, decided};
pub use lined::{Lined, LinedDocument, lined};
pub use texts::texts;

pub(crate) use block::lines_of_block;
pub(crate) use json::escape;
pub(crate) use record::{Record, Value};
