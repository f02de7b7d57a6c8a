//! On aarch64: NEON, which all of its processors have.

use std::arch::aarch64::{
    float32x4_t, vabsq_f32, vaddq_f32, vaddq_s32, vaddvq_s32, vandq_u32, vcombine_s8, vcombine_s16,
    vcvtnq_s32_f32, vdupq_n_f32, vdupq_n_s32, vdupq_n_u32, vfmaq_f32, vld1q_f32, vmaxnmq_f32,
    vmovn_s16, vmovn_s32, vmulq_f32, vreinterpretq_f32_u32, vreinterpretq_u32_f32, vshlq_n_u32,
    vst1q_f32, vst1q_s8, vsubq_f32,
};
use std::array::from_fn;

use super::{COLUMNS, LANES, Line, SECOND, Tile, Vector};

/// Four registers of four.
pub(in crate::kernels) type Neon = [float32x4_t; REGISTERS];

const REGISTERS: usize = 4;
/// Float32 in one register.
const QUARTER: usize = LANES / REGISTERS;

// SAFETY, of every block below: all processors have the instructions; the arrays are as large as the
// registers.
impl Vector for Neon {
    /// A chain takes 8 of 32 registers.
    const CHAINS: [usize; 2] = [2, 1];

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        unsafe { [vdupq_n_f32(value); REGISTERS] }
    }

    #[inline(always)]
    unsafe fn load(line: &Line) -> Self {
        let (quarters, _) = line.as_chunks::<{ QUARTER * size_of::<f32>() }>();
        from_fn(|at| unsafe { vld1q_f32(quarters[at].as_ptr().cast()) })
    }

    #[inline(always)]
    unsafe fn of(tile: &Tile) -> Self {
        let (quarters, _) = tile.0.as_chunks::<QUARTER>();
        from_fn(|at| unsafe { vld1q_f32(quarters[at].as_ptr()) })
    }

    #[inline(always)]
    unsafe fn tile(self) -> Tile {
        let mut tile = Tile::ZERO;
        let (quarters, _) = tile.0.as_chunks_mut::<QUARTER>();
        for at in 0..REGISTERS {
            unsafe { vst1q_f32(quarters[at].as_mut_ptr(), self[at]) };
        }
        tile
    }

    #[inline(always)]
    unsafe fn plus(self, other: Self) -> Self {
        from_fn(|at| unsafe { vaddq_f32(self[at], other[at]) })
    }

    #[inline(always)]
    unsafe fn minus(self, other: Self) -> Self {
        from_fn(|at| unsafe { vsubq_f32(self[at], other[at]) })
    }

    #[inline(always)]
    unsafe fn times(self, other: Self) -> Self {
        from_fn(|at| unsafe { vmulq_f32(self[at], other[at]) })
    }

    #[inline(always)]
    unsafe fn times_plus(self, factor: Self, sum: Self) -> Self {
        from_fn(|at| unsafe { vfmaq_f32(sum[at], self[at], factor[at]) })
    }

    #[inline(always)]
    unsafe fn larger_magnitude(self, most: Self) -> Self {
        // Of a number and what is none this instruction gives the number.
        from_fn(|at| unsafe { vmaxnmq_f32(vabsq_f32(self[at]), most[at]) })
    }

    #[inline(always)]
    unsafe fn rounded(pair: [Self; 2]) -> ([u8; COLUMNS], i32) {
        let mut bytes = [0; COLUMNS];
        let (halves, _) = bytes.as_chunks_mut::<LANES>();
        unsafe {
            let mut sums = vdupq_n_s32(0);
            for (half, vector) in halves.iter_mut().zip(pair) {
                let [a, b, c, d] = vector.map(|values| vcvtnq_s32_f32(values));
                let low = vmovn_s16(vcombine_s16(vmovn_s32(a), vmovn_s32(b)));
                let high = vmovn_s16(vcombine_s16(vmovn_s32(c), vmovn_s32(d)));
                vst1q_s8(half.as_mut_ptr().cast(), vcombine_s8(low, high));
                let four = vaddq_s32(vaddq_s32(a, b), vaddq_s32(c, d));
                sums = vaddq_s32(sums, four);
            }
            (bytes, vaddvq_s32(sums))
        }
    }

    #[inline(always)]
    unsafe fn firsts(self) -> Self {
        self.map(|words| unsafe {
            vreinterpretq_f32_u32(vshlq_n_u32::<16>(vreinterpretq_u32_f32(words)))
        })
    }

    #[inline(always)]
    unsafe fn seconds(self) -> Self {
        self.map(|words| unsafe {
            let mask = vdupq_n_u32(SECOND);
            vreinterpretq_f32_u32(vandq_u32(vreinterpretq_u32_f32(words), mask))
        })
    }
}
