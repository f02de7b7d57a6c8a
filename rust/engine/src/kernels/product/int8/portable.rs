//! Sums of products of bytes on any processor.

use super::{Bytes, FOUR, Integers, OFFSET};
use crate::kernels::LANES;
use crate::kernels::layout::{Line, Word};
use crate::kernels::product::sums::Dot;

/// Without particular instructions.
pub(super) struct Portable;

impl Dot for Portable {
    type Sum = Integers;
    type Word = Word;

    #[inline(always)]
    unsafe fn zero() -> Integers {
        [0; LANES]
    }

    #[inline(always)]
    unsafe fn add(mut sum: Integers, line: &Line, word: &Word) -> Integers {
        let (rows, _) = line.as_chunks::<FOUR>();
        for row in 0..LANES {
            for column in 0..FOUR {
                sum[row] += i32::from(rows[row][column]) * i32::from(word[column].cast_signed());
            }
        }
        sum
    }

    #[inline(always)]
    unsafe fn join(mut a: Integers, b: Integers) -> Integers {
        for row in 0..LANES {
            a[row] += b[row];
        }
        a
    }
}

impl Bytes for Portable {
    #[inline(always)]
    fn words(words: &[Word]) -> &[Word] {
        words
    }

    #[inline(always)]
    unsafe fn integers(sum: Integers, total: i32) -> Integers {
        sum.map(|sum| sum.wrapping_sub(OFFSET.wrapping_mul(total)))
    }
}
