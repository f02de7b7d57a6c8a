//! Sums of products of 4 bits with bytes, with AVX-512 VNNI.

use std::arch::x86_64::{
    __m512i, _mm512_and_si512, _mm512_cvtepi32_ps, _mm512_dpbusd_epi32, _mm512_loadu_si512,
    _mm512_set1_epi8, _mm512_set1_epi32, _mm512_srli_epi16,
};

use super::{Halves, Int4};
use crate::kernels::layout::{Line, Word};
use crate::kernels::product::{Job, walk};
use crate::kernels::vectors::Avx512;

struct Vnni;

/// Multiply whole bands with every token.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma")]
pub(super) fn multiply(job: Job<'_>) {
    // SAFETY: this function is only called where these instructions are.
    unsafe { walk::<Int4<Vnni>>(job) }
}

impl Halves for Vnni {
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
            let low = _mm512_set1_epi32(i32::from_le_bytes(low));
            let high = _mm512_set1_epi32(i32::from_le_bytes(high));
            let sum = _mm512_dpbusd_epi32(sum, low_halves, low);
            _mm512_dpbusd_epi32(sum, high_halves, high)
        }
    }

    #[inline(always)]
    unsafe fn floats(sum: __m512i) -> Avx512 {
        unsafe { _mm512_cvtepi32_ps(sum) }
    }
}
