//! Sums of products of 4 bits with bytes on any processor.

use super::Halves;
use crate::kernels::layout::{Line, Word};
use crate::kernels::{LANES, Tile};

/// Without particular instructions.
pub(super) struct Portable;

impl Halves for Portable {
    type Integers = [i32; LANES];
    type Floats = Tile;

    #[inline(always)]
    unsafe fn integers(value: i32) -> [i32; LANES] {
        [value; LANES]
    }

    #[inline(always)]
    unsafe fn add(mut sum: [i32; LANES], line: &Line, low: Word, high: Word) -> [i32; LANES] {
        let (rows, _) = line.as_chunks::<{ size_of::<Word>() }>();
        for row in 0..LANES {
            for byte in 0..rows[row].len() {
                let halves = rows[row][byte];
                sum[row] += i32::from(halves & 15) * i32::from(low[byte].cast_signed());
                sum[row] += i32::from(halves >> 4) * i32::from(high[byte].cast_signed());
            }
        }
        sum
    }

    #[inline(always)]
    unsafe fn floats(sum: [i32; LANES]) -> Tile {
        Tile(sum.map(|sum| sum as f32))
    }
}
