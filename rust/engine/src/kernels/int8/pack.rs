//! Quantising and packing a panel of 16 rows.

use super::{HEAD, LANES, LINE};
use crate::kernels::Tile;
use crate::kernels::arithmetic::rounded_bits;
use crate::kernels::fp32::line;
use crate::kernels::input::scale;
use crate::kernels::matrix::PanelSource;

pub(in crate::kernels) fn panel_bytes(columns: usize) -> usize {
    (HEAD + columns / 4) * LINE
}

/// Quantise each row with the scale that brings its largest weight to 127.
pub(in crate::kernels) fn pack(source: &impl PanelSource, columns: usize, panel: &mut [u8]) {
    let (head, weights) = panel.split_at_mut(HEAD * LINE);
    let (lines, _) = weights.as_chunks_mut::<LINE>();
    let (mut scales, mut offsets) = ([0.0; LANES], [0_i32; LANES]);
    for row in 0..LANES {
        let tiles = (0..columns / LANES).map(|tile| row_tile(source, row, tile));
        let (scale, inverse) = scale(tiles);
        scales[row] = scale;
        for column in 0..columns {
            let weight = rounded_bits(source.weight(row, column) * inverse) as u8;
            lines[column / 4][row * 4 + column % 4] = weight;
            offsets[row] -= 128 * i32::from(weight.cast_signed());
        }
    }
    let (head, _) = head.as_chunks_mut::<LINE>();
    head[0] = line(|row| source.bias(row));
    head[1] = line(|row| scales[row]);
    // An integer's bytes, carried as those of a float.
    head[2] = line(|row| f32::from_bits(offsets[row].cast_unsigned()));
}

fn row_tile(source: &impl PanelSource, row: usize, tile: usize) -> Tile {
    Tile(std::array::from_fn(|lane| {
        source.weight(row, tile * LANES + lane)
    }))
}
