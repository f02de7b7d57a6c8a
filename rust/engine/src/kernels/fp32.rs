//! Products in float32.
//!
//! A panel is its 16 biases, then column after column 16 weights: `(1 + columns, 16)` float32.

use super::arithmetic::fused;
use super::isa::vectorised;
use super::matrix::PanelSource;
use super::{Input, LANES, Tile};

/// One column of a panel, a cache line.
const LINE: usize = LANES * size_of::<f32>();

pub(super) fn panel_bytes(columns: usize) -> usize {
    (1 + columns) * LINE
}

pub(super) fn pack(source: &impl PanelSource, columns: usize, panel: &mut [u8]) {
    let (lines, _) = panel.as_chunks_mut::<LINE>();
    lines[0] = line(|row| source.bias(row));
    for (column, target) in lines[1..=columns].iter_mut().enumerate() {
        *target = line(|row| source.weight(row, column));
    }
}

/// Sixteen values as bytes.
pub(super) fn line(value: impl Fn(usize) -> f32) -> [u8; LINE] {
    let mut bytes = [0; LINE];
    for (row, target) in bytes.as_chunks_mut().0.iter_mut().enumerate() {
        *target = value(row).to_le_bytes();
    }
    bytes
}

/// Sixteen values from their bytes.
#[inline(always)]
pub(super) fn tile(bytes: &[u8; LINE]) -> Tile {
    let (values, _) = bytes.as_chunks();
    Tile(std::array::from_fn(|row| f32::from_le_bytes(values[row])))
}

vectorised! {
    /// Multiply whole panels with every token; `output: (panels, tokens)`.
    pub(super) fn multiply(weights: &[u8], input: &Input, output: &mut [Tile], add: bool) {
        let panels = weights.chunks_exact(panel_bytes(input.columns()));
        for (panel, output) in panels.zip(output.chunks_exact_mut(input.tokens())) {
            let (lines, _) = panel.as_chunks::<LINE>();
            let mut rest = output;
            for group in input.fp32_groups() {
                let output;
                (output, rest) = rest.split_at_mut(group.len() / (input.columns() / LANES));
                match output.len() {
                    1 => tokens::<1, 4, FUSED>(lines, group, output, add),
                    2 => tokens::<2, 4, FUSED>(lines, group, output, add),
                    3 => tokens::<3, 2, FUSED>(lines, group, output, add),
                    4 => tokens::<4, 1, FUSED>(lines, group, output, add),
                    5 => tokens::<5, 1, FUSED>(lines, group, output, add),
                    6 => tokens::<6, 1, FUSED>(lines, group, output, add),
                    7 => tokens::<7, 1, FUSED>(lines, group, output, add),
                    _ => tokens::<8, 1, FUSED>(lines, group, output, add),
                }
            }
        }
    }
}

/// One panel and the tokens of one group; `group: (columns / 16, TOKENS)`.
///
/// A sum waits for the one before it, so few tokens have CHAINS sums each, of every CHAINS-th column.
#[inline(always)]
fn tokens<const TOKENS: usize, const CHAINS: usize, const FUSED: bool>(
    lines: &[[u8; LINE]],
    group: &[Tile],
    output: &mut [Tile],
    add: bool,
) {
    let mut sums = [[Tile::ZERO; CHAINS]; TOKENS];
    let (columns, _) = lines[1..].as_chunks::<LANES>();
    for (columns, inputs) in columns.iter().zip(group.as_chunks::<TOKENS>().0) {
        for (step, columns) in columns.as_chunks::<CHAINS>().0.iter().enumerate() {
            // Constant bounds from here on: only then do the sums stay in registers.
            for chain in 0..CHAINS {
                let weights = tile(&columns[chain]);
                for token in 0..TOKENS {
                    let value = inputs[token].0[step * CHAINS + chain];
                    let sum = &mut sums[token][chain].0;
                    for row in 0..LANES {
                        sum[row] = fused::<FUSED>(weights.0[row], value, sum[row]);
                    }
                }
            }
        }
    }
    let bias = tile(&lines[0]);
    for (sums, output) in sums.iter().zip(output) {
        for row in 0..LANES {
            let sum: f32 = sums.iter().map(|sum| sum.0[row]).sum();
            let before = if add { output.0[row] } else { 0.0 };
            output.0[row] = before + (sum + bias.0[row]);
        }
    }
}
