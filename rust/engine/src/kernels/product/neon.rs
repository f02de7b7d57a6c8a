//! What the products of bytes have in common with NEON.

use std::arch::aarch64::{
    int8x16_t, int32x4_t, vaddq_s32, vget_low_s8, vmull_high_s8, vmull_s8, vpaddlq_s16, vpaddq_s32,
};
use std::arch::asm;

use super::super::LANES;

/// Vectors of a line, each of four rows.
pub(super) const QUARTERS: usize = 4;

/// The sums of 16 rows.
pub(super) type Sums = [int32x4_t; LANES / QUARTERS];

/// Add to the sum of each of four rows its four products of signed bytes, of a magnitude of at most
/// 127 each.
///
/// # Safety
/// With DOT the processor must have the instruction for it (FEAT_DotProd).
#[inline(always)]
pub(super) unsafe fn dot<const DOT: bool>(
    mut sum: int32x4_t,
    weights: int8x16_t,
    activations: int8x16_t,
) -> int32x4_t {
    // SAFETY: the caller's promise; all processors have the others.
    unsafe {
        if DOT {
            // The function of the standard library for it is not stable yet.
            asm!(
                ".arch_extension dotprod",
                "sdot {sum:v}.4s, {weights:v}.16b, {activations:v}.16b",
                sum = inout(vreg) sum,
                weights = in(vreg) weights,
                activations = in(vreg) activations,
                options(pure, nomem, nostack, preserves_flags),
            );
            return sum;
        }
        // Products of two magnitudes of 127 fit 16 bits, and are added to 32 bits in pairs.
        let low = vmull_s8(vget_low_s8(weights), vget_low_s8(activations));
        let high = vmull_high_s8(weights, activations);
        vaddq_s32(sum, vpaddq_s32(vpaddlq_s16(low), vpaddlq_s16(high)))
    }
}
