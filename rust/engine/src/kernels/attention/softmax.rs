//! From scores to weights.

use crate::kernels::arithmetic::{exp, largest, map, sum};
use crate::kernels::{LANES, Tile};

/// Of one of TOKENS tokens, scale the first `count` of its `scores: (tiles, TOKENS)`, and make them
/// positive with the sum 1; the others, of which there are less than two tiles, become 0.
#[inline(always)]
pub(super) fn softmax<const TOKENS: usize>(
    scores: &mut [Tile],
    token: usize,
    count: usize,
    scale: f32,
) {
    let (scores, _) = scores.as_chunks_mut::<TOKENS>();
    let (whole, rest) = (count / LANES, count % LANES);
    for (tile, scores) in scores[whole..].iter_mut().enumerate() {
        let first = if tile == 0 { rest } else { 0 };
        scores[token].0[first..].fill(f32::NEG_INFINITY);
    }
    let mut most = Tile([f32::NEG_INFINITY; LANES]);
    for scores in scores.iter() {
        for lane in 0..LANES {
            most.0[lane] = most.0[lane].max(scores[token].0[lane]);
        }
    }
    let (most, mut total) = (largest(&most), Tile::ZERO);
    for scores in scores.iter_mut() {
        let tile = &mut scores[token];
        *tile = map(tile, |score| exp((score - most) * scale));
        for lane in 0..LANES {
            total.0[lane] += tile.0[lane];
        }
    }
    let inverse = 1.0 / sum(&total);
    for scores in scores {
        scores[token] = map(&scores[token], |weight| weight * inverse);
    }
}
