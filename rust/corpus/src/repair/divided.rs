//! Words divided at the end of a line.

use std::collections::HashSet;
use std::ops::Range;

use aho_corasick::AhoCorasick;
use memchr::memmem;

use super::language::is_letter;

/// How a word is divided.
const DIVIDER: &str = "-\n";
const VOWELS: &str = "aăâeiîouyAĂÂEIÎOUY";
/// Short words that are written with a hyphen before a short one with a vowel ("le-au", "de-a").
const BEFORE: &[&str] = &["ce", "ci", "de", "le", "mi", "ne", "și", "te", "ți", "vi"];
const MAX_SHORT: usize = 3;
/// The end of a gerund before a pronoun ("văzându-se").
const GERUND: &str = "ndu";

/// A word that a hyphen and a line end divide.
struct Division<'text> {
    /// Index of the hyphen in bytes.
    hyphen: usize,
    before: &'text str,
    behind: &'text str,
    /// What stands behind the line end up to the next blank: the rest of the word and its marks.
    moved: &'text str,
}

/// Returns the text with the words joined that a line end divides, each on the line it begins in.
///
/// "locui-\ntoare noi" becomes "locuitoare\nnoi". Where the hyphen belongs to the word, it stays:
/// "într-\no zi" becomes "într-o\nzi". Which of the two it is the text itself says first, if it has
/// the word elsewhere; else the parts do. Returns none without such a word.
///
/// `divided` are the indices of the hyphens before line ends, ascending.
pub(super) fn with_whole_words(text: &str, divided: &[usize]) -> Option<String> {
    let divisions = divided
        .iter()
        .filter_map(|hyphen| Division::at(text, *hyphen));
    let divisions: Vec<Division> = divisions.collect();
    if divisions.is_empty() {
        return None;
    }
    let known = known_words(text, &divisions);
    let mut whole = String::with_capacity(text.len());
    let mut copied = 0;
    for division in divisions {
        let hyphen = division.hyphen;
        if hyphen < copied {
            // A word of three lines; the next round joins its end.
            continue;
        }
        let stays = keeps_hyphen(division.before, division.behind, &known);
        whole.push_str(&text[copied..hyphen + usize::from(stays)]);
        whole.push_str(division.moved);
        copied = hyphen + DIVIDER.len() + division.moved.len();
        let rest = &text[copied..];
        if let Some(line) = rest.strip_prefix([' ', '\n']) {
            whole.push('\n');
            copied = text.len() - line.len();
        }
    }
    whole.push_str(&text[copied..]);
    Some(whole)
}

impl<'text> Division<'text> {
    /// Returns the division at a hyphen before a line end, if small letters stand on both of its
    /// sides.
    fn at(text: &'text str, hyphen: usize) -> Option<Self> {
        let (head, tail) = (&text[..hyphen], &text[hyphen + DIVIDER.len()..]);
        let start = head.trim_end_matches(is_letter).len();
        let rest = tail.trim_start_matches(is_letter);
        let (before, behind) = (&head[start..], &tail[..tail.len() - rest.len()]);
        let moved = tail.find([' ', '\n']).unwrap_or(tail.len());
        let in_table = tail[..moved].contains(['|', '│']);
        let both_small =
            before.ends_with(char::is_lowercase) && behind.starts_with(char::is_lowercase);
        if !both_small || in_table {
            return None;
        }
        Some(Self {
            hyphen,
            before,
            behind,
            moved: &tail[..moved],
        })
    }
}

/// So many words are looked for one by one, many bytes at once; more in one pass, byte by byte.
const FEW: usize = 32;

/// Returns those words of a text that a division may stand for: with the hyphen, and without.
fn known_words(text: &str, divisions: &[Division]) -> HashSet<String> {
    let candidates = divisions.iter().flat_map(|division| {
        let (before, behind) = (division.before, division.behind);
        [format!("{before}{behind}"), format!("{before}-{behind}")]
    });
    let candidates: HashSet<String> = candidates.collect();
    if candidates.len() <= FEW {
        one_by_one(text, candidates)
    } else {
        all_at_once(text, &candidates)
    }
}

