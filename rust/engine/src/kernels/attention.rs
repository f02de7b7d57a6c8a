//! Attention of one head: the keys and values of new tokens are remembered, then each token looks
//! back at the tokens of its own sequence.

use super::arithmetic::{exp, fused, largest, map, sum};
use super::isa::vectorised;
use super::{LANES, Tile};

/// What a head remembers: a key and a value for each slot; each `(slots, head size / 16)`.
pub struct HeadCache<'a> {
    /// The keys.
    pub keys: &'a mut [Tile],
    /// The values.
    pub values: &'a mut [Tile],
}

/// The new tokens of all heads, and where they and their past are remembered.
#[derive(Clone, Copy)]
pub struct Attention<'a> {
    /// Queries, keys and values: `(3, heads, head size / 16, tokens)`.
    pub projected: &'a [Tile],
    /// Number of heads.
    pub heads: usize,
    /// Tiles of a head.
    pub head_tiles: usize,
    /// Slots of each token's past, oldest first; the last one is the token's own.
    pub pasts: &'a [&'a [u32]],
    /// Factor of the scores: 1 / sqrt(head size).
    pub scale: f32,
}

impl<'a> Attention<'a> {
    /// Compute one head. `output: (head size / 16, tokens)`; `scores` has room for the longest past,
    /// in whole tiles.
    ///
    /// # Panics
    /// A size does not fit.
    pub fn head(
        &self,
        isa: super::Isa,
        head: usize,
        cache: HeadCache<'_>,
        scores: &mut [Tile],
        output: &mut [Tile],
    ) {
        compute(isa, *self, head, cache, scores, output);
    }

    /// A tile of the query (0), key (1) or value (2) of a token.
    #[inline(always)]
    fn tile(&self, kind: usize, head: usize, tile: usize, token: usize) -> &'a Tile {
        let panel = (kind * self.heads + head) * self.head_tiles + tile;
        &self.projected[panel * self.pasts.len() + token]
    }
}

vectorised! {
    fn compute(
        attention: Attention<'_>,
        head: usize,
        cache: HeadCache<'_>,
        scores: &mut [Tile],
        output: &mut [Tile],
    ) {
        remember(&attention, head, cache.keys, 1);
        remember(&attention, head, cache.values, 2);
        for (token, past) in attention.pasts.iter().enumerate() {
            let scores = &mut scores[..past.len().div_ceil(LANES)];
            for (index, &slot) in past.iter().enumerate() {
                let key = &cache.keys[slot as usize * attention.head_tiles..][..attention.head_tiles];
                let product = dot::<FUSED>(&attention, head, token, key);
                scores[index / LANES].0[index % LANES] = product * attention.scale;
            }
            softmax(scores, past.len());
            for tile in 0..attention.head_tiles {
                let place = tile * attention.pasts.len() + token;
                output[place] = weighted::<FUSED>(scores, past, cache.values, tile, attention.head_tiles);
            }
        }
    }
}

/// Copy the keys (1) or values (2) of the new tokens to their slots.
#[inline(always)]
fn remember(attention: &Attention<'_>, head: usize, memory: &mut [Tile], kind: usize) {
    for (token, past) in attention.pasts.iter().enumerate() {
        let own = *past.last().expect("a token is part of its past") as usize;
        for tile in 0..attention.head_tiles {
            memory[own * attention.head_tiles + tile] = *attention.tile(kind, head, tile, token);
        }
    }
}

#[inline(always)]
fn dot<const FUSED: bool>(
    attention: &Attention<'_>,
    head: usize,
    token: usize,
    key: &[Tile],
) -> f32 {
    let mut total = Tile::ZERO;
    for (tile, key) in key.iter().enumerate() {
        let query = attention.tile(0, head, tile, token);
        for lane in 0..LANES {
            total.0[lane] = fused::<FUSED>(query.0[lane], key.0[lane], total.0[lane]);
        }
    }
    sum(&total)
}

/// Make the first `count` scores positive and their sum 1; the others become 0.
#[inline(always)]
fn softmax(scores: &mut [Tile], count: usize) {
    if let Some(last) = scores.last_mut() {
        for lane in (count - 1) % LANES + 1..LANES {
            last.0[lane] = f32::NEG_INFINITY;
        }
    }
    let mut most = Tile([f32::NEG_INFINITY; LANES]);
    for tile in scores.iter() {
        for lane in 0..LANES {
            most.0[lane] = most.0[lane].max(tile.0[lane]);
        }
    }
    let (most, mut total) = (largest(&most), Tile::ZERO);
    for tile in scores.iter_mut() {
        *tile = map(tile, |score| exp(score - most));
        for lane in 0..LANES {
            total.0[lane] += tile.0[lane];
        }
    }
    let inverse = 1.0 / sum(&total);
    for tile in scores {
        *tile = map(tile, |weight| weight * inverse);
    }
}

/// One tile of the sum of the values, each times its weight.
#[inline(always)]
fn weighted<const FUSED: bool>(
    weights: &[Tile],
    past: &[u32],
    values: &[Tile],
    tile: usize,
    head_tiles: usize,
) -> Tile {
    let mut total = Tile::ZERO;
    for (index, &slot) in past.iter().enumerate() {
        let value = &values[slot as usize * head_tiles + tile];
        let weight = weights[index / LANES].0[index % LANES];
        for lane in 0..LANES {
            total.0[lane] = fused::<FUSED>(weight, value.0[lane], total.0[lane]);
        }
    }
    total
}
