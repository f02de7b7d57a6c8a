//! Sums of products of 4 bits with bytes, with AVX2, which multiplies unsigned with signed bytes and
//! adds pairs in 16 bits. A pair is at most 2 * 15 * 127 and a group has eight of them for a lane, which
//! is less than 2^15: so a whole group is summed in 16 bits, and widened once.

use std::arch::x86_64::{
    __m256, __m256i, _mm256_add_epi16, _mm256_add_epi32, _mm256_and_si256, _mm256_cvtepi32_ps,
    _mm256_loadu_si256, _mm256_madd_epi16, _mm256_maddubs_epi16, _mm256_set1_epi8,
    _mm256_set1_epi16, _mm256_set1_epi32, _mm256_setzero_si256, _mm256_srli_epi16,
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

/// The sums of 16 rows within a group.
#[derive(Clone, Copy)]
pub(super) struct Sums {
    /// Of each row two, of the first and of the last columns of words, in 16 bits.
    pairs: [__m256i; HALVES],
    /// What is added to both together.
    start: i32,
}

impl Halves for Bytes {
    type Integers = Sums;
    type Floats = Avx2;

    #[inline(always)]
    unsafe fn integers(start: i32) -> Sums {
        // SAFETY: the caller's promise, here and below.
        let pairs = unsafe { [_mm256_setzero_si256(); HALVES] };
        Sums { pairs, start }
    }

    #[inline(always)]
    unsafe fn add(mut sum: Sums, line: &Line, low: Word, high: Word) -> Sums {
        unsafe {
            let mask = _mm256_set1_epi8(15);
            let low = _mm256_set1_epi32(i32::from_le_bytes(low));
            let high = _mm256_set1_epi32(i32::from_le_bytes(high));
            let halves = vectors(line);
            for (half, pairs) in halves.into_iter().zip(&mut sum.pairs) {
                let low_halves = _mm256_and_si256(half, mask);
                let high_halves = _mm256_and_si256(_mm256_srli_epi16::<4>(half), mask);
                *pairs = _mm256_add_epi16(*pairs, _mm256_maddubs_epi16(low_halves, low));
                *pairs = _mm256_add_epi16(*pairs, _mm256_maddubs_epi16(high_halves, high));
            }
        }
        sum
    }

    #[inline(always)]
    unsafe fn floats(sum: Sums) -> Avx2 {
        unsafe {
            let [first, second] = sum.pairs;
            [widened(first, sum.start), widened(second, sum.start)]
        }
    }
}

/// The sums of eight rows as float32.
///
/// # Safety
/// The processor must have AVX2.
#[inline(always)]
unsafe fn widened(pairs: __m256i, start: i32) -> __m256 {
    // SAFETY: the caller's promise.
    unsafe {
        let sums = _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
        _mm256_cvtepi32_ps(_mm256_add_epi32(sums, _mm256_set1_epi32(start)))
    }
}
