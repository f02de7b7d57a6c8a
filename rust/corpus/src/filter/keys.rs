//! What words, pairs and lines are told apart by where that need not be for sure.

use std::hint::select_unpredictable;

use super::tokens::NUMBER_BYTES;

/// Spread the numbers of which words, pairs and lines are made: odd, and half of their bits are
/// set.
pub(super) const SPREAD: u64 = 0xd6e8_feb8_6659_fd93;
pub(super) const SPREAD_AGAIN: u64 = 0xa076_1d64_78bd_642f;

/// Returns a key, of which the highest bits are to choose a place.
#[inline(always)]
pub(super) fn spread(key: u64) -> u64 {
    key.wrapping_mul(SPREAD)
}

/// Returns what is made of the first and the last bytes of a piece of a text, all of a short one.
#[inline(always)]
pub(super) fn key(text: &[u8], start: usize, end: usize) -> u64 {
    let length = end - start;
    let first = match text[start..].first_chunk() {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => number_at_the_end(text, start),
    };
    let first = first & u64::MAX >> (64 - 8 * length.min(NUMBER_BYTES));
    let Some(bytes) = text[..end].last_chunk() else {
        return first;
    };
    let last = u64::from_le_bytes(*bytes).wrapping_mul(SPREAD_AGAIN);
    first ^ select_unpredictable(length > NUMBER_BYTES, last, 0)
}

/// Returns the number of the bytes from an index on, which are fewer than that takes.
#[cold]
fn number_at_the_end(text: &[u8], start: usize) -> u64 {
    let mut number = [0; NUMBER_BYTES];
    number[..text.len() - start].copy_from_slice(&text[start..]);
    u64::from_le_bytes(number)
}
