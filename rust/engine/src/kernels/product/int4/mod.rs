//! Products of weights in 4 bits with activations in bytes, in groups of 32 columns.
//!
//! A band is its biases in float32, then a block for each group:
//!
//! ```text
//!   1 line   the scales in bfloat16: of a row of panel 0, of the same row of panel 1, of the next row
//!   4 lines  panel 0: a line has 8 columns of 16 rows; in the 4 bytes of a row, columns 0-3 are the
//!            low halves and columns 4-7 the high ones, so that both are words after one instruction
//!   4 lines  panel 1
//! ```
//!
//! That is 4.5 bits a weight. A weight is `round(weight / scale)`, -8 to 7, with 8 added. The sum of a
//! group is exact in 32-bit integers; groups are added in float32, in order and without fusing, so
//! every set of instructions gives the same.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
mod pack;
mod portable;

pub(super) use pack::pack;

use super::{Job, Kernel, walk, with_biases};
use crate::kernels::input::Group;
use crate::kernels::isa::Level;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use crate::kernels::isa::Products;
use crate::kernels::layout::{COLUMNS, Line, PANELS, Word};
use crate::kernels::prefetch::Order;
use crate::kernels::vectors::Vector;
use crate::kernels::{Isa, Tile};

/// Lines of a group in one panel.
const LINES: usize = COLUMNS / COLUMNS_OF_LINE;
/// Columns of a line.
const COLUMNS_OF_LINE: usize = 8;
/// Lines of a block.
const BLOCK: usize = 1 + PANELS * LINES;
/// Words of a token in a group.
const WORDS: usize = COLUMNS / size_of::<Word>();
/// Added to weights.
const OFFSET: i32 = 8;

pub(super) fn band_lines(columns: usize) -> usize {
    PANELS + columns / COLUMNS * BLOCK
}

/// Multiply whole bands with every token.
pub(super) fn multiply(isa: Isa, job: Job<'_>) {
    match isa.level() {
        // SAFETY: every processor can do this.
        Level::Portable => unsafe { walk::<Int4<portable::Portable>>(job) },
        // SAFETY: an Isa of this level exists only if the processor has the instructions.
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => unsafe { avx2::multiply(job) },
        // SAFETY: likewise.
        #[cfg(target_arch = "x86_64")]
        Level::Avx512(Products::OfFloats) => unsafe { avx512::multiply(job) },
        // SAFETY: likewise.
        #[cfg(target_arch = "x86_64")]
        Level::Avx512(_) => unsafe { avx512::multiply_by_vnni(job) },
        // SAFETY: likewise.
        #[cfg(target_arch = "aarch64")]
        Level::Neon(Products::OfFloats) => unsafe { walk::<Int4<neon::Neon<false>>>(job) },
        // SAFETY: likewise.
        #[cfg(target_arch = "aarch64")]
        Level::Neon(_) => unsafe { walk::<Int4<neon::Neon<true>>>(job) },
    }
}

/// What is done with the lines of a group.
trait Halves {
    /// The sums of 16 rows within a group.
    type Integers: Copy;
    /// The sums of 16 rows over groups.
    type Floats: Vector;

    /// Integers that are all the same.
    ///
    /// # Safety
    /// The processor must have the instructions, here and below.
    unsafe fn integers(value: i32) -> Self::Integers;

    /// Add the products of a line's low halves with one word and of its high halves with the next.
    unsafe fn add(sum: Self::Integers, line: &Line, low: Word, high: Word) -> Self::Integers;

    /// As float32.
    unsafe fn floats(sum: Self::Integers) -> Self::Floats;
}

struct Int4<H>(H);

impl<H: Halves> Kernel for Int4<H> {
    #[inline(always)]
    unsafe fn products<const TOKENS: usize>(
        band: &[Line],
        group: &Group<'_>,
        order: Order,
    ) -> [[Tile; PANELS]; TOKENS] {
        let (blocks, _) = band[PANELS..].as_chunks::<BLOCK>();
        let (words, _) = group.words.as_chunks::<TOKENS>();
        let (words, _) = words.as_chunks::<WORDS>();
        let (sums, _) = group.sums.as_chunks::<TOKENS>();
        // SAFETY: the caller's promise. No closures: they would be compiled without the instructions.
        unsafe {
            let mut totals = [[H::Floats::splat(0.0); PANELS]; TOKENS];
            for ((block, words), sums) in blocks.iter().zip(words).zip(sums) {
                // Straight on a token took 6 % longer with AVX-512 (AMD Zen 5).
                if H::Floats::IN_ORDER {
                    order.prefetch(block);
                }
                let (panels, _) = block[1..].as_chunks::<LINES>();
                let scales = H::Floats::load(&block[0]);
                let scales = [scales.firsts(), scales.seconds()];
                for panel in 0..PANELS {
                    let products = of_group::<H, TOKENS>(&panels[panel], words, sums);
                    for token in 0..TOKENS {
                        let product = H::floats(products[token]).times(scales[panel]);
                        totals[token][panel] = totals[token][panel].plus(product);
                    }
                }
            }
            for token in 0..TOKENS {
                let scale = H::Floats::splat(group.scales[token]);
                for panel in 0..PANELS {
                    totals[token][panel] = totals[token][panel].times(scale);
                }
            }
            with_biases(band, totals)
        }
    }
}

/// The sums of one panel's group, without the offset of the weights.
///
/// # Safety
/// The processor must have the instructions of H.
#[inline(always)]
unsafe fn of_group<H: Halves, const TOKENS: usize>(
    lines: &[Line; LINES],
    words: &[[Word; TOKENS]; WORDS],
    sums: &[i32; TOKENS],
) -> [H::Integers; TOKENS] {
    // SAFETY: the caller's promise.
    unsafe {
        let mut products = [H::integers(0); TOKENS];
        for token in 0..TOKENS {
            products[token] = H::integers((-OFFSET).wrapping_mul(sums[token]));
        }
        for line in 0..LINES {
            for token in 0..TOKENS {
                let (low, high) = (words[2 * line][token], words[2 * line + 1][token]);
                products[token] = H::add(products[token], &lines[line], low, high);
            }
        }
        products
    }
}
