//! Sums of products of 4 bits with bytes, with AVX2, which multiplies unsigned with signed bytes and
//! adds pairs in 16 bits: at most 2 * 15 * 127.

use std::arch::x86_64::{
    __m256i, _mm256_add_epi32, _mm256_and_si256, _mm256_cvtepi32_ps, _mm256_loadu_si256,
    _mm256_madd_epi16, _mm256_maddubs_epi16, _mm256_set1_epi8, _mm256_set1_epi16,
    _mm256_set1_epi32, _mm256_srli_epi16,
};

use super::{Halves, Int4};
use crate::kernels::layout::{Line, Word};
use crate::kernels::product::{Job, walk};
use crate::kernels::vectors::Avx2;

/// Vectors of a line, each of eight rows.
const HALVES: usize = 2;
/// Bytes of a vector.
const VECTOR: usize = size_of::<Line>() / HALVES;

struct Bytes;

/// Multiply whole bands with every token.
#[target_feature(enable = "avx2,fma")]
pub(super) fn multiply(job: Job<'_>) {
    // SAFETY: this function is only called where these instructions are.
    unsafe { walk::<Int4<Bytes>>(job) }
}

/// # Safety
/// The processor must have AVX2.
#[inline(always)]
unsafe fn vectors(line: &Line) -> [__m256i; HALVES] {
    let (halves, _) = line.as_chunks::<VECTOR>();
    // SAFETY: the caller's promise; half a line is a vector.
    unsafe {
        [
            _mm256_loadu_si256(halves[0].as_ptr().cast()),
            _mm256_loadu_si256(halves[1].as_ptr().cast()),
        ]
    }
}

/// For eight rows the sum of four products.
///
/// # Safety
/// The processor must have AVX2.
#[inline(always)]
unsafe fn products(weights: __m256i, word: Word) -> __m256i {
    // SAFETY: the caller's promise.
    unsafe {
        let activations = _mm256_set1_epi32(i32::from_le_bytes(word));
        let pairs = _mm256_maddubs_epi16(weights, activations);
        _mm256_madd_epi16(pairs, _mm256_set1_epi16(1))
    }
}

impl Halves for Bytes {
    type Integers = [__m256i; HALVES];
    type Floats = Avx2;

    #[inline(always)]
    unsafe fn integers(value: i32) -> Self::Integers {
        // SAFETY: the caller's promise, here and below.
        unsafe { [_mm256_set1_epi32(value); HALVES] }
    }

    #[inline(always)]
    unsafe fn add(mut sum: Self::Integers, line: &Line, low: Word, high: Word) -> Self::Integers {
        // SAFETY: the caller's promise.
        unsafe {
            let mask = _mm256_set1_epi8(15);
            let halves = vectors(line);
            for half in 0..HALVES {
                let low_halves = _mm256_and_si256(halves[half], mask);
                let high_halves = _mm256_and_si256(_mm256_srli_epi16::<4>(halves[half]), mask);
                sum[half] = _mm256_add_epi32(sum[half], products(low_halves, low));
                sum[half] = _mm256_add_epi32(sum[half], products(high_halves, high));
            }
        }
        sum
    }

    #[inline(always)]
    unsafe fn floats(sum: Self::Integers) -> Avx2 {
        unsafe { [_mm256_cvtepi32_ps(sum[0]), _mm256_cvtepi32_ps(sum[1])] }
    }
}
