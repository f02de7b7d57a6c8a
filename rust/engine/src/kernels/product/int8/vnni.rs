//! Sums of products of bytes with AVX-512 VNNI: 64 products an instruction.

use std::arch::x86_64::{
    __m512i, _mm512_add_epi32, _mm512_dpbusd_epi32, _mm512_loadu_si512, _mm512_set1_epi32,
    _mm512_setzero_si512, _mm512_storeu_si512, _mm512_sub_epi32,
};

use super::{Bytes, Int8, Integers, OFFSET};
use crate::kernels::LANES;
use crate::kernels::layout::{Line, Word};
use crate::kernels::product::sums::Dot;
use crate::kernels::product::{Job, walk};

struct Vnni;

/// Multiply whole bands with every token.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma")]
pub(super) fn multiply(job: Job<'_>) {
    // SAFETY: this function is only called where these instructions are.
    unsafe { walk::<Int8<Vnni>>(job) }
}

impl Dot for Vnni {
    type Sum = __m512i;

    #[inline(always)]
    unsafe fn zero() -> __m512i {
        // SAFETY: the caller's promise.
        unsafe { _mm512_setzero_si512() }
    }

    #[inline(always)]
    unsafe fn add(sum: __m512i, line: &Line, word: Word) -> __m512i {
        // SAFETY: the caller's promise; a line is a vector.
        unsafe {
            let weights = _mm512_loadu_si512(line.as_ptr().cast());
            _mm512_dpbusd_epi32(sum, weights, _mm512_set1_epi32(i32::from_le_bytes(word)))
        }
    }

    #[inline(always)]
    unsafe fn join(a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: the caller's promise.
        unsafe { _mm512_add_epi32(a, b) }
    }
}

impl Bytes for Vnni {
    #[inline(always)]
    unsafe fn integers(sum: __m512i, total: i32) -> Integers {
        let mut integers = [0; LANES];
        // SAFETY: the caller's promise; the array has room for a vector.
        unsafe {
            let sum = _mm512_sub_epi32(sum, _mm512_set1_epi32(OFFSET.wrapping_mul(total)));
            _mm512_storeu_si512(integers.as_mut_ptr().cast(), sum);
        }
        integers
    }
}
