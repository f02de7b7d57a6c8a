//! The activations that a matrix is multiplied with, prepared: normalised, and in int8 quantised.
//!
//! Tokens are taken in groups, as many as are multiplied together; a group is a piece of memory of
//! its own, `(columns / 16, tokens of the group, 16)`, so that groups can be prepared by different
//! threads, and a product reads them from front to end.

use super::arithmetic::{map, rounded_bits, sum};
use super::isa::vectorised;
use super::{Isa, LANES, Pool, Precision, Tile};

/// A layer norm's parameters, padded with zeros.
#[derive(Debug, Clone)]
pub struct LayerNorm {
    /// Factor of each value; `gain: (width / 16)`.
    pub gain: Vec<Tile>,
    /// Added to each value; `bias: (width / 16)`.
    pub bias: Vec<Tile>,
    /// Values that are no padding.
    pub width: usize,
    /// Added to the variance.
    pub epsilon: f32,
}

/// Prepared activations of some tokens.
pub struct Input {
    precision: Precision,
    group: usize,
    columns: usize,
    tokens: usize,
    /// fp32: the values. Capacity for the most tokens is kept, as in the two below.
    values: Vec<Tile>,
    /// int8: value / scale, rounded, plus 128: VNNI multiplies unsigned with signed bytes.
    bytes: Vec<[u8; LANES]>,
    /// int8: a scale for each token.
    scales: Vec<f32>,
}

/// A group to be filled: one of the two formats.
enum Target<'a> {
    Fp32(&'a mut [Tile]),
    Int8(&'a mut [[u8; LANES]], &'a mut [f32]),
}

impl Input {
    /// Room for as many tokens, each of this many columns, a multiple of 16.
    #[must_use]
    pub fn new(precision: Precision, isa: Isa, columns: usize, most_tokens: usize) -> Self {
        let tiles = columns / LANES * most_tokens;
        let (fp32, int8) = match precision {
            Precision::Fp32 => (tiles, 0),
            Precision::Int8 => (0, tiles),
        };
        Self {
            precision,
            group: isa.group(),
            columns,
            tokens: 0,
            values: vec![Tile::ZERO; fp32],
            bytes: vec![[0; LANES]; int8],
            scales: vec![0.0; most_tokens],
        }
    }

    /// Number of tokens.
    #[must_use]
    pub fn tokens(&self) -> usize {
        self.tokens
    }

    /// Values of a token, a multiple of 16.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Prepare some tokens of `activations: (columns / 16, all tokens)`, after a layer norm if given.
    ///
    /// # Panics
    /// There are more tokens than there is room for, or the sizes do not fit.
    pub fn prepare(
        &mut self,
        isa: Isa,
        pool: &Pool,
        activations: &[Tile],
        tokens: &[usize],
        norm: Option<&LayerNorm>,
    ) {
        let panels = self.columns / LANES;
        assert!(tokens.len() <= self.scales.len());
        self.tokens = tokens.len();
        let (tiles, stride) = (self.group * panels, activations.len() / panels);
        let fill = |(tokens, target): (&[usize], Target<'_>)| {
            fill(isa, activations, stride, tokens, norm, target);
        };
        let count = tokens.len();
        let tokens = tokens.chunks(self.group);
        match self.precision {
            Precision::Fp32 => {
                let values = self.values[..count * panels].chunks_mut(tiles);
                pool.each(tokens.zip(values.map(Target::Fp32)), fill);
            }
            Precision::Int8 => {
                let bytes = self.bytes[..count * panels].chunks_mut(tiles);
                let scales = self.scales[..count].chunks_mut(self.group);
                let targets = bytes
                    .zip(scales)
                    .map(|(bytes, scales)| Target::Int8(bytes, scales));
                pool.each(tokens.zip(targets), fill);
            }
        }
    }

    /// The groups in fp32, each `(columns / 16, tokens of the group)`.
    #[inline(always)]
    pub(super) fn fp32_groups(&self) -> impl Iterator<Item = &[Tile]> {
        let panels = self.columns / LANES;
        self.values[..self.tokens * panels].chunks(self.group * panels)
    }

    /// The groups in int8, each `(columns / 16, tokens of the group)`, with the tokens' scales.
    #[inline(always)]
    pub(super) fn int8_groups(&self) -> impl Iterator<Item = (&[[u8; LANES]], &[f32])> {
        let panels = self.columns / LANES;
        let bytes = self.bytes[..self.tokens * panels].chunks(self.group * panels);
        bytes.zip(self.scales[..self.tokens].chunks(self.group))
    }
}

