//! Sums of products of bytes with AVX-512 VNNI: 64 products an instruction.

use std::arch::x86_64::{
    _mm512_add_epi32, _mm512_dpbusd_epi32, _mm512_loadu_si512, _mm512_set1_epi32,
    _mm512_setzero_si512, _mm512_storeu_si512,
};

use super::{Dot, LANES, LINE, Sums, panels};
use crate::kernels::{Input, Tile};

struct Vnni;

/// Multiply whole panels with every token.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma")]
pub(super) fn multiply(weights: &[u8], input: &Input, output: &mut [Tile], add: bool) {
    // SAFETY: this function is only called where these instructions are.
    unsafe { panels::<Vnni>(weights, input, output, add) }
}

impl Dot for Vnni {
    #[inline(always)]
    unsafe fn sums<const TOKENS: usize>(
        lines: &[[u8; LINE]],
        group: &[[u8; LANES]],
        offsets: &Sums,
    ) -> [Sums; TOKENS] {
        // SAFETY: the caller's promise.
        unsafe {
            match TOKENS {
                1 => chained::<TOKENS, 4>(lines, group, offsets),
                2 | 3 => chained::<TOKENS, 2>(lines, group, offsets),
                _ => chained::<TOKENS, 1>(lines, group, offsets),
            }
        }
    }
}

/// A sum waits for the one before it, so few tokens have CHAINS sums each, of every CHAINS-th line.
///
/// # Safety
/// The processor must have AVX-512 VNNI.
#[inline(always)]
unsafe fn chained<const TOKENS: usize, const CHAINS: usize>(
    lines: &[[u8; LINE]],
    group: &[[u8; LANES]],
    offsets: &Sums,
) -> [Sums; TOKENS] {
    let (lines, _) = lines.as_chunks::<4>();
    // SAFETY: the caller's promise; loads and stores are of whole arrays.
    unsafe {
        let mut sums = [[_mm512_setzero_si512(); CHAINS]; TOKENS];
        for (lines, inputs) in lines.iter().zip(group.as_chunks::<TOKENS>().0) {
            for (index, line) in lines.iter().enumerate() {
                let weights = _mm512_loadu_si512(line.as_ptr().cast());
                for token in 0..TOKENS {
                    let four = inputs[token].as_chunks::<4>().0[index];
                    let four = _mm512_set1_epi32(i32::from_le_bytes(four));
                    let sum = &mut sums[token][index % CHAINS];
                    *sum = _mm512_dpbusd_epi32(*sum, four, weights);
                }
            }
        }
        let offsets = _mm512_loadu_si512(offsets.as_ptr().cast());
        let mut results = [[0; LANES]; TOKENS];
        // No closures: they would be compiled without the instructions.
        for token in 0..TOKENS {
            let mut total = offsets;
            for sum in sums[token] {
                total = _mm512_add_epi32(total, sum);
            }
            _mm512_storeu_si512(results[token].as_mut_ptr().cast(), total);
        }
        results
    }
}
