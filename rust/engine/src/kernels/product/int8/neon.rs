//! Sums of products of bytes with NEON, with its instruction for them or without.

use std::arch::aarch64::{
    vaddq_s32, vdupq_n_s8, vdupq_n_s32, veorq_s8, vld1q_s8, vreinterpretq_s8_s32, vst1q_s32,
};

use super::{Bytes, Integers};
use crate::kernels::LANES;
use crate::kernels::layout::{Line, Word};
use crate::kernels::product::neon::{QUARTERS, Sums, dot};
use crate::kernels::product::sums::Dot;

/// DOT says whether the processor has the instruction.
pub(super) struct Neon<const DOT: bool>;

impl<const DOT: bool> Dot for Neon<DOT> {
    type Sum = Sums;
    type Word = Word;

    /// A chain takes 8 of 32 registers.
    const CHAINS: [usize; 2] = [2, 1];

    #[inline(always)]
    unsafe fn zero() -> Sums {
        // SAFETY: all processors have this.
        unsafe { [vdupq_n_s32(0); QUARTERS] }
    }

    /// The offset is taken from the weights here: they must be signed for these instructions.
    #[inline(always)]
    unsafe fn add(mut sum: Sums, line: &Line, word: &Word) -> Sums {
        let (quarters, _) = line.as_chunks::<{ size_of::<Line>() / QUARTERS }>();
        // SAFETY: the caller's promise; a quarter of a line is a vector.
        unsafe {
            let activations = vreinterpretq_s8_s32(vdupq_n_s32(i32::from_le_bytes(*word)));
            for at in 0..QUARTERS {
                let weights = vld1q_s8(quarters[at].as_ptr().cast());
                let weights = veorq_s8(weights, vdupq_n_s8(i8::MIN));
                sum[at] = dot::<DOT>(sum[at], weights, activations);
            }
        }
        sum
    }

    #[inline(always)]
    unsafe fn join(mut a: Sums, b: Sums) -> Sums {
        for at in 0..QUARTERS {
            // SAFETY: all processors have this.
            a[at] = unsafe { vaddq_s32(a[at], b[at]) };
        }
        a
    }
}

impl<const DOT: bool> Bytes for Neon<DOT> {
    #[inline(always)]
    fn words(words: &[Word]) -> &[Word] {
        words
    }

    #[inline(always)]
    unsafe fn integers(sum: Sums, _total: i32) -> Integers {
        let mut integers = [0; LANES];
        let (quarters, _) = integers.as_chunks_mut::<{ LANES / QUARTERS }>();
        for at in 0..QUARTERS {
            // SAFETY: a quarter of the array has room for a vector.
            unsafe { vst1q_s32(quarters[at].as_mut_ptr(), sum[at]) };
        }
        integers
    }
}
