//! Wikitext as wikiextractor is to see it, and the text of an article from what it gives back.
//!
//! wikiextractor ends headings with a full stop that is not theirs, and drops the items of lists.
//! [`Preparer`] marks both, and [`article`] knows them by their marks.

mod articles;
mod clauses;
mod escaped;
mod preparer;

pub use articles::article;
pub use escaped::escaped;
pub use preparer::Preparer;

/// Stands before a heading, followed by its level, one digit. No control character can be in an XML
/// file; what a page means by a reference such as `&#2;` is lost as the marks are.
const HEADING: char = '\x01';
/// Stands before an item of a list.
const ITEM: char = '\x02';
/// The level of "; term", the heading of its definition: below the six levels of headings.
const TERM_LEVEL: usize = 7;
