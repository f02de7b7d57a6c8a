//! Products of bytes, summed exactly in 32-bit integers, so every set of instructions gives the same.
//!
//! A panel is its 16 biases, 16 scales and 16 offsets, then for every four columns the four weights
//! of each row: `(3 + columns / 4, 16)` times four bytes. A weight is `round(weight / scale)`, -127 to
//! 127. Activations have 128 added, so a row's sum begins at its offset, -128 times its weights.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod pack;
mod portable;
#[cfg(target_arch = "x86_64")]
mod vnni;

pub(super) use pack::{pack, panel_bytes};

use super::fp32::tile;
use super::isa::Level;
use super::{Input, Isa, LANES, Tile};

/// Bytes of four columns of a panel, a cache line.
const LINE: usize = 4 * LANES;
/// Lines of a panel before the weights: biases, scales, offsets.
const HEAD: usize = 3;
/// Most columns of a matrix: with more a sum could overflow, 2^31 / (255 * 127).
pub const MOST_COLUMNS: usize = 66_000;

/// The sums of 16 rows.
type Sums = [i32; LANES];

/// A way to compute the sums of one panel and the TOKENS of one group.
trait Dot {
    /// `offsets + weights * group`, with `lines: (columns / 4)` and `group: (columns / 16, TOKENS)`.
    ///
    /// # Safety
    /// The processor must have the instructions.
    unsafe fn sums<const TOKENS: usize>(
        lines: &[[u8; LINE]],
        group: &[[u8; LANES]],
        offsets: &Sums,
    ) -> [Sums; TOKENS];
}

/// Multiply whole panels with every token; `output: (panels, tokens)`.
pub(super) fn multiply(isa: Isa, weights: &[u8], input: &Input, output: &mut [Tile], add: bool) {
    match isa.level() {
        // SAFETY: every processor can do this.
        Level::Portable => unsafe { panels::<portable::Portable>(weights, input, output, add) },
        // SAFETY: an Isa of this level exists only if the processor has the instructions.
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => unsafe { avx2::multiply(weights, input, output, add) },
        // SAFETY: likewise.
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 => unsafe { vnni::multiply(weights, input, output, add) },
    }
}

/// # Safety
/// The processor must have the instructions of D.
#[inline(always)]
unsafe fn panels<D: Dot>(weights: &[u8], input: &Input, output: &mut [Tile], add: bool) {
    let panels = weights.chunks_exact(panel_bytes(input.columns()));
    for (panel, output) in panels.zip(output.chunks_exact_mut(input.tokens())) {
        let (lines, _) = panel.as_chunks::<LINE>();
        let mut rest = output;
        for (group, scales) in input.int8_groups() {
            let output;
            (output, rest) = rest.split_at_mut(scales.len());
            // SAFETY: the caller's promise.
            unsafe {
                match scales.len() {
                    1 => tokens::<D, 1>(lines, group, scales, output, add),
                    2 => tokens::<D, 2>(lines, group, scales, output, add),
                    3 => tokens::<D, 3>(lines, group, scales, output, add),
                    4 => tokens::<D, 4>(lines, group, scales, output, add),
                    5 => tokens::<D, 5>(lines, group, scales, output, add),
                    6 => tokens::<D, 6>(lines, group, scales, output, add),
                    7 => tokens::<D, 7>(lines, group, scales, output, add),
                    _ => tokens::<D, 8>(lines, group, scales, output, add),
                }
            }
        }
    }
}

/// One panel and the tokens of one group.
///
/// # Safety
/// The processor must have the instructions of D.
#[inline(always)]
unsafe fn tokens<D: Dot, const TOKENS: usize>(
    lines: &[[u8; LINE]],
    group: &[[u8; LANES]],
    scales: &[f32],
    output: &mut [Tile],
    add: bool,
) {
    let (bias, row_scales) = (tile(&lines[0]), tile(&lines[1]));
    // SAFETY: the caller's promise.
    let sums = unsafe { D::sums::<TOKENS>(&lines[HEAD..], group, &integers(&lines[2])) };
    for token in 0..TOKENS {
        for row in 0..LANES {
            let scale = scales[token] * row_scales.0[row];
            let product = sums[token][row] as f32 * scale + bias.0[row];
            let before = if add { output[token].0[row] } else { 0.0 };
            output[token].0[row] = before + product;
        }
    }
}

/// Sixteen integers from their bytes.
#[inline(always)]
fn integers(bytes: &[u8; LINE]) -> Sums {
    let (values, _) = bytes.as_chunks();
    std::array::from_fn(|row| i32::from_le_bytes(values[row]))
}
