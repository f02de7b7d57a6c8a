//! What stands around a sign, as the keys by which a table says which letter it is.

use super::losses::Loss;
use super::signs::QUESTION_MARK;
use crate::unicode::{is_letter, is_letter_or_number};

/// Where the sign is in a key.
const PLACE: char = '·';
/// An end of the word.
const END: char = '_';
/// The beginning of a word that begins a sentence.
const SENTENCE: char = '^';
/// The beginning of a word behind one with a capital.
const NAME: char = '+';
/// Characters to the left and to the right of the sign in each key of it, the shortest key first. With
/// six on either side no more letters of unseen texts are right.
const SIDES: [(usize, usize); 9] = [
    (0, 0),
    (0, 1),
    (1, 1),
    (1, 2),
    (2, 2),
    (2, 3),
    (3, 3),
    (4, 4),
    (5, 5),
];
const LONGEST_SIDE: usize = 5;
/// How far from a sign is looked, so that no line takes a time that grows with its square.
const REACH: usize = 100;

/// A line whose letters were lost.
///
/// A letter that may be lost is a sign like any other: so what stands around one does not depend on which
/// of the others are back.
pub struct Line<'line> {
    /// Its characters.
    pub characters: &'line [char],
    /// What stands for the letters in it.
    pub sign: char,
    /// Which letters were lost.
    pub loss: Loss,
}

