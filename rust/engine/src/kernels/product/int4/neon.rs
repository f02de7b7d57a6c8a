//! Sums of products of 4 bits with bytes with NEON, with its instruction for bytes or without.

use std::arch::aarch64::{
    int8x16_t, vandq_u8, vcvtq_f32_s32, vdupq_n_s32, vdupq_n_u8, vld1q_u8, vreinterpretq_s8_s32,
    vreinterpretq_s8_u8, vshrq_n_u8,
};

use super::Halves;
use crate::kernels::layout::{Line, Word};
use crate::kernels::product::neon::{QUARTERS, Sums, dot};
use crate::kernels::vectors;

/// DOT says whether the processor has the instruction.
pub(super) struct Neon<const DOT: bool>;

impl<const DOT: bool> Halves for Neon<DOT> {
    type Integers = Sums;
    type Floats = vectors::Neon;

    #[inline(always)]
    unsafe fn integers(value: i32) -> Sums {
        // SAFETY: all processors have this.
        unsafe { [vdupq_n_s32(value); QUARTERS] }
    }

    #[inline(always)]
    unsafe fn add(mut sum: Sums, line: &Line, low: Word, high: Word) -> Sums {
        let (quarters, _) = line.as_chunks::<{ size_of::<Line>() / QUARTERS }>();
        let (low, high) = (four_times(low), four_times(high));
        // SAFETY: the caller's promise; a quarter of a line is a vector.
        unsafe {
            for at in 0..QUARTERS {
                let halves = vld1q_u8(quarters[at].as_ptr());
                let low_halves = vreinterpretq_s8_u8(vandq_u8(halves, vdupq_n_u8(15)));
                let high_halves = vreinterpretq_s8_u8(vshrq_n_u8::<4>(halves));
                sum[at] = dot::<DOT>(sum[at], low_halves, low);
                sum[at] = dot::<DOT>(sum[at], high_halves, high);
            }
        }
        sum
    }

    #[inline(always)]
    unsafe fn floats(sum: Sums) -> vectors::Neon {
        // SAFETY: all processors have this.
        sum.map(|sum| unsafe { vcvtq_f32_s32(sum) })
    }
}

#[inline(always)]
fn four_times(word: Word) -> int8x16_t {
    // SAFETY: all processors have this.
    unsafe { vreinterpretq_s8_s32(vdupq_n_s32(i32::from_le_bytes(word))) }
}
