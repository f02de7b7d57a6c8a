//! Words and letters that the checks of texts know, a few of those that the workflow knows.

/// Frequent words of Romanian.
pub(crate) const ROMANIAN: &[&str] = &[
    "și", "si", "în", "in", "că", "să", "nu", "de", "la", "pe", "cu", "un", "din", "este", "fără",
    "până", "această", "într", "toți", "însă", "pentru", "care", "mai", "sau", "ca",
];
/// Frequent words of other languages.
pub(crate) const FOREIGN: &[&str] = &["the", "of", "and", "ve", "bir", "que", "les", "das", "für"];
/// Letters of Romanian.
pub(crate) const LETTERS: &str = "abcdefghijlmnoprstuvxzăâîșțşţ";
/// Letters of Romanian alone.
pub(crate) const OWN_LETTERS: &str = "ășțţ";

/// The words, each by itself.
pub(crate) fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}