impl Line<'_> {
    /// Returns the keys of the sign at a place, the shortest first; none if it is no part of a word: alone,
    /// but for a hyphen behind it, or before a name.
    ///
    /// A key is what stands to the left and to the right of the sign within its word, in small letters:
    /// `_fra·i_`. Behind the end of the word what follows stands, if the sign is at the end.
    pub fn keys(&self, place: usize) -> Vec<String> {
        let (left, right) = (self.left_of(place), self.right_of(place));
        let begins = !self.is_of_word(place.wrapping_sub(1));
        let ends = matches!(right[..], [END, follows] if follows != '-');
        if begins && (ends || self.is_before_name(place)) {
            return Vec::new();
        }
        keys(&left, &right)
    }

    /// Whether a capital and a small letter follow, which is no word behind a letter.
    fn is_before_name(&self, place: usize) -> bool {
        matches!(
            self.characters.get(place + 1..place + 3),
            Some([first, second])
                if first.is_uppercase() && second.is_lowercase() && !self.is_sign(*first)
        )
    }

    /// Returns whether the word of the sign begins with it and goes on with a small letter.
    pub fn begins_small_word(&self, place: usize) -> bool {
        let next = self.characters.get(place + 1);
        !self.is_of_word(place.wrapping_sub(1)) && next.is_some_and(|next| next.is_lowercase())
    }

    /// Returns whether the letter for which a sign stands is a capital, as those beside it in its word
    /// are; for a sign that begins a word before a small letter only the table can tell.
    pub(super) fn is_capital(&self, place: usize) -> bool {
        let is_letter = |character: &&char| !self.is_sign(**character);
        let before = self
            .indices_before(place)
            .take_while(|index| self.is_of_word(*index));
        let mut before = before
            .map(|index| &self.characters[index])
            .filter(is_letter);
        let behind = self
            .indices_behind(place)
            .take_while(|index| self.is_of_word(*index));
        let mut behind = behind
            .map(|index| &self.characters[index])
            .filter(is_letter);
        match (before.next(), behind.next()) {
            (Some(previous), Some(next)) => previous.is_uppercase() && next.is_uppercase(),
            // "A?" is Aș.
            (Some(previous), None) => {
                previous.is_uppercase() && before.next().is_some_and(|one| one.is_uppercase())
            }
            (None, Some(next)) => next.is_uppercase(),
            (None, None) => false,
        }
    }

    /// Returns the quotation mark or dash for which a sign stands that is no letter, if it is one.
    ///
    /// `is_quoted` says whether a quotation is open: a question mark ends none else.
    pub(super) fn mark(&self, place: usize, is_quoted: bool) -> Option<char> {
        let previous = place.checked_sub(1).map(|index| self.characters[index]);
        let next = self.characters.get(place + 1).copied();
        let is_free = |next: Option<char>| next.is_none_or(char::is_whitespace);
        let is_certain = self.sign != QUESTION_MARK;
        let begins = previous.is_none_or(|one| one.is_whitespace() || "([-".contains(one));
        let ends = next.is_none_or(|one| one.is_whitespace() || ",.;:!?)]".contains(one));
        if is_free(previous) && is_free(next) {
            (is_certain || previous.is_none()).then_some('–')
        } else if begins && next.is_some_and(|one| is_letter_or_number(one) || self.is_sign(one)) {
            Some('„')
        } else if ends && !begins && (is_certain || is_quoted) {
            Some('”')
        } else {
            None
        }
    }

    /// Returns whether a sign stands in an address: between blanks, beside `=`, `://` or `www.`.
    pub(super) fn is_in_address(&self, place: usize) -> bool {
        let is_within = |index: &usize| !self.characters[*index].is_whitespace();
        let start = self.indices_before(place).take_while(is_within).count();
        let end = self.indices_behind(place).take_while(is_within).count();
        let piece = self.characters[place - start..=place + end].iter();
        let piece = piece.collect::<String>();
        piece.contains('=') || piece.contains("://") || piece.contains("www.")
    }

    /// The characters before the sign in its word, the nearest first.
    fn left_of(&self, place: usize) -> Vec<char> {
        let mut found = self.side(self.indices_before(place));
        if found.is_empty() {
            found.push(self.beginning(place));
        }
        found
    }

    /// The characters behind the sign in its word, the nearest first.
    fn right_of(&self, place: usize) -> Vec<char> {
        let mut found = self.side(self.indices_behind(place));
        if found.is_empty() {
            found.extend([END, self.follows(place + 1)]);
        }
        found
    }

    /// The characters of the word at these indices, and its end; none if the first is not of the word.
    fn side(&self, indices: impl Iterator<Item = usize>) -> Vec<char> {
        let within = indices
            .take(LONGEST_SIDE)
            .take_while(|index| self.is_of_word(*index));
        let mut found: Vec<char> = within.map(|index| self.folded(index)).collect();
        if (1..LONGEST_SIDE).contains(&found.len()) {
            found.push(END);
        }
        found
    }

    /// What follows the end of a word, as one character.
    fn follows(&self, index: usize) -> char {
        match (self.characters.get(index), self.characters.get(index + 1)) {
            (None, _) => '$',
            (Some(' '), Some(next)) if self.is_sign(*next) => QUESTION_MARK,
            (Some(' '), Some(next)) if next.is_lowercase() => 'a',
            (Some(' '), Some(next)) if next.is_uppercase() => 'A',
            (Some('-'), _) => '-',
            // These rarely stand behind a question mark, but "?..." does.
            (Some('.'), Some('.')) => '.',
            (Some(',' | ';' | ':' | '.' | ')'), _) => ',',
            _ => '.',
        }
    }

    /// What the word begins with whose first letter was lost: a sentence, or a word behind one with a
    /// capital, as in names.
    fn beginning(&self, place: usize) -> char {
        let mut before = self.indices_before(place).filter(|index| {
            let character = self.characters[*index];
            !self.is_sign(character)
                && (is_letter_or_number(character) || ".!…".contains(character))
        });
        let Some(nearest) = before.next() else {
            return SENTENCE;
        };
        let is_capital = |index: usize| {
            let character = self.characters[index];
            character.is_uppercase() && !self.is_sign(character)
        };
        match self.characters[nearest] {
            // As in "S.U.A.".
            '.' if before.next().is_some_and(is_capital) => END,
            '.' | '!' | '…' => SENTENCE,
            _ => {
                let is_within = |index: &usize| self.is_of_word(*index);
                let first = self
                    .indices_before(nearest + 1)
                    .take_while(is_within)
                    .last();
                if first.is_some_and(is_capital) {
                    NAME
                } else {
                    END
                }
            }
        }
    }

    fn indices_before(&self, place: usize) -> impl Iterator<Item = usize> {
        (place.saturating_sub(REACH)..place).rev()
    }

    fn indices_behind(&self, place: usize) -> impl Iterator<Item = usize> {
        place + 1..self.characters.len().min(place + 1 + REACH)
    }

    fn is_of_word(&self, index: usize) -> bool {
        let character = self.characters.get(index);
        character.is_some_and(|character| is_letter(*character) || self.is_sign(*character))
    }

    fn is_sign(&self, character: char) -> bool {
        character == self.sign || self.loss.includes(character)
    }

    fn folded(&self, index: usize) -> char {
        let character = self.characters[index];
        if self.is_sign(character) {
            QUESTION_MARK
        } else {
            character.to_lowercase().next().unwrap_or(character)
        }
    }
}

/// Returns the keys of which a key is an extension, the shortest first.
pub fn shorter_keys(key: &str) -> Vec<String> {
    let (left, right) = key.split_once(PLACE).unwrap_or_default();
    let left: Vec<char> = left.chars().rev().collect();
    let right: Vec<char> = right.chars().collect();
    let mut keys = keys(&left, &right);
    keys.pop();
    keys
}

/// Returns the keys of what stands on either side, the nearest first, without equal ones.
fn keys(left: &[char], right: &[char]) -> Vec<String> {
    let key = |(before, behind): (usize, usize)| {
        let before = left[..before.min(left.len())].iter().rev();
        let behind = &right[..behind.min(right.len())];
        before.chain([&PLACE]).chain(behind).collect::<String>()
    };
    let mut keys = SIDES.map(key).to_vec();
    keys.dedup();
    keys
}
