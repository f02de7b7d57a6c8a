//! Sums of products of bytes with AVX-512, 64 products at a time: with VNNI in one instruction, without
//! it as with AVX2.

use std::arch::x86_64::{
    __m512i, _mm512_abs_epi8, _mm512_add_epi32, _mm512_dpbusd_epi32, _mm512_loadu_si512,
    _mm512_madd_epi16, _mm512_maddubs_epi16, _mm512_mask_sub_epi8, _mm512_movepi8_mask,
    _mm512_set1_epi8, _mm512_set1_epi16, _mm512_set1_epi32, _mm512_setzero_si512,
    _mm512_storeu_si512, _mm512_sub_epi32, _mm512_xor_si512,
};

use super::{Bytes, Int8, Integers, OFFSET};
use crate::kernels::LANES;
use crate::kernels::layout::{Line, Word};
use crate::kernels::product::sums::Dot;
use crate::kernels::product::{Job, walk};

/// VNNI says whether the processor has it.
struct Avx512<const VNNI: bool>;

/// Multiply whole bands with every token.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
pub(super) fn multiply(job: Job<'_>) {
    // SAFETY: this function is only called where these instructions are.
    unsafe { walk::<Int8<Avx512<false>>>(job) }
}

/// The same where VNNI is.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma")]
pub(super) fn multiply_by_vnni(job: Job<'_>) {
    // SAFETY: likewise.
    unsafe { walk::<Int8<Avx512<true>>>(job) }
}

impl<const VNNI: bool> Dot for Avx512<VNNI> {
    type Sum = __m512i;
    type Word = Word;

    #[inline(always)]
    unsafe fn zero() -> __m512i {
        // SAFETY: the caller's promise.
        unsafe { _mm512_setzero_si512() }
    }

    #[inline(always)]
    unsafe fn add(sum: __m512i, line: &Line, word: &Word) -> __m512i {
        // SAFETY: the caller's promise; a line is a vector.
        unsafe {
            let activations = _mm512_set1_epi32(i32::from_le_bytes(*word));
            let weights = _mm512_loadu_si512(line.as_ptr().cast());
            if VNNI {
                _mm512_dpbusd_epi32(sum, weights, activations)
            } else {
                _mm512_add_epi32(sum, products(activations, weights))
            }
        }
    }

    #[inline(always)]
    unsafe fn join(a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: the caller's promise.
        unsafe { _mm512_add_epi32(a, b) }
    }
}

impl<const VNNI: bool> Bytes for Avx512<VNNI> {
    #[inline(always)]
    fn words(words: &[Word]) -> &[Word] {
        words
    }

    #[inline(always)]
    unsafe fn integers(mut sum: __m512i, total: i32) -> Integers {
        let mut integers = [0; LANES];
        // SAFETY: the caller's promise; the array has room for a vector.
        unsafe {
            if VNNI {
                sum = _mm512_sub_epi32(sum, _mm512_set1_epi32(OFFSET.wrapping_mul(total)));
            }
            _mm512_storeu_si512(integers.as_mut_ptr().cast(), sum);
        }
        integers
    }
}

/// For 16 rows the sum of four products. The offset is taken from the weights here, and they get the
/// signs of the activations: without VNNI, a pair of products must fit 16 bits.
///
/// # Safety
/// The processor must have AVX-512.
#[inline(always)]
unsafe fn products(activations: __m512i, weights: __m512i) -> __m512i {
    // SAFETY: the caller's promise.
    unsafe {
        let weights = _mm512_xor_si512(weights, _mm512_set1_epi8(i8::MIN));
        let negative = _mm512_movepi8_mask(activations);
        let weights = _mm512_mask_sub_epi8(weights, negative, _mm512_setzero_si512(), weights);
        let pairs = _mm512_maddubs_epi16(_mm512_abs_epi8(activations), weights);
        _mm512_madd_epi16(pairs, _mm512_set1_epi16(1))
    }
}
