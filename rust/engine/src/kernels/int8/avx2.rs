//! Sums of products of bytes with AVX2, which multiplies unsigned with signed bytes and adds pairs in
//! 16 bits: with a magnitude of at most 127 on both sides a pair is at most 32,258, so that it fits.

use std::arch::x86_64::{
    __m256i, _mm256_abs_epi8, _mm256_add_epi32, _mm256_loadu_si256, _mm256_madd_epi16,
    _mm256_maddubs_epi16, _mm256_set1_epi16, _mm256_set1_epi32, _mm256_setzero_si256,
    _mm256_sign_epi8, _mm256_storeu_si256,
};

use super::{Dot, LANES, LINE, Sums, panels};
use crate::kernels::{Input, Tile};

/// Bytes of a vector: half a line, eight rows.
const HALF: usize = LINE / 2;

struct Avx2;

/// Multiply whole panels with every token.
#[target_feature(enable = "avx2,fma")]
pub(super) fn multiply(weights: &[u8], input: &Input, output: &mut [Tile], add: bool) {
    // SAFETY: this function is only called where these instructions are.
    unsafe { panels::<Avx2>(weights, input, output, add) }
}

impl Dot for Avx2 {
    /// The activations are taken without their 128, so the offsets are not needed.
    #[inline(always)]
    unsafe fn sums<const TOKENS: usize>(
        lines: &[[u8; LINE]],
        group: &[[u8; LANES]],
        _offsets: &Sums,
    ) -> [Sums; TOKENS] {
        let (lines, _) = lines.as_chunks::<4>();
        // SAFETY: the caller's promise; loads and stores are of whole arrays.
        unsafe {
            let mut sums = [[_mm256_setzero_si256(); 2]; TOKENS];
            for (lines, inputs) in lines.iter().zip(group.as_chunks::<TOKENS>().0) {
                for (index, line) in lines.iter().enumerate() {
                    for token in 0..TOKENS {
                        let four = signed(inputs[token].as_chunks::<4>().0[index]);
                        for (sum, half) in sums[token].iter_mut().zip(line.as_chunks::<HALF>().0) {
                            let weights = _mm256_loadu_si256(half.as_ptr().cast());
                            *sum = _mm256_add_epi32(*sum, products(four, weights));
                        }
                    }
                }
            }
            let mut results = [[0; LANES]; TOKENS];
            // No closures: they would be compiled without the instructions.
            for token in 0..TOKENS {
                let (targets, _) = results[token].as_chunks_mut::<{ LANES / 2 }>();
                for half in 0..2 {
                    let target = targets[half].as_mut_ptr();
                    _mm256_storeu_si256(target.cast(), sums[token][half]);
                }
            }
            results
        }
    }
}

/// Four activations, eight times, without the 128 that was added.
///
/// # Safety
/// The processor must have AVX2.
#[inline(always)]
unsafe fn signed(four: [u8; 4]) -> __m256i {
    let without = u32::from_le_bytes(four) ^ 0x8080_8080;
    // SAFETY: the caller's promise.
    unsafe { _mm256_set1_epi32(without.cast_signed()) }
}

/// For eight rows the sum of four products.
///
/// # Safety
/// The processor must have AVX2.
#[inline(always)]
unsafe fn products(activations: __m256i, weights: __m256i) -> __m256i {
    // SAFETY: the caller's promise.
    unsafe {
        let magnitudes = _mm256_abs_epi8(activations);
        let signed_weights = _mm256_sign_epi8(weights, activations);
        let pairs = _mm256_maddubs_epi16(magnitudes, signed_weights);
        _mm256_madd_epi16(pairs, _mm256_set1_epi16(1))
    }
}
