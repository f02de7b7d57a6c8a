//! Quantising and packing a band in 4 bits.

use super::{BLOCK, COLUMNS_OF_LINE, LINES, OFFSET};
use crate::kernels::arithmetic::bf16;
use crate::kernels::layout::{COLUMNS, Line, PANELS, Word, pack_biases};
use crate::kernels::{Band, LANES, ROWS};

/// Quantise each row in groups of 32 columns.
pub(in crate::kernels::product) fn pack(band: &Band, lines: &mut [Line]) {
    let blocks = pack_biases(band, lines);
    for (index, block) in blocks.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
        let columns = &band.columns.as_chunks::<COLUMNS>().0[index];
        let scales = scales(columns);
        let weights = columns.map(|weights| quantised(&weights, &scales));
        for row in 0..ROWS {
            put(&weights.map(|rows| rows[row]), scales[row], row, block);
        }
    }
}

/// Write a row's group, and the bits of its scale in bfloat16, to their places in the block.
fn put(group: &[u8; COLUMNS], scale: u16, row: usize, block: &mut [Line; BLOCK]) {
    let (panel, row) = (row / LANES, row % LANES);
    let (scales, lines) = block.split_at_mut(1);
    scales[0].as_chunks_mut::<2>().0[row * PANELS + panel] = scale.to_le_bytes();
    let lines = lines[panel * LINES..][..LINES].iter_mut();
    for (line, weights) in lines.zip(group.as_chunks::<COLUMNS_OF_LINE>().0) {
        let word = &mut line.as_chunks_mut::<{ size_of::<Word>() }>().0[row];
        for (byte, target) in word.iter_mut().enumerate() {
            *target = weights[byte] | weights[byte + size_of::<Word>()] << 4;
        }
    }
}

/// Of each row, in bfloat16: the scale that brings the weight of the largest magnitude to -8: of the two
/// ends, -8 and 7, the further one.
fn scales(columns: &[[f32; ROWS]; COLUMNS]) -> [u16; ROWS] {
    let mut most = [0.0_f32; ROWS];
    for weights in columns {
        for row in 0..ROWS {
            let weight = weights[row];
            if weight.abs() > most[row].abs() || weight.is_nan() {
                most[row] = weight;
            }
        }
    }
    most.map(|most| bf16(most / -(OFFSET as f32)))
}

/// The weights of a column in 4 bits, 0 to 15.
fn quantised(weights: &[f32; ROWS], scales: &[u16; ROWS]) -> [u8; ROWS] {
    std::array::from_fn(|row| {
        let scale = f32::from_bits(u32::from(scales[row]) << 16);
        let inverse = if scale == 0.0 { 0.0 } else { 1.0 / scale };
        (nearest(weights[row] * inverse) + OFFSET).clamp(0, 15) as u8
    })
}

/// The nearest whole number, as [`f32::round`] has it, which is a call on processors without SSE 4.1.
fn nearest(value: f32) -> i32 {
    const BELOW_HALF: f32 = 0.499_999_97;
    (value + BELOW_HALF.copysign(value)) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_number_is_that_of_the_standard_library() {
        let below_half = f32::from_bits(0.5_f32.to_bits() - 1);
        let halves = (-40..40).map(|half| half as f32 / 2.0);
        let beside = halves.flat_map(|value| [value.next_down(), value, value.next_up()]);
        for value in beside.chain([below_half, -below_half, f32::NAN]) {
            assert_eq!(nearest(value), value.round() as i32, "{value}");
        }
    }
}
