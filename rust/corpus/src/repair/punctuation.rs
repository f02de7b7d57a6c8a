//! Blanks before punctuation: "cuvânt , altul".

use memchr::{memchr, memchr_iter, memchr2, memrchr};

use crate::unicode::{is_letter, is_letter_or_number};

/// Moved in every text; the others only in one that was cut into tokens.
const ALWAYS: &[u8] = b",.";

/// Returns the text without the blanks between a word and its comma or full stop; none without one.
///
/// `spaced` are the indices of the blanks before a mark, ascending.
///
/// A colon, semicolon, exclamation or question mark is moved only in a text that was cut into tokens,
/// where most commas are spaced: French writes a blank before those four. Between two numbers
/// ("1 , 5"), before another mark ("a . . .") and in rows of tables nothing is moved. A blank that stands
/// before a mark instead of behind it changes its side ("om ,câine").
pub(super) fn with_attached_punctuation(text: &str, spaced: &[usize]) -> Option<String> {
    let mut in_tokens: Option<bool> = None;
    let mut line = Line::default();
    let mut attached = String::new();
    let mut copied = 0;
    for &blank in spaced {
        let moves = belongs_to_word(text, blank)
            && (ALWAYS.contains(&text.as_bytes()[blank + 1])
                || *in_tokens.get_or_insert_with(|| is_cut_into_tokens(text, spaced)))
            && !line.is_row(text, blank);
        if moves {
            attached.reserve(text.len() - copied);
            attached.push_str(&text[copied..blank]);
            copied = blank + 1;
        } else if is_on_wrong_side(text, blank) && !line.is_row(text, blank) {
            attached.reserve(text.len() - copied);
            attached.push_str(&text[copied..blank]);
            attached.push_str(&text[blank + 1..blank + 2]);
            attached.push(' ');
            copied = blank + 2;
        }
    }
    (copied > 0).then(|| attached + &text[copied..])
}

/// Returns whether more commas stand behind a word and a blank than behind a word, and two at least.
fn is_cut_into_tokens(text: &str, spaced: &[usize]) -> bool {
    let bytes = text.as_bytes();
    let ends_word = |index: &usize| text[..*index].ends_with(is_letter_or_number);
    let commas = spaced.iter().filter(|blank| bytes[**blank + 1] == b',');
    let spaced = commas.filter(|blank| ends_word(blank)).count();
    // In most texts, the first few tell.
    let attached = memchr_iter(b',', bytes).filter(ends_word).take(spaced);
    spaced >= 2 && attached.count() < spaced
}

/// Returns whether the mark behind a blank belongs to the word before it.
fn belongs_to_word(text: &str, blank: usize) -> bool {
    let (before, rest) = (&text[..blank], &text[blank + 2..]);
    let Some(last) = before.chars().next_back() else {
        return false;
    };
    let next = rest.trim_start_matches(' ').chars().next();
    let next = next.filter(|next| *next != '\n');
    let ends_there = rest.is_empty() || rest.starts_with([' ', '\n']);
    let is_number = last.is_numeric() && next.is_some_and(char::is_numeric);
    let is_row_of_marks = next.is_some_and(|next| next.is_ascii_punctuation());
    (is_letter_or_number(last) || ")]”»\"".contains(last))
        && ends_there
        && !is_number
        && !is_row_of_marks
}

/// Returns whether a blank stands between a letter and a mark that has none behind it: a comma or
/// semicolon before a letter, another mark but a colon before the beginning of a sentence.
fn is_on_wrong_side(text: &str, blank: usize) -> bool {
    let (before, rest) = (&text[..blank], &text[blank + 2..]);
    let mut following = rest.chars();
    let [first, second] = [(); 2].map(|()| following.next().unwrap_or(' '));
    let is_side = match text.as_bytes()[blank + 1] {
        b',' | b';' => is_letter(first),
        b'.' | b'!' | b'?' => first.is_uppercase() && second.is_lowercase(),
        _ => false,
    };
    is_side && before.ends_with(is_letter)
}

/// The line that was asked for last: it is looked through once, however many marks it has.
#[derive(Default)]
struct Line {
    end: usize,
    is_row: bool,
}

impl Line {
    /// Returns whether the line of an index is the row of a table; the indices ascend.
    fn is_row(&mut self, text: &str, index: usize) -> bool {
        let bytes = text.as_bytes();
        if index >= self.end {
            let start = memrchr(b'\n', &bytes[..index]).map_or(0, |place| place + 1);
            self.end = memchr(b'\n', &bytes[index..]).map_or(bytes.len(), |place| index + place);
            self.is_row = memchr2(b'|', b'\t', &bytes[start..self.end]).is_some();
        }
        self.is_row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attached(text: &str) -> String {
        let spaced: Vec<usize> = text
            .match_indices(' ')
            .map(|(index, _)| index)
            .filter(|index| text[index + 1..].starts_with([',', '.', ';', ':', '!', '?']))
            .collect();
        with_attached_punctuation(text, &spaced).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn commas_and_stops_are_written_to_their_word() {
        assert_eq!(attached("Un om , un câine ."), "Un om, un câine.");
        assert_eq!(attached("în 2003 , apoi"), "în 2003, apoi");
    }

    #[test]
    fn the_other_marks_only_in_a_text_cut_into_tokens() {
        let tokens = "Vine , zise el , și mâine ? Da ! Iată : vine ; pleacă .";
        let mended = "Vine, zise el, și mâine? Da! Iată: vine; pleacă.";
        assert_eq!(attached(tokens), mended);
        let french = "Où est-il ? Ici, là ; et « ça » !";
        assert_eq!(attached(french), french);
    }

    #[test]
    fn a_blank_on_the_wrong_side_of_a_mark_changes_it() {
        assert_eq!(
            attached("Plouă ,ninge .Apoi bate ?Da !Bine ;apoi"),
            "Plouă, ninge. Apoi bate? Da! Bine; apoi"
        );
        for text in [
            "clasa .pat",
            "indicele .DJI",
            "un !isset",
            "a ?x",
            "a :b",
            "a | b ,c",
        ] {
            assert_eq!(attached(text), text);
        }
    }

    #[test]
    fn numbers_dots_and_tables_stay() {
        for text in [
            "1 , 5 lei",
            "Cap . . . . 7",
            "a | b , c",
            "a , b | c\nd | e , f",
            ", apoi",
            "fișier .txt",
            "și ...",
        ] {
            assert_eq!(attached(text), text);
        }
    }
}
