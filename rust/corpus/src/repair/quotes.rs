//! Quotation marks written as two signs: ",,Vine", „Vine''.

use std::ops::Range;

use crate::unicode::{is_letter, is_letter_or_number};

const DASHES: [char; 3] = ['-', '–', '—'];

/// Returns where two commas end that stand for the mark „, the first of them at a place; none if they
/// stand for none.
///
/// They stand at the beginning of a line or behind a blank or a bracket, before a word; or at the
/// beginning of a line before the dash of a speech. With a blank before the word, which goes with them,
/// the next quotation mark of the paragraph must end the quotation.
pub(super) fn opening(text: &str, first: usize) -> Option<usize> {
    let before = &text[..first];
    let after = text[first..].strip_prefix(",,")?;
    let end = first + 2;
    let begins_line = before.is_empty() || before.ends_with('\n');
    if !begins_line && !before.ends_with([' ', '(']) {
        return None;
    }
    let word = after.strip_prefix(' ').unwrap_or(after);
    let is_speech = begins_line && word.starts_with(DASHES);
    if after.starts_with(is_letter) || is_speech {
        return Some(end);
    }
    let is_ended = || {
        let (place, mark) = next_mark(word)?;
        let ends = matches!(mark, '”' | '"' | '\'') && !word[..place].ends_with([' ', '\n']);
        ends.then_some(end + 1)
    };
    word.starts_with(is_letter).then(is_ended).flatten()
}

/// Returns where two single quotation marks begin and end that stand for the mark ”, the first of them
/// ending with a place; none if they stand for none.
///
/// They stand behind a word of two letters or punctuation and before none, and the quotation marks on
/// either side of them in their paragraph are „ and neither ” nor another two: so those of wiki markup,
/// of programs, seconds and inches stay.
pub(super) fn closing(text: &str, first_end: usize) -> Option<Range<usize>> {
    let mut marks = text[..=first_end].chars();
    let mark = marks.next_back().filter(|mark| "'’".contains(*mark))?;
    let quoted = marks.as_str();
    let after = text[first_end + 1..].strip_prefix(mark)?;
    let goes_on = |next: char| next == mark || is_letter_or_number(next);
    if !ends_quoted(quoted) || after.starts_with(goes_on) {
        return None;
    }
    let is_closed_later = matches!(next_mark(after), Some((_, '”' | '\'')));
    (last_mark(quoted) == Some('„') && !is_closed_later)
        .then(|| quoted.len()..text.len() - after.len())
}

fn ends_quoted(text: &str) -> bool {
    let mut backwards = text.chars().rev();
    let [last, previous] = [(); 2].map(|()| backwards.next().unwrap_or(' '));
    ".!?…,".contains(last) || (is_letter(last) && is_letter(previous))
}

/// Returns where the first quotation mark of a paragraph's rest stands, and which it is: „ or ”, `"`, `,`
/// for two commas, or `'` for two single marks.
///
/// Nothing is looked for beyond it, so that all marks of a text take a time that grows with its length.
fn next_mark(text: &str) -> Option<(usize, char)> {
    let mut previous = ' ';
    for (place, sign) in text.char_indices() {
        match mark(sign, previous) {
            None => previous = sign,
            Some('\n') => break,
            Some(mark @ (',' | '\'')) => return Some((place - previous.len_utf8(), mark)),
            Some(mark) => return Some((place, mark)),
        }
    }
    None
}

/// Returns the last quotation mark of a paragraph's beginning, as [`next_mark`] does.
fn last_mark(text: &str) -> Option<char> {
    let mut previous = ' ';
    for sign in text.chars().rev() {
        match mark(sign, previous) {
            None => previous = sign,
            found => return found.filter(|mark| *mark != '\n'),
        }
    }
    None
}

/// Returns the quotation mark that a sign is, alone or with an equal one beside it; `\n` for a blank line.
fn mark(sign: char, beside: char) -> Option<char> {
    match sign {
        '„' | '"' => Some(sign),
        '“' | '”' => Some('”'),
        ',' | '\n' if beside == sign => Some(sign),
        '\'' | '’' if beside == sign => Some('\''),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(text: &str) -> Option<&str> {
        let first = text.find(",,").expect("two commas");
        opening(text, first).map(|end| &text[first..end])
    }

    #[test]
    fn two_commas_before_a_word_open_a_quotation() {
        for text in [
            ",,da”",
            "(,,da",
            "a ,,da",
            "a\n,,da",
            ",,— Vine",
            ",, — Vine",
            "a\n,,- Vine",
        ] {
            assert_eq!(opened(text), Some(",,"), "{text}");
        }
        for text in [",, da”", "a ,, da''", ",, da,\nba.’’", "a ,, da\" „ba”"] {
            assert_eq!(opened(text), Some(",, "), "{text}");
        }
    }

    #[test]
    fn other_commas_are_none() {
        for text in [
            "a,,da",
            ",,,da",
            ",,1",
            ",, da",
            "a ,,— da",
            "a,, da”",
            ",, da „ba”",
            ",, da,, ba”",
            ",, da\n\nba”",
            ",, da \"ba\"",
            ",,  da”",
            ",,",
        ] {
            assert_eq!(opened(text), None, "{text}");
        }
    }

    fn closed(text: &str) -> String {
        let pairs = ["''", "’’"].map(|pair| text.match_indices(pair));
        let ends = pairs.into_iter().flatten();
        let ends = ends.filter_map(|(place, pair)| closing(text, place + pair.len() / 2 - 1));
        ends.fold(text.to_owned(), |text, two| {
            format!("{}”{}", &text[..two.start], &text[two.end..])
        })
    }

    #[test]
    fn two_single_marks_close_a_quotation() {
        for (before, after) in [
            ("„Vine'' zise", "„Vine” zise"),
            ("„Vine!’’", "„Vine!”"),
            ("„Ce e?'', „Da”", "„Ce e?”, „Da”"),
            ("„Ce\nfaci…'' și", "„Ce\nfaci…” și"),
            ("„prințului''-rege", "„prințului”-rege"),
        ] {
            assert_eq!(closed(before), after);
        }
    }

    #[test]
    fn markup_programs_and_primes_stay() {
        for text in [
            "''Vine''",
            "„''Vine'' acum”",
            "„Vine'' acum”",
            "„Vine'' și ''acum''",
            "„Vine” acum''",
            "„Vine\n\nacum''",
            "„Vine'''",
            "„Vine''acum",
            "„unghiul A''",
            "„țeava de 5''",
            "„un șir gol (''",
            "„Vine ''",
            "„zis \"da'' și",
            ",,Vine''",
            "''",
            "„Vine'’",
        ] {
            assert_eq!(closed(text), text);
        }
    }
}
