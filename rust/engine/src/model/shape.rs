//! The sizes of a GPT-2, as they are and as they are padded.

use super::LoadError;
use crate::kernels::{MOST_COLUMNS, tiles};

/// Sizes of a GPT-2.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    /// Number of token ids.
    pub vocabulary: usize,
    /// Most tokens of a sequence.
    pub context: usize,
    /// Width of the residual stream.
    pub width: usize,
    /// Attention heads a layer.
    pub heads: usize,
    /// Number of layers.
    pub layers: usize,
    /// Added to the variance in layer norms.
    pub epsilon: f32,
}

impl Shape {
    /// Refuse sizes that are no model's.
    pub(super) fn check(&self) -> Result<(), LoadError> {
        let sizes = [
            self.vocabulary,
            self.context,
            self.width,
            self.heads,
            self.layers,
        ];
        let possible = !sizes.contains(&0)
            && self.width.is_multiple_of(self.heads)
            && self.inner() <= MOST_COLUMNS;
        if possible {
            Ok(())
        } else {
            Err(LoadError::Shape(*self))
        }
    }

    /// Width inside a feed-forward layer.
    pub(super) fn inner(&self) -> usize {
        self.width.saturating_mul(4)
    }

    /// Values of a head.
    pub(super) fn head_size(&self) -> usize {
        self.width / self.heads
    }

    /// Tiles of a head: each head begins with a tile of its own.
    pub(super) fn head_tiles(&self) -> usize {
        tiles(self.head_size())
    }

    /// Tiles of all heads.
    pub(super) fn heads_tiles(&self) -> usize {
        self.heads * self.head_tiles()
    }
}
