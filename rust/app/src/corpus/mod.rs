//! Tools for a corpus of one text a line: which lengths there are, and the texts of some lengths.

pub mod histogram;
pub mod length;
pub mod svg;
