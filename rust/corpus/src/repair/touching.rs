//! Words that touch where a line end or a blank was lost: "iarba verdeȘi cerul", "pentruElena".

use super::language::Vocabulary;
use super::pieces::{beginning, end, has_inner_stop, is_prose};
use crate::unicode::is_letter;

const ROMANIAN_LETTERS: [char; 14] = [
    'ă', 'â', 'î', 'ș', 'ț', 'ş', 'ţ', 'Ă', 'Â', 'Î', 'Ș', 'Ț', 'Ş', 'Ţ',
];
/// A shorter word counts only if it is one of the vocabulary.
const LONG: usize = 3;
/// Also English, and the end of names: "LinkedIn".
const ENGLISH: &str = "in";

/// Returns whether two words touch at an index, before the capital of the second one.
///
/// Names are written so too, "YouTube" and "PayPal". So the first word is small behind its first letter,
/// the second one behind its capital, and one of them is told to be Romanian: by a letter that English
/// lacks, as a function word before the other one that is small throughout, or as a function word behind
/// such a one. A piece that no prose has, as of programs, is left alone, and J behind a small letter is
/// no initial: in books that were scanned it is another letter ("căJărie").
pub(super) fn words_touch(text: &str, boundary: usize, vocabulary: &Vocabulary) -> bool {
    let (before, after) = text.split_at(boundary);
    let is_small = |last: char| last.is_lowercase() && is_of_words(last);
    let is_capital = |first: char| first.is_uppercase() && is_of_words(first);
    if !before.ends_with(is_small) || !after.starts_with(is_capital) {
        return false;
    }
    let (Some(beginning), Some(end)) = (beginning(before), end(after)) else {
        return false;
    };
    let first = &beginning[beginning.trim_end_matches(is_letter).len()..];
    let second = &end[..end.len() - end.trim_start_matches(is_letter).len()];
    are_two(first, second, vocabulary)
        && is_prose(beginning)
        && is_prose(end)
        && !has_inner_stop(beginning)
        && !has_inner_stop(end)
}

fn is_of_words(letter: char) -> bool {
    letter.is_ascii() || ROMANIAN_LETTERS.contains(&letter)
}

fn are_two(first: &str, second: &str, vocabulary: &Vocabulary) -> bool {
    let is_small = |word: &str| word.chars().all(char::is_lowercase);
    let goes_on_small = |word: &str| word.chars().skip(1).all(char::is_lowercase);
    let is_known = |word: &str| word != ENGLISH && vocabulary.romanian.contains(word);
    let lengths = [first, second].map(|word| word.chars().count());
    if lengths[0] < 2
        || lengths[1] < 2
        || second.starts_with('J')
        || !goes_on_small(first)
        || !goes_on_small(second)
    {
        return false;
    }
    let known_second = is_known(&second.to_lowercase());
    let is_long = lengths[1] >= LONG || known_second;
    if is_small(first) && is_known(first) {
        return is_long;
    }
    let has_letter = first.contains(ROMANIAN_LETTERS) || second.contains(ROMANIAN_LETTERS);
    lengths[0] >= LONG && ((has_letter && is_long) || (is_small(first) && known_second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_touch_that_are_no_name() {
        let romanian = ["și", "pentru", "în", "in", "la", "de", "să"].map(str::to_owned);
        let vocabulary = Vocabulary {
            romanian: romanian.into(),
            foreign: [].into(),
        };
        let touches = |text: &str| {
            let boundary = text.find('|').expect("a boundary");
            words_touch(&text.replace('|', ""), boundary, &vocabulary)
        };
        for text in [
            "iarba verde|Și cerul",
            "în oraș|Primarul a venit",
            "Brăila|Vaporul",
            "pentru|Elena",
            "la|Bistrița, (acum)",
            "cartea|De aici",
            "dragă|Să-mi",
        ] {
            assert!(touches(text), "{text}");
        }
        for text in [
            "You|Tube",
            "Pay|Pal",
            "Mc|Donald",
            "i|Phone",
            "k|Wh",
            "p|H",
            "Linked|In",
            "log|In",
            "e|Mag",
            "easy|Jet",
            "Numele|ClaseiMele",
            "NumeleȘi|Clasa",
            "oraș|TV",
            "că|Jărie",
            "și|Da(x)",
            "www.și|Da.ro",
            "`și|Da`",
            "și|D",
            "ă|Da",
            "și Da|",
            "|Da",
            "șI|Da",
        ] {
            assert!(!touches(text), "{text}");
        }
    }
}
