//! Regular expressions of the source code.

use regex::Regex;

/// Compiles an expression.
///
/// # Panics
///
/// It is not valid.
pub(crate) fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a valid expression")
}
