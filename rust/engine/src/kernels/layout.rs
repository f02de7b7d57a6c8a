//! How weights lie in memory: in the order in which one pass of a product reads them.
//!
//! A *word* is 4 bytes: one float32, two bfloat16 or four bytes, of neighbouring columns. It is what
//! an instruction can take from the activations and hand to all its lanes. A *line* is a cache line:
//! a word of each of 16 rows, which are a *panel*. Two panels are a *band*:
//!
//! ```text
//!              panel 0: rows 0-15     panel 1: rows 16-31
//!            +----------------------+----------------------+
//!  head      | biases, for some precisions also scales     |
//!            +----------------------+----------------------+
//!  step 0    | word 0 of each row   | word 0 of each row   |   times word 0 of each token
//!  step 1    | word 1 of each row   | word 1 of each row   |   times word 1 of each token
//!  ...       |                      |                      |
//!            +----------------------+----------------------+
//! ```
//!
//! So a product reads one piece of memory from front to end, which the processor foresees, and a
//! word of the activations, loaded once, serves two lines: with one panel there were as many loads of
//! words as of weights, and int8 products were limited by them.
//!
//! Columns are padded with zeros to a multiple of 32, the size of an int4 group.

use super::{Band, LANES, Tile};

/// Panels of a band.
pub const PANELS: usize = 2;
/// Rows of a band.
pub const ROWS: usize = PANELS * LANES;
/// Columns are padded to a multiple of this.
pub const COLUMNS: usize = 32;

/// Some columns of a row or of a token.
pub(super) type Word = [u8; 4];
/// A word of each row of a panel.
pub(super) type Line = [u8; 4 * LANES];

/// Columns with padding.
pub(super) fn padded(columns: usize) -> usize {
    columns.next_multiple_of(COLUMNS)
}

/// Sixteen values as bytes.
pub(super) fn line(value: impl Fn(usize) -> f32) -> Line {
    let mut bytes = [0; size_of::<Line>()];
    for (lane, word) in bytes.as_chunks_mut().0.iter_mut().enumerate() {
        *word = value(lane).to_le_bytes();
    }
    bytes
}

/// Sixteen values from their bytes.
#[inline(always)]
pub(super) fn tile(line: &Line) -> Tile {
    let (words, _) = line.as_chunks();
    Tile(std::array::from_fn(|lane| f32::from_le_bytes(words[lane])))
}

/// Write the biases, with which every band begins, and return the lines after them.
pub(super) fn pack_biases<'a>(band: &Band, lines: &'a mut [Line]) -> &'a mut [Line] {
    let (biases, rest) = lines.split_at_mut(PANELS);
    for (panel, target) in biases.iter_mut().enumerate() {
        *target = line(|row| band.biases[panel * LANES + row]);
    }
    rest
}

/// Write the words of a band, step after step; `word` has that of a row in a step.
pub(super) fn pack_words(lines: &mut [Line], word: impl Fn(usize, usize) -> Word) {
    let (steps, _) = lines.as_chunks_mut::<PANELS>();
    for (step, lines) in steps.iter_mut().enumerate() {
        for (panel, line) in lines.iter_mut().enumerate() {
            for (row, target) in line.as_chunks_mut().0.iter_mut().enumerate() {
                *target = word(panel * LANES + row, step);
            }
        }
    }
}
