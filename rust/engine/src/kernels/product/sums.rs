//! Sums of products of words, step after step.

use crate::kernels::layout::{Line, PANELS};
use crate::kernels::prefetch::Order;

/// What is done with a line of weights and a word of activations.
pub(super) trait Dot {
    /// The sums of 16 rows while they grow.
    type Sum: Copy;

    /// What a line is multiplied with: a word of activations, or what stands for one.
    type Word: Copy;

    /// Chains of sums of each token, of one and of two tokens. More have one: their sums fill the registers.
    const CHAINS: [usize; 2] = [4, 2];

    /// Most tokens under which weights are asked for in the order that is given. With none they are asked
    /// for straight on, under one token: several have enough to do with a line that the next ones come in
    /// time. Whether to ask is then known when this is compiled: decided here, a token in bfloat16 took a
    /// tenth longer with AVX-512 (AMD Zen 5).
    const ORDERED: usize = 0;

    /// Sums of nothing.
    ///
    /// # Safety
    /// The processor must have the instructions, here and below.
    unsafe fn zero() -> Self::Sum;

    /// Add the product of each row's word with the token's.
    unsafe fn add(sum: Self::Sum, line: &Line, word: &Self::Word) -> Self::Sum;

    /// Add sums.
    unsafe fn join(a: Self::Sum, b: Self::Sum) -> Self::Sum;
}

/// The sums of a band's lines (`(steps, panels)`) with words (`(steps, TOKENS)`);
/// the weights that come next are asked for in this order.
///
/// A sum waits for the one before it, so few tokens have several chains of sums.
///
/// # Safety
/// The processor must have the instructions of D.
#[inline(always)]
pub(super) unsafe fn sums<D: Dot, const TOKENS: usize>(
    lines: &[Line],
    words: &[D::Word],
    order: Order,
) -> [[D::Sum; PANELS]; TOKENS] {
    // SAFETY: the caller's promise.
    unsafe {
        match D::CHAINS.get(TOKENS - 1) {
            Some(4) => chained::<D, TOKENS, 4>(lines, words, order),
            Some(2) => chained::<D, TOKENS, 2>(lines, words, order),
            _ => chained::<D, TOKENS, 1>(lines, words, order),
        }
    }
}

/// The same, with a sum for each of CHAINS neighbouring steps.
///
/// # Safety
/// The processor must have the instructions of D.
#[inline(always)]
unsafe fn chained<D: Dot, const TOKENS: usize, const CHAINS: usize>(
    lines: &[Line],
    words: &[D::Word],
    order: Order,
) -> [[D::Sum; PANELS]; TOKENS] {
    let lines = lines.as_chunks::<PANELS>().0.as_chunks::<CHAINS>().0;
    let words = words.as_chunks::<TOKENS>().0.as_chunks::<CHAINS>().0;
    // SAFETY: the caller's promise.
    unsafe {
        let mut sums = [[[D::zero(); PANELS]; TOKENS]; CHAINS];
        for (lines, words) in lines.iter().zip(words) {
            if TOKENS <= D::ORDERED {
                order.prefetch(lines);
            } else if D::ORDERED == 0 && TOKENS == 1 {
                Order::Straight.prefetch(lines);
            }
            // Constant bounds from here on: only then do the sums stay in registers. No closures:
            // they would be compiled without the instructions.
            for chain in 0..CHAINS {
                for token in 0..TOKENS {
                    for panel in 0..PANELS {
                        let sum = &mut sums[chain][token][panel];
                        *sum = D::add(*sum, &lines[chain][panel], &words[chain][token]);
                    }
                }
            }
        }
        let mut total = sums[0];
        for chain in 1..CHAINS {
            for token in 0..TOKENS {
                for panel in 0..PANELS {
                    let sum = &mut total[token][panel];
                    *sum = D::join(*sum, sums[chain][token][panel]);
                }
            }
        }
        total
    }
}
