//! Products of bytes, summed exactly in 32-bit integers, so every set of instructions gives the same.
//!
//! A band is its biases and the scales of its rows in float32, then a step for every four columns. A
//! weight is `round(weight / scale)`, -127 to 127, with 128 added: VNNI multiplies unsigned with
//! signed bytes, and it is the weights that are unsigned, as they are in int4. So a row's product is
//! its sum less 128 times the sum of the token's activations.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;

use super::sums::{Dot, sums};
use super::{Job, Kernel, walk};
use crate::kernels::arithmetic::{byte_scale, rounded_bits};
use crate::kernels::input::Group;
use crate::kernels::isa::Level;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use crate::kernels::isa::Products;
use crate::kernels::layout::{Line, PANELS, Word, line, pack_biases, pack_words, tile};
use crate::kernels::prefetch::Order;
use crate::kernels::{Band, Isa, LANES, ROWS, Tile};

/// Most columns of a matrix: with more a sum could overflow, 2^31 / (255 * 127).
pub const MOST_COLUMNS: usize = 66_000;
/// Columns of a word.
const FOUR: usize = 4;
/// Added to weights.
const OFFSET: i32 = 128;

/// The sums of 16 rows.
type Integers = [i32; LANES];

pub(super) fn band_lines(columns: usize) -> usize {
    (2 + columns / FOUR) * PANELS
}

/// Quantise each row with the scale that brings its largest weight to 127.
pub(super) fn pack(band: &Band, lines: &mut [Line]) {
    let rest = pack_biases(band, lines);
    let (scale_lines, steps) = rest.split_at_mut(PANELS);
    let scales = byte_scales(&band.columns);
    for (panel, target) in scale_lines.iter_mut().enumerate() {
        *target = line(|row| scales[panel * LANES + row].0);
    }
    for (step, columns) in band.columns.as_chunks::<FOUR>().0.iter().enumerate() {
        let bytes = columns.map(|weights| quantised(&weights, &scales));
        let lines = &mut steps[step * PANELS..][..PANELS];
        pack_words(lines, |row, _| bytes.map(|rows| rows[row]));
    }
}

/// The weights of a column, of each row by the inverse of its scale.
fn quantised(weights: &[f32; ROWS], scales: &[(f32, f32); ROWS]) -> [u8; ROWS] {
    std::array::from_fn(|row| {
        (rounded_bits(weights[row] * scales[row].1) as u8).wrapping_add(OFFSET as u8)
    })
}

/// Of each row: the scale that brings its largest weight to 127, and its inverse.
fn byte_scales(columns: &[[f32; ROWS]]) -> [(f32, f32); ROWS] {
    let (mut most, mut zero) = ([0.0_f32; ROWS], [0.0; ROWS]);
    for weights in columns {
        for row in 0..ROWS {
            most[row] = most[row].max(weights[row].abs());
            zero[row] += weights[row] * 0.0;
        }
    }
    std::array::from_fn(|row| byte_scale(most[row], zero[row]))
}

/// Multiply whole bands with every token.
pub(super) fn multiply(isa: Isa, job: Job<'_>) {
    match isa.level() {
        // SAFETY: every processor can do this.
        Level::Portable => unsafe { walk::<Int8<portable::Portable>>(job) },
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
        Level::Neon(Products::OfFloats) => unsafe { walk::<Int8<neon::Neon<false>>>(job) },
        // SAFETY: likewise.
        #[cfg(target_arch = "aarch64")]
        Level::Neon(_) => unsafe { walk::<Int8<neon::Neon<true>>>(job) },
    }
}

/// A [`Dot`] of bytes whose sums can be had as integers.
trait Bytes: Dot {
    /// A group's words as they are multiplied.
    fn words(words: &[Word]) -> &[Self::Word];

    /// The sums without the offset of the weights; `total` is the group's of the token.
    ///
    /// # Safety
    /// The processor must have the instructions.
    unsafe fn integers(sum: Self::Sum, total: i32) -> Integers;
}

struct Int8<D>(D);

impl<D: Bytes> Kernel for Int8<D> {
    #[inline(always)]
    unsafe fn products<const TOKENS: usize>(
        band: &[Line],
        group: &Group<'_>,
        order: Order,
    ) -> [[Tile; PANELS]; TOKENS] {
        let mut tiles = [[Tile::ZERO; PANELS]; TOKENS];
        // SAFETY: the caller's promise.
        let sums = unsafe { sums::<D, TOKENS>(&band[2 * PANELS..], D::words(group.words), order) };
        for panel in 0..PANELS {
            let (biases, scales) = (tile(&band[panel]), tile(&band[PANELS + panel]));
            for token in 0..TOKENS {
                // SAFETY: the caller's promise.
                let integers = unsafe { D::integers(sums[token][panel], group.totals[token]) };
                for row in 0..LANES {
                    let scale = group.scales[token] * scales.0[row];
                    tiles[token][panel].0[row] = integers[row] as f32 * scale + biases.0[row];
                }
            }
        }
        tiles
    }
}