fn one_by_one(text: &str, mut candidates: HashSet<String>) -> HashSet<String> {
    // Where a word stands as a whole, no other occurrence of it overlaps that.
    candidates.retain(|word| {
        let mut found = memmem::find_iter(text.as_bytes(), word);
        found.any(|start| is_whole(text, &(start..start + word.len())))
    });
    candidates
}

fn all_at_once(text: &str, candidates: &HashSet<String>) -> HashSet<String> {
    let words = AhoCorasick::new(candidates).expect("some KB of words");
    let found = words.find_overlapping_iter(text).map(|word| word.range());
    let whole = found.filter(|range| is_whole(text, range));
    whole.map(|range| text[range].to_owned()).collect()
}

/// Returns whether neither letters nor hyphens stand beside a part of a text.
fn is_whole(text: &str, range: &Range<usize>) -> bool {
    !text[..range.start].ends_with(is_in_word) && !text[range.end..].starts_with(is_in_word)
}

fn is_in_word(character: char) -> bool {
    is_letter(character) || character == '-'
}

fn keeps_hyphen(before: &str, behind: &str, known: &HashSet<String>) -> bool {
    if known.contains(&format!("{before}{behind}")) {
        return false;
    }
    if known.contains(&format!("{before}-{behind}")) {
        return true;
    }
    // Neither a part without a vowel nor a single letter is ever divided off a word, and a division
    // leaves no consonant before a vowel: it belongs to the syllable that follows.
    !before.contains(is_vowel)
        || !behind.contains(is_vowel)
        || behind.chars().nth(1).is_none()
        || (!before.ends_with(is_vowel) && behind.starts_with(is_vowel))
        || before.ends_with(GERUND)
        || (behind.starts_with(is_vowel)
            && behind.chars().count() <= MAX_SHORT
            && BEFORE.contains(&before.to_lowercase().as_str()))
}

fn is_vowel(letter: char) -> bool {
    VOWELS.contains(letter)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn few_words_are_known_as_many_are(
            text in "[aăb -]{0,30}",
            words in prop::collection::hash_set("[aăb]{1,2}-?[aăb]{1,2}", 0..6),
        ) {
            prop_assert_eq!(one_by_one(&text, words.clone()), all_at_once(&text, &words));
        }
    }

    fn whole(text: &str) -> String {
        let divided: Vec<usize> = text
            .match_indices(DIVIDER)
            .map(|(index, _)| index)
            .collect();
        with_whole_words(text, &divided).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn a_divided_word_is_joined_on_its_line() {
        assert_eq!(whole("multe cuvin-\nte, noi"), "multe cuvinte,\nnoi");
        assert_eq!(whole("o locui-\ntoare"), "o locuitoare");
        assert_eq!(whole("ne-\nsocotită"), "nesocotită");
        assert_eq!(whole("mân-\ncare\nbună"), "mâncare\nbună");
    }

    #[test]
    fn a_hyphen_of_the_word_stays() {
        assert_eq!(whole("într-\no zi"), "într-o\nzi");
        assert_eq!(whole("s-\na dus"), "s-a\ndus");
        assert_eq!(whole("văzându-\nse iar"), "văzându-se\niar");
        assert_eq!(whole("show-\nul mare"), "show-ul\nmare");
    }

    #[test]
    fn the_text_itself_decides_if_it_has_the_word() {
        assert_eq!(whole("cuvinte; cuvin-\nte"), "cuvinte; cuvinte");
        assert_eq!(whole("nord-est; nord-\nest"), "nord-est; nord-est");
    }

    #[test]
    fn a_dash_or_a_name_is_no_divided_word() {
        for text in [
            "Cluj-\nNapoca",
            "unu -\ndoi",
            "3-\nlea",
            "a-\n\nb",
            "CON-\nvi",
            "di-\nvi│",
        ] {
            assert_eq!(whole(text), text);
        }
    }
}
