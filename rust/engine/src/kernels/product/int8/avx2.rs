//! Sums of products of bytes with AVX2, which multiplies unsigned with signed bytes and adds pairs in
//! 16 bits: with a magnitude of at most 127 on both sides a pair is at most 32,258, so that it fits.

use std::arch::x86_64::{
    __m256i, _mm256_abs_epi8, _mm256_add_epi32, _mm256_loadu_si256, _mm256_madd_epi16,
    _mm256_maddubs_epi16, _mm256_set1_epi8, _mm256_set1_epi16, _mm256_set1_epi32,
    _mm256_setzero_si256, _mm256_sign_epi8, _mm256_storeu_si256, _mm256_xor_si256,
};

use super::{Bytes, Int8, Integers};
use crate::kernels::LANES;
use crate::kernels::layout::{Line, Word};
use crate::kernels::product::sums::Dot;
use crate::kernels::product::{Job, walk};

/// Vectors of a line, each of eight rows.
const HALVES: usize = 2;

struct Avx2;

/// Multiply whole bands with every token.
#[target_feature(enable = "avx2,fma")]
pub(super) fn multiply(job: Job<'_>) {
    // SAFETY: this function is only called where these instructions are.
    unsafe { walk::<Int8<Avx2>>(job) }
}

impl Dot for Avx2 {
    type Sum = [__m256i; HALVES];

    /// A chain takes 4 of 16 registers.
    const CHAINS: [usize; 2] = [2, 1];

    #[inline(always)]
    unsafe fn zero() -> Self::Sum {
        // SAFETY: the caller's promise.
        unsafe { [_mm256_setzero_si256(); HALVES] }
    }

    /// The offset is taken from the weights here: they must be signed for these instructions.
    #[inline(always)]
    unsafe fn add(mut sum: Self::Sum, line: &Line, word: Word) -> Self::Sum {
        let (halves, _) = line.as_chunks::<{ size_of::<Line>() / HALVES }>();
        // SAFETY: the caller's promise; half a line is a vector.
        unsafe {
            let activations = _mm256_set1_epi32(i32::from_le_bytes(word));
            for half in 0..HALVES {
                let weights = _mm256_loadu_si256(halves[half].as_ptr().cast());
                let weights = _mm256_xor_si256(weights, _mm256_set1_epi8(i8::MIN));
                sum[half] = _mm256_add_epi32(sum[half], products(activations, weights));
            }
        }
        sum
    }

    #[inline(always)]
    unsafe fn join(mut a: Self::Sum, b: Self::Sum) -> Self::Sum {
        for half in 0..HALVES {
            // SAFETY: the caller's promise.
            a[half] = unsafe { _mm256_add_epi32(a[half], b[half]) };
        }
        a
    }
}

impl Bytes for Avx2 {
    #[inline(always)]
    unsafe fn integers(sum: Self::Sum, _total: i32) -> Integers {
        let mut integers = [0; LANES];
        let (halves, _) = integers.as_chunks_mut::<{ LANES / HALVES }>();
        for half in 0..HALVES {
            // SAFETY: the caller's promise; half the array has room for a vector.
            unsafe { _mm256_storeu_si256(halves[half].as_mut_ptr().cast(), sum[half]) };
        }
        integers
    }
}

/// For eight rows the sum of four products of signed bytes.
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
