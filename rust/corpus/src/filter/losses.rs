use memchr::memchr_iter;
use memchr::memmem::Finder;

/// What stands for bytes that are no text.
const REPLACEMENT: &str = "\u{fffd}";

/// Returns how many signs stand for letters that a program had no character for: "hot?râre ?i", and
/// replacement characters, of which several side by side count once.
pub(super) fn lost_letters(text: &str) -> usize {
    let questions = memchr_iter(b'?', text.as_bytes());
    let finder = Finder::new(REPLACEMENT);
    let replacements = finder.find_iter(text.as_bytes());
    questions
        .filter(|index| is_letter(&text[..*index], &text[index + 1..]))
        .count()
        + replacements
            .filter(|index| !text[..*index].ends_with(REPLACEMENT))
            .count()
}

/// Returns whether a question mark between these stands for a letter: before a small one, in or before
/// a word, or between two capitals, and not before the name of an address's parameter (`?id=`).
fn is_letter(before: &str, after: &str) -> bool {
    let previous = before.chars().next_back().unwrap_or(' ');
    let is_in_place = match after.chars().next() {
        Some(next) if next.is_lowercase() => {
            previous.is_whitespace() || previous.is_lowercase() || previous == '?'
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
        for (text, count) in [
            ("Hot?rârea ?i legea", 2),
            ("?i HOT?RÂRE via??ii", 3),
            ("Ce? Da?", 0),
            ("Ce?Da Ce?! (?) Cum ?", 0),
            ("www.exemplu.ro/pagina.php?id=3&p=?nume_de-om=4", 0),
            ("fi\u{fffd}ier\u{fffd}\u{fffd} \u{fffd}i", 3),
            ("", 0),
            ("?", 0),
        ] {
            assert_eq!(lost_letters(text), count, "{text}");
        }
    }
}
