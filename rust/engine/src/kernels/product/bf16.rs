//! Products of bfloat16, summed in float32. A band is its biases in float32, then a step for every
//! two columns.
//!
//! Weights and activations are rounded to bfloat16 with every set of instructions, so that these
//! differ in the order and the rounding of the sums only.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{
    __m512bh, __m512i, _mm512_dpbf16_ps, _mm512_loadu_si512, _mm512_set1_epi32,
};
#[cfg(target_arch = "x86_64")]
use std::mem::transmute;

use super::sums::{Dot, sums};
use super::{Job, Kernel, walk, with_biases};
use crate::kernels::arithmetic::bf16;
use crate::kernels::input::Group;
use crate::kernels::isa::Level;
#[cfg(target_arch = "x86_64")]
use crate::kernels::isa::Products;
use crate::kernels::layout::{Line, PANELS, Word, pack_biases, pack_words};
use crate::kernels::prefetch::Order;
#[cfg(target_arch = "aarch64")]
use crate::kernels::vectors::Neon;
use crate::kernels::vectors::Vector;
#[cfg(target_arch = "x86_64")]
use crate::kernels::vectors::{Avx2, Avx512};
use crate::kernels::{Band, Isa, Tile};

pub(super) fn band_lines(columns: usize) -> usize {
    (1 + columns / 2) * PANELS
}

pub(super) fn pack(band: &Band, lines: &mut [Line]) {
    let steps = pack_biases(band, lines);
    pack_words(steps, |row, step| {
        let [first, second] = [0, 1].map(|place| bf16(band.columns[2 * step + place][row]));
        (u32::from(first) | u32::from(second) << 16).to_le_bytes()
    });
}

/// Multiply whole bands with every token.
pub(super) fn multiply(isa: Isa, job: Job<'_>) {
    match isa.level() {
        // SAFETY: every processor can do this.
        Level::Portable => unsafe { walk::<Rounded<Widened<Tile>>>(job) },
        // SAFETY: an Isa of this level exists only if the processor has the instructions.
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => unsafe { avx2(job) },
        // SAFETY: likewise.
        #[cfg(target_arch = "x86_64")]
        Level::Avx512(Products::OfBf16) => unsafe { avx512_bf16(job) },
        // SAFETY: likewise.
        #[cfg(target_arch = "x86_64")]
        Level::Avx512(_) => unsafe { avx512(job) },
        // SAFETY: likewise.
        #[cfg(target_arch = "aarch64")]
        Level::Neon(_) => unsafe { walk::<Rounded<Widened<Neon>>>(job) },
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2(job: Job<'_>) {
    // SAFETY: this function is only called where these instructions are.
    unsafe { walk::<Rounded<Widened<Avx2>>>(job) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
fn avx512(job: Job<'_>) {
    // SAFETY: likewise.
    unsafe { walk::<Rounded<Widened<Avx512>>>(job) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma")]
fn avx512_bf16(job: Job<'_>) {
    // SAFETY: likewise.
    unsafe { walk::<Rounded<Pairs>>(job) }
}

struct Rounded<D>(D);

impl<D: Dot<Sum: Vector, Word = Word>> Kernel for Rounded<D> {
    #[inline(always)]
    unsafe fn products<const TOKENS: usize>(
        band: &[Line],
        group: &Group<'_>,
        order: Order,
    ) -> [[Tile; PANELS]; TOKENS] {
        // SAFETY: the caller's promise.
        unsafe {
            let sums = sums::<D, TOKENS>(&band[PANELS..], group.words, order);
            with_biases(band, sums)
        }
    }
}

/// Makes float32 of both bfloat16 of a word.
struct Widened<V>(V);

impl<V: Vector> Dot for Widened<V> {
    type Sum = V;
    type Word = Word;

    const CHAINS: [usize; 2] = V::BF16_CHAINS;

    /// Eight tokens have no registers left for it: a prompt took 1.6 times as long with AVX2.
    const ORDERED: usize = V::IN_ORDER as usize;

    #[inline(always)]
    unsafe fn zero() -> V {
        // SAFETY: the caller's promise, here and below.
        unsafe { V::splat(0.0) }
    }

    #[inline(always)]
    unsafe fn add(sum: V, line: &Line, word: &Word) -> V {
        unsafe {
            let weights = V::load(line);
            let values = V::splat(f32::from_le_bytes(*word));
            let sum = weights.firsts().times_plus(values.firsts(), sum);
            weights.seconds().times_plus(values.seconds(), sum)
        }
    }

    #[inline(always)]
    unsafe fn join(a: V, b: V) -> V {
        unsafe { a.plus(b) }
    }
}

/// Multiplies and adds both bfloat16 of a word in one instruction.
#[cfg(target_arch = "x86_64")]
struct Pairs;

#[cfg(target_arch = "x86_64")]
impl Dot for Pairs {
    type Sum = Avx512;
    type Word = Word;

    #[inline(always)]
    unsafe fn zero() -> Avx512 {
        // SAFETY: the caller's promise, here and below.
        unsafe { Avx512::splat(0.0) }
    }

    #[inline(always)]
    unsafe fn add(sum: Avx512, line: &Line, word: &Word) -> Avx512 {
        // SAFETY: also, a line is a vector, and any bits are bfloat16.
        unsafe {
            let weights = _mm512_loadu_si512(line.as_ptr().cast());
            let values = _mm512_set1_epi32(i32::from_le_bytes(*word));
            _mm512_dpbf16_ps(
                sum,
                transmute::<__m512i, __m512bh>(weights),
                transmute::<__m512i, __m512bh>(values),
            )
        }
    }

    #[inline(always)]
    unsafe fn join(a: Avx512, b: Avx512) -> Avx512 {
        unsafe { a.plus(b) }
    }
}
