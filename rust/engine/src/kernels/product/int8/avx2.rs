//! Sums of products of bytes with AVX2, which multiplies unsigned with signed bytes and adds pairs in
//! 16 bits: of a magnitude of at most 127 and of at most 128 a pair is at most 32,512, so that it fits.
//! `signed.rs` says how the activations are prepared for it.

use std::arch::x86_64::{
    __m256i, _mm256_add_epi32, _mm256_loadu_si256, _mm256_madd_epi16, _mm256_maddubs_epi16,
    _mm256_set1_epi16, _mm256_set1_epi32, _mm256_setzero_si256, _mm256_storeu_si256,
    _mm256_sub_epi32, _mm256_xor_si256,
};

use super::{Bytes, Int8, Integers};
use crate::kernels::LANES;
use crate::kernels::layout::{Line, Word};
use crate::kernels::product::sums::Dot;
use crate::kernels::product::{Job, walk};
use crate::kernels::signed::Signed;

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
    type Word = Signed;

    /// A chain takes 4 of 16 registers.
    const CHAINS: [usize; 2] = [2, 1];

    const ORDERED: usize = 8;

    #[inline(always)]
    unsafe fn zero() -> Self::Sum {
        // SAFETY: the caller's promise.
        unsafe { [_mm256_setzero_si256(); HALVES] }
    }

    #[inline(always)]
    unsafe fn add(mut sum: Self::Sum, line: &Line, word: &Signed) -> Self::Sum {
        let (halves, _) = line.as_chunks::<{ size_of::<Line>() / HALVES }>();
        // SAFETY: the caller's promise; half a line is a vector.
        unsafe {
            // Each from memory to all lanes: both in one load would have to be taken apart.
            let magnitudes = _mm256_set1_epi32(i32::from_le_bytes(word[0]));
            let turned = _mm256_set1_epi32(i32::from_le_bytes(word[1]));
            for half in 0..HALVES {
                let weights = _mm256_loadu_si256(halves[half].as_ptr().cast());
                let weights = _mm256_xor_si256(weights, turned);
                let pairs = _mm256_maddubs_epi16(magnitudes, weights);
                let fours = _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
                sum[half] = _mm256_add_epi32(sum[half], fours);
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
    fn words(words: &[Word]) -> &[Signed] {
        words.as_chunks().0
    }

    #[inline(always)]
    unsafe fn integers(sum: Self::Sum, total: i32) -> Integers {
        let mut integers = [0; LANES];
        let (halves, _) = integers.as_chunks_mut::<{ LANES / HALVES }>();
        for half in 0..HALVES {
            // SAFETY: the caller's promise; half the array has room for a vector.
            unsafe {
                let sum = _mm256_sub_epi32(sum[half], _mm256_set1_epi32(total));
                _mm256_storeu_si256(halves[half].as_mut_ptr().cast(), sum);
            }
        }
        integers
    }
}
