//! Sums of products of 4 bits with bytes, with AVX-512, which multiplies unsigned with signed bytes: with
//! VNNI it adds four products to a sum in the same instruction, without it in three.

use std::arch::x86_64::{
    __m512i, _mm512_add_epi32, _mm512_and_si512, _mm512_cvtepi32_ps, _mm512_dpbusd_epi32,
    _mm512_loadu_si512, _mm512_madd_epi16, _mm512_maddubs_epi16, _mm512_set1_epi8,
    _mm512_set1_epi16, _mm512_set1_epi32, _mm512_srli_epi16,
};

use super::{Halves, Int4};
use crate::kernels::layout::{Line, Word};
use crate::kernels::product::{Job, walk};
use crate::kernels::vectors::Avx512;

/// VNNI says whether the processor has it.
struct Bytes<const VNNI: bool>;

/// Multiply whole bands with every token.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
pub(super) fn multiply(job: Job<'_>) {
    // SAFETY: this function is only called where these instructions are.
    unsafe { walk::<Int4<Bytes<false>>>(job) }
}

/// The same where VNNI is.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma")]
pub(super) fn multiply_by_vnni(job: Job<'_>) {
    // SAFETY: likewise.
    unsafe { walk::<Int4<Bytes<true>>>(job) }
}

/// Add to the sum of each row its four products: in pairs at most 2 * 15 * 127, which 16 bits hold.
///
/// # Safety
/// The processor must have the instructions.
#[inline(always)]
unsafe fn dot<const VNNI: bool>(sum: __m512i, weights: __m512i, word: Word) -> __m512i {
    // SAFETY: the caller's promise.
    unsafe {
        let activations = _mm512_set1_epi32(i32::from_le_bytes(word));
        if VNNI {
            return _mm512_dpbusd_epi32(sum, weights, activations);
        }
        let pairs = _mm512_maddubs_epi16(weights, activations);
        _mm512_add_epi32(sum, _mm512_madd_epi16(pairs, _mm512_set1_epi16(1)))
    }
}

impl<const VNNI: bool> Halves for Bytes<VNNI> {
    type Integers = __m512i;
    type Floats = Avx512;

    #[inline(always)]
    unsafe fn integers(value: i32) -> __m512i {
        // SAFETY: the caller's promise, here and below.
        unsafe { _mm512_set1_epi32(value) }
    }

    #[inline(always)]
    unsafe fn add(sum: __m512i, line: &Line, low: Word, high: Word) -> __m512i {
        // SAFETY: also, a line is a vector.
        unsafe {
            let halves = _mm512_loadu_si512(line.as_ptr().cast());
            let mask = _mm512_set1_epi8(15);
            let low_halves = _mm512_and_si512(halves, mask);
            let high_halves = _mm512_and_si512(_mm512_srli_epi16::<4>(halves), mask);
            dot::<VNNI>(dot::<VNNI>(sum, low_halves, low), high_halves, high)
        }
    }

    #[inline(always)]
    unsafe fn floats(sum: __m512i) -> Avx512 {
        unsafe { _mm512_cvtepi32_ps(sum) }
    }
}
