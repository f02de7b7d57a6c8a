//! Quantising and packing a band in 4 bits.

use super::{BLOCK, COLUMNS_OF_LINE, LINES, OFFSET};
use crate::kernels::arithmetic::bf16;
use crate::kernels::layout::{COLUMNS, Line, PANELS, Word, pack_biases};
use crate::kernels::{BandSource, LANES, ROWS};

/// A group's weights in 4 bits, 0 to 15, and the bits of their scale in bfloat16.
struct Quantised {
    weights: [u8; COLUMNS],
    scale: u16,
}

/// Quantise each row in groups of 32 columns.
pub(in crate::kernels::product) fn pack(source: &impl BandSource, lines: &mut [Line]) {
    let blocks = pack_biases(source, lines);
    for (index, block) in blocks.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
        for row in 0..ROWS {
            let group = std::array::from_fn(|column| source.weight(row, index * COLUMNS + column));
            put(&quantise(&group), row, block);
        }
    }
}

/// Write a row's group to its places in the block.
fn put(group: &Quantised, row: usize, block: &mut [Line; BLOCK]) {
    let (panel, row) = (row / LANES, row % LANES);
    let (scales, lines) = block.split_at_mut(1);
    scales[0].as_chunks_mut::<2>().0[row * PANELS + panel] = group.scale.to_le_bytes();
    let lines = lines[panel * LINES..][..LINES].iter_mut();
    for (line, weights) in lines.zip(group.weights.as_chunks::<COLUMNS_OF_LINE>().0) {
        let word = &mut line.as_chunks_mut::<{ size_of::<Word>() }>().0[row];
        for (byte, target) in word.iter_mut().enumerate() {
            *target = weights[byte] | weights[byte + size_of::<Word>()] << 4;
        }
    }
}

/// Quantise with the scale that brings the weight of the largest magnitude to -8: of the two ends, -8
/// and 7, the further one.
fn quantise(group: &[f32; COLUMNS]) -> Quantised {
    let further = |most: f32, &weight: &f32| match weight.abs() > most.abs() || weight.is_nan() {
        true => weight,
        false => most,
    };
    let scale = bf16(group.iter().fold(0.0, further) / -(OFFSET as f32));
    let exact = f32::from_bits(u32::from(scale) << 16);
    let inverse = if exact == 0.0 { 0.0 } else { 1.0 / exact };
    let nearest = |&weight: &f32| ((weight * inverse).round() as i32 + OFFSET).clamp(0, 15) as u8;
    Quantised {
        weights: std::array::from_fn(|column| nearest(&group[column])),
        scale,
    }
}
