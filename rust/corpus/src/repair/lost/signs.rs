//! Signs that stand for letters which a program had no character for.

/// What many programs write for such a letter.
pub const QUESTION_MARK: char = '?';
/// What stands for bytes that are no text.
pub const REPLACEMENT: char = '\u{fffd}';

/// Returns whether a question mark between these stands for a letter: before a small one, in or before
/// a word, or between two capitals, and not before the name of an address's parameter (`?id=`).
pub(crate) fn stands_for_letter(before: &str, after: &str) -> bool {
    let previous = before.chars().next_back().unwrap_or(' ');
    let is_in_place = match after.chars().next() {
        Some(next) if next.is_lowercase() => {
            previous.is_whitespace() || previous.is_lowercase() || previous == QUESTION_MARK
        }
        Some(next) => next.is_uppercase() && previous.is_uppercase(),
        None => false,
    };
    let is_named = |rest: &str| {
        let name = |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
        rest.trim_start_matches(name).starts_with('=')
    };
    is_in_place && !is_named(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_mark_in_or_before_a_word_is_a_letter() {
        for (text, expected) in [
            ("Hot?rârea", true),
            ("zice ?i legea", true),
            ("?i", true),
            ("HOT?RÂRE", true),
            ("Ce? Da", false),
            ("Ce?Da", false),
            ("Ce ?!", false),
            ("pagina.php?id=3", false),
            ("p=?nume_de-om=4", false),
            ("?", false),
        ] {
            let (before, after) = text.split_once(QUESTION_MARK).expect("a question mark");
            assert_eq!(stands_for_letter(before, after), expected, "{text}");
        }
    }
}