vectorised! {
    /// Prepare the tokens of one group.
    fn fill(
        activations: &[Tile],
        stride: usize,
        tokens: &[usize],
        norm: Option<&LayerNorm>,
        target: Target<'_>,
    ) {
        match target {
            Target::Fp32(values) => {
                for (index, &token) in tokens.iter().enumerate() {
                    let row = Row::new(activations, stride, token, norm);
                    for (panel, tiles) in values.chunks_exact_mut(tokens.len()).enumerate() {
                        tiles[index] = row.tile(panel);
                    }
                }
            }
            Target::Int8(bytes, scales) => {
                for (index, &token) in tokens.iter().enumerate() {
                    let row = Row::new(activations, stride, token, norm);
                    scales[index] = quantise(&row, index, tokens.len(), bytes);
                }
            }
        }
    }
}

/// Write a token as bytes into a group of `tokens`, at its index, and return its scale.
#[inline(always)]
fn quantise(row: &Row<'_>, index: usize, tokens: usize, bytes: &mut [[u8; LANES]]) -> f32 {
    let (scale, inverse) = scale((0..row.panels()).map(|panel| row.tile(panel)));
    for (panel, target) in bytes.chunks_exact_mut(tokens).enumerate() {
        let tile = row.tile(panel);
        for lane in 0..LANES {
            target[index][lane] = rounded_bits(tile.0[lane] * inverse) as u8 ^ 0x80;
        }
    }
    scale
}

/// The scale that brings the largest value to 127, and its inverse. If some value is no finite number
/// the scale is none either, and so is every product: nothing is hidden by rounding.
#[inline(always)]
pub(super) fn scale(tiles: impl Iterator<Item = Tile>) -> (f32, f32) {
    let (mut most, mut zero) = (Tile::ZERO, Tile::ZERO);
    for tile in tiles {
        for lane in 0..LANES {
            most.0[lane] = most.0[lane].max(tile.0[lane].abs());
            // Zero times what is not finite is not a number.
            zero.0[lane] += tile.0[lane] * 0.0;
        }
    }
    let most = super::arithmetic::largest(&most);
    let inverse = if most > 0.0 { 127.0 / most } else { 0.0 };
    (most / 127.0 + sum(&zero), inverse)
}

/// One token of the activations, normalised as it is read.
struct Row<'a> {
    activations: &'a [Tile],
    stride: usize,
    token: usize,
    norm: Option<Normalised<'a>>,
}

struct Normalised<'a> {
    norm: &'a LayerNorm,
    mean: f32,
    inverse_deviation: f32,
}

impl<'a> Row<'a> {
    #[inline(always)]
    fn new(
        activations: &'a [Tile],
        stride: usize,
        token: usize,
        norm: Option<&'a LayerNorm>,
    ) -> Self {
        let mut row = Self {
            activations,
            stride,
            token,
            norm: None,
        };
        row.norm = norm.map(|norm| row.statistics(norm));
        row
    }

    #[inline(always)]
    fn panels(&self) -> usize {
        self.activations.len() / self.stride
    }

    #[inline(always)]
    fn raw(&self, panel: usize) -> &Tile {
        &self.activations[panel * self.stride + self.token]
    }

    #[inline(always)]
    fn tile(&self, panel: usize) -> Tile {
        let mut tile = *self.raw(panel);
        if let Some(normalised) = &self.norm {
            let (gain, bias) = (&normalised.norm.gain[panel], &normalised.norm.bias[panel]);
            for lane in 0..LANES {
                let value = (tile.0[lane] - normalised.mean) * normalised.inverse_deviation;
                tile.0[lane] = value * gain.0[lane] + bias.0[lane];
            }
        }
        tile
    }

    /// Mean and deviation of the token, the latter from the differences to the mean: the mean of
    /// GPT-2's residual stream is large against its deviation in some layers.
    #[inline(always)]
    fn statistics(&self, norm: &'a LayerNorm) -> Normalised<'a> {
        let width = norm.width as f32;
        let mean = sum(&self.accumulated(|value| value)) / width;
        let padding = (self.panels() * LANES - norm.width) as f32;
        let squares = sum(&self.accumulated(|value| (value - mean) * (value - mean)));
        // Padding is zeros, each of which has added the square of the mean.
        let variance = (squares - padding * mean * mean) / width;
        Normalised {
            norm,
            mean,
            inverse_deviation: 1.0 / (variance + norm.epsilon).sqrt(),
        }
    }

    #[inline(always)]
    fn accumulated(&self, f: impl Fn(f32) -> f32) -> Tile {
        let mut total = Tile::ZERO;
        for panel in 0..self.panels() {
            let tile = map(self.raw(panel), &f);
            for lane in 0..LANES {
                total.0[lane] += tile.0[lane];
            }
        }
        total
    }
}
