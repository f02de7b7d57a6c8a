//! Pieces of a text without a blank in them, and whether prose has such ones.

use crate::unicode::is_letter;

/// Beside letters, what stands in a piece of prose without a blank; with any other character it may be
/// an address, a formula or a line of a program.
const IN_PROSE: &str = "-'’„”“\"«»()—–…,.;:!?";
/// Characters of such a piece on either side of a mark. Longer ones are no prose, and to look through
/// them for each mark would take a time that grows with the square of their length.
pub(super) const MAX_SIDE: usize = 100;

/// Returns the last piece of a text without a blank; none if it is longer than [`MAX_SIDE`].
pub(super) fn beginning(before: &str) -> Option<&str> {
    let mut backwards = before.char_indices().rev().take(MAX_SIDE + 1);
    let mut start = before.len();
    let is_whole = backwards.by_ref().take(MAX_SIDE).any(|(index, character)| {
        let is_blank = character.is_whitespace();
        start = if is_blank { start } else { index };
        is_blank
    });
    let goes_on = backwards
        .next()
        .is_some_and(|(_, one)| !one.is_whitespace());
    (is_whole || !goes_on).then(|| &before[start..])
}

/// Returns the first piece of a text without a blank; none if it is longer than [`MAX_SIDE`].
pub(super) fn end(after: &str) -> Option<&str> {
    let place = after.char_indices().take(MAX_SIDE + 1);
    let blank = place
        .clone()
        .find(|(_, character)| character.is_whitespace());
    match blank {
        Some((index, _)) => Some(&after[..index]),
        None => (place.count() <= MAX_SIDE).then_some(after),
    }
}

/// Returns whether it has characters of prose only, and no bracket behind a letter, as formulas have.
pub(super) fn is_prose(piece: &str) -> bool {
    let mut last = ' ';
    piece.chars().all(|character| {
        let is_call = character == '(' && is_letter(last);
        last = character;
        !is_call && (is_letter(character) || IN_PROSE.contains(character))
    })
}

/// Returns whether a stop stands before a letter in a piece.
pub(super) fn has_inner_stop(piece: &str) -> bool {
    let mut behind = piece.split('.').skip(1);
    behind.any(|rest| rest.starts_with(is_letter))
}
