//! What GPT-2's vocabularies make of a text before anything is merged: it is cut into [`pieces`], whose
//! bytes the files of a vocabulary write as letters ([`letter`], [`byte`]).

mod alphabet;
mod pieces;

pub use alphabet::{byte, letter};
pub use pieces::pieces;
