//! Tokens of the activations, normalised as they are read.

use super::LANES;
use super::Tile;
use super::arithmetic::{byte_scale, largest, sum};
use super::prefetch::prefetch;
use super::vectors::Vector;

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

impl LayerNorm {
    /// Ask for the parameters while a product runs that comes before they are needed: after a whole token,
    /// whose weights have gone through the caches, they are in memory only.
    pub fn ask(&self) {
        prefetch(&self.gain[..], 0);
        prefetch(&self.bias[..], 0);
    }
}

/// One token of the activations, normalised as it is read. Its functions have no closures: they would be
/// compiled without the instructions.
pub(super) struct Row<'a, V> {
    activations: &'a [Tile],
    stride: usize,
    token: usize,
    norm: Option<Normalised<'a, V>>,
}

struct Normalised<'a, V> {
    norm: &'a LayerNorm,
    mean: V,
    inverse_deviation: V,
}

/// # Safety
/// The processor must have the instructions of V, in every function.
impl<'a, V: Vector> Row<'a, V> {
    #[inline(always)]
    pub unsafe fn new(
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
        if let Some(norm) = norm {
            // SAFETY: the caller's promise, here and below.
            row.norm = Some(unsafe { row.statistics(norm) });
        }
        row
    }

    #[inline(always)]
    pub fn panels(&self) -> usize {
        self.activations.len() / self.stride
    }

    #[inline(always)]
    unsafe fn raw(&self, panel: usize) -> V {
        unsafe { V::of(&self.activations[panel * self.stride + self.token]) }
    }

    #[inline(always)]
    pub unsafe fn vector(&self, panel: usize) -> V {
        unsafe {
            let raw = self.raw(panel);
            let Some(normalised) = &self.norm else {
                return raw;
            };
            let (gain, bias) = (&normalised.norm.gain[panel], &normalised.norm.bias[panel]);
            let value = raw
                .minus(normalised.mean)
                .times(normalised.inverse_deviation);
            value.times(V::of(gain)).plus(V::of(bias))
        }
    }

    /// Mean and deviation of the token, the latter from the differences to the mean: the mean of
    /// GPT-2's residual stream is large against its deviation in some layers.
    #[inline(always)]
    unsafe fn statistics(&self, norm: &'a LayerNorm) -> Normalised<'a, V> {
        let width = norm.width as f32;
        unsafe {
            let mut total = V::splat(0.0);
            for panel in 0..self.panels() {
                total = total.plus(self.raw(panel));
            }
            let mean = sum(&total.tile()) / width;
            let mut squares = V::splat(0.0);
            for panel in 0..self.panels() {
                let difference = self.raw(panel).minus(V::splat(mean));
                squares = squares.plus(difference.times(difference));
            }
            let padding = (self.panels() * LANES - norm.width) as f32;
            // Padding is zeros, each of which has added the square of the mean.
            let variance = (sum(&squares.tile()) - padding * mean * mean) / width;
            Normalised {
                norm,
                mean: V::splat(mean),
                inverse_deviation: V::splat(1.0 / (variance + norm.epsilon).sqrt()),
            }
        }
    }

    /// The [`byte_scale`] of the row's values.
    #[inline(always)]
    pub unsafe fn byte_scale(&self) -> (f32, f32) {
        unsafe {
            let (mut most, mut zero) = (V::splat(0.0), V::splat(0.0));
            for panel in 0..self.panels() {
                let vector = self.vector(panel);
                most = vector.larger_magnitude(most);
                zero = zero.plus(vector.times(V::splat(0.0)));
            }
            byte_scale(largest(&most.tile()), sum(&zero.tile()))
        }
    }
}
