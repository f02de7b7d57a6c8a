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
        let cache = (&*cache.keys, &*cache.values);
        for token in 0..attention.pasts.len() {
            // Heads of 64 values, which all published GPT-2s have, stay in registers.
            match attention.head_tiles {
                4 => look_back::<4, FUSED>(&attention, (head, token), cache, scores, output),
                _ => look_back::<1, FUSED>(&attention, (head, token), cache, scores, output),
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

/// One token of a head, TILES tiles at a time.
#[inline(always)]
fn look_back<const TILES: usize, const FUSED: bool>(
    attention: &Attention<'_>,
    (head, token): (usize, usize),
    (keys, values): (&[Tile], &[Tile]),
    scores: &mut [Tile],
    output: &mut [Tile],
) {
    let past = attention.pasts[token];
    let scores = &mut scores[..past.len().div_ceil(LANES)];
    scores.fill(Tile::ZERO);
    for part in 0..attention.head_tiles / TILES {
        let mut query = [Tile::ZERO; TILES];
        for tile in 0..TILES {
            query[tile] = *attention.tile(0, head, part * TILES + tile, token);
        }
        add_products::<TILES, FUSED>(&query, keys, (part, attention.head_tiles), past, scores);
    }
    softmax(scores, past.len(), attention.scale);
    for part in 0..attention.head_tiles / TILES {
        let place = (part, attention.head_tiles);
        let found = weighted::<TILES, FUSED>(scores, values, place, past);
        for tile in 0..TILES {
            output[(part * TILES + tile) * attention.pasts.len() + token] = found[tile];
        }
    }
}

/// Add to each score the product of a part of the query with that of the key.
#[inline(always)]
fn add_products<const TILES: usize, const FUSED: bool>(
    query: &[Tile; TILES],
    keys: &[Tile],
    (part, head_tiles): (usize, usize),
    past: &[u32],
    scores: &mut [Tile],
) {
    for (slots, scores) in past.chunks(LANES).zip(scores) {
        for (&slot, score) in slots.iter().zip(&mut scores.0) {
            let key = &keys[slot as usize * head_tiles + part * TILES..][..TILES];
            let mut total = Tile::ZERO;
            for tile in 0..TILES {
                for lane in 0..LANES {
                    let (a, b) = (query[tile].0[lane], key[tile].0[lane]);
                    total.0[lane] = fused::<FUSED>(a, b, total.0[lane]);
                }
            }
            *score += sum(&total);
        }
    }
}

/// Scale the first `count` scores, and make them positive with the sum 1; the others become 0.
#[inline(always)]
fn softmax(scores: &mut [Tile], count: usize, scale: f32) {
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
        *tile = map(tile, |score| exp((score - most) * scale));
        for lane in 0..LANES {
            total.0[lane] += tile.0[lane];
        }
    }
    let inverse = 1.0 / sum(&total);
    for tile in scores {
        *tile = map(tile, |weight| weight * inverse);
    }
}

/// A part of the sum of the values, each times its weight.
#[inline(always)]
fn weighted<const TILES: usize, const FUSED: bool>(
    weights: &[Tile],
    values: &[Tile],
    (part, head_tiles): (usize, usize),
    past: &[u32],
) -> [Tile; TILES] {
    let mut totals = [Tile::ZERO; TILES];
    for (slots, weights) in past.chunks(LANES).zip(weights) {
        for (&slot, &weight) in slots.iter().zip(&weights.0) {
            let value = &values[slot as usize * head_tiles + part * TILES..][..TILES];
            for tile in 0..TILES {
                for lane in 0..LANES {
                    let total = &mut totals[tile].0[lane];
                    *total = fused::<FUSED>(weight, value[tile].0[lane], *total);
                }
            }
        }
    }
    totals
}
