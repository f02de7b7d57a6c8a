use std::sync::LazyLock;

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// What GPT-2's expression asks of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Letter,
    Number,
    Blank,
    Other,
}

/// Characters whose class is looked up in a table: those of European languages, and their marks.
const TABLE: usize = 0x2100;

static CLASSES: LazyLock<[Class; TABLE]> = LazyLock::new(|| {
    let class = |code| char::from_u32(code).map_or(Class::Other, class_by_properties);
    std::array::from_fn(|code| class(code as u32))
});

fn class_by_properties(character: char) -> Class {
    if character.is_whitespace() {
        return Class::Blank;
    }
    match character.general_category_group() {
        GeneralCategoryGroup::Letter => Class::Letter,
        GeneralCategoryGroup::Number => Class::Number,
        _ => Class::Other,
    }
}

/// What behind an apostrophe is a piece with it, the first one that matches.
const CONTRACTIONS: [&[u8]; 7] = [b"s", b"t", b"re", b"ve", b"m", b"ll", b"d"];

/// The pieces that a text is cut into before bytes are merged; together they are the text.
///
/// They are the matches of the expression of GPT-2's `encoder.py`
/// (<https://github.com/openai/gpt-2>): `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+|
/// ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
#[inline]
pub fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let classes = &*CLASSES;
    let mut start = 0;
    std::iter::from_fn(move || {
        if start == text.len() {
            return None;
        }
        let end = end_of_piece(text, start, classes);
        let piece = &text[start..end];
        start = end;
        Some(piece)
    })
}

#[inline(always)]
fn end_of_piece(text: &str, start: usize, classes: &[Class; TABLE]) -> usize {
    let bytes = text.as_bytes();
    if bytes[start] == b'\'' {
        let rest = &bytes[start + 1..];
        if let Some(found) = CONTRACTIONS.iter().find(|one| rest.starts_with(one)) {
            return start + 1 + found.len();
        }
    }
    // One space before other characters belongs to them.
    if bytes[start] == b' ' && start + 1 < bytes.len() {
        let (class, length) = class_at(text, start + 1, classes);
        if class != Class::Blank {
            return end_of_run(text, start + 1 + length, class, classes);
        }
    }
    let (class, length) = class_at(text, start, classes);
    let end = end_of_run(text, start + length, class, classes);
    if class != Class::Blank || end == bytes.len() {
        return end;
    }
    // The last of several blanks before a word is left for it, or for itself.
    let last = text[start..end].char_indices().next_back();
    last.map_or(
        end,
        |(place, _)| if place > 0 { start + place } else { end },
    )
}

/// Returns where the characters of one class end that go on at `index`.
#[inline(always)]
fn end_of_run(text: &str, mut index: usize, class: Class, classes: &[Class; TABLE]) -> usize {
    while index < text.len() {
        let (next, length) = class_at(text, index, classes);
        if next != class {
            break;
        }
        index += length;
    }
    index
}

/// Returns the class of the character at `index`, and its bytes.
#[inline(always)]
fn class_at(text: &str, index: usize, classes: &[Class; TABLE]) -> (Class, usize) {
    let byte = text.as_bytes()[index];
    if byte.is_ascii() {
        return (classes[usize::from(byte)], 1);
    }
    let character = text[index..]
        .chars()
        .next()
        .expect("a character begins here");
    let class = classes.get(character as usize).copied();
    (
        class.unwrap_or_else(|| class_by_properties(character)),
        character.len_utf8(),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        pieces(text).collect()
    }

    #[test]
    fn a_piece_is_a_word_a_number_marks_or_blanks() {
        assert_eq!(
            cut("Ana are 12 mere, nu?!  Și\n\n  atât\u{a0}… "),
            [
                "Ana", " are", " 12", " mere", ",", " nu", "?!", " ", " Și", "\n\n ", " atât",
                "\u{a0}", "…", " ",
            ]
        );
    }

    #[test]
    fn the_last_blank_before_a_word_is_a_piece_by_itself_unless_it_is_a_space() {
        assert_eq!(cut("a\n\nb"), ["a", "\n", "\n", "b"]);
        assert_eq!(cut("a \nb"), ["a", " ", "\n", "b"]);
        assert_eq!(
            cut("a\u{3000}\u{3000}b"),
            ["a", "\u{3000}", "\u{3000}", "b"]
        );
        assert_eq!(cut("a\n"), ["a", "\n"]);
    }

    #[test]
    fn contractions_are_cut_off_wherever_their_letters_stand() {
        assert_eq!(cut("don't"), ["don", "'t"]);
        assert_eq!(cut("'sus 'sus"), ["'s", "us", " '", "sus"]);
        assert_eq!(cut("l'ai 'LL"), ["l", "'", "ai", " '", "LL"]);
        assert_eq!(cut("''s"), ["''", "s"]);
    }

    proptest! {
        #[test]
        fn pieces_are_the_text(text in "[ \n's1ș,\u{a0}]{0,30}|\\PC{0,20}") {
            prop_assert_eq!(cut(&text).concat(), text.clone());
            prop_assert!(cut(&text).iter().all(|piece| !piece.is_empty()));
        }
    }
}
