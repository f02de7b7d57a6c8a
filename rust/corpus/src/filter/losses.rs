use std::sync::LazyLock;

use memchr::memchr_iter;
use memchr::memmem::Finder;

use crate::repair::lost::stands_for_letter;

/// What stands for bytes that are no text.
const REPLACEMENT: &str = "\u{fffd}";
/// To make it takes longer than to read a short text.
static REPLACEMENTS: LazyLock<Finder> = LazyLock::new(|| Finder::new(REPLACEMENT));

/// Returns how many signs stand for letters that a program had no character for: "hot?râre ?i", and
/// replacement characters, of which several side by side count once.
pub(super) fn lost_letters(text: &str) -> usize {
    let questions = memchr_iter(b'?', text.as_bytes());
    let replacements = REPLACEMENTS.find_iter(text.as_bytes());
    questions
        .filter(|index| stands_for_letter(&text[..*index], &text[index + 1..]))
        .count()
        + replacements
            .filter(|index| !text[..*index].ends_with(REPLACEMENT))
            .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn question_marks_and_replacement_characters_for_letters_are_counted() {
        for (text, count) in [
            ("Hot?rârea ?i legea", 2),
            ("?i HOT?RÂRE via??ii", 3),
            ("Ce? Da?", 0),
            ("www.exemplu.ro/pagina.php?id=3&p=?nume_de-om=4", 0),
            ("fi\u{fffd}ier\u{fffd}\u{fffd} \u{fffd}i", 3),
            ("", 0),
            ("?", 0),
        ] {
            assert_eq!(lost_letters(text), count, "{text}");
        }
    }
}
