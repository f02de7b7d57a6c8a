//! Attention of one head: the keys and values of new tokens are remembered, then each token looks
//! back at the tokens of its own sequence.

use super::arithmetic::{exp, fused, largest, map, sum};
use super::isa::vectorised;
use super::{LANES, Tile};

/// What a head remembers: a key and a value for each slot; the slots are a multiple of 16.
pub struct HeadCache<'a> {
    /// The keys, those of 16 slots side by side: `(slots / 16, head size)` tiles of 16 slots. So the
    /// scores of 16 slots are computed together, and no lanes have to be summed.
    pub keys: &'a mut [Tile],
    /// The values; `(slots, head size / 16)`.
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
        for token in 0..attention.pasts.len() {
            remember(&attention, head, token, cache.keys, cache.values);
        }
        let (keys, values) = (&*cache.keys, &*cache.values);
        for (token, past) in attention.pasts.iter().enumerate() {
            let scores = &mut scores[..past.len().div_ceil(LANES)];
            score::<FUSED>(&attention, (head, token), keys, scores);
            softmax(scores, past.len(), attention.scale);
            // Heads of 64 values, which all published GPT-2s have, stay in registers.
            match attention.head_tiles {
                4 => collect::<4, FUSED>(&attention, token, values, scores, output),
                _ => collect::<1, FUSED>(&attention, token, values, scores, output),
            }
        }
    }
}

/// Copy the key and the value of a new token to its slot.
#[inline(always)]
fn remember(
    attention: &Attention<'_>,
    head: usize,
    token: usize,
    keys: &mut [Tile],
    values: &mut [Tile],
) {
    let past = attention.pasts[token];
    let slot = *past.last().expect("a token is part of its past") as usize;
    let (block, lane) = (slot / LANES, slot % LANES);
    for tile in 0..attention.head_tiles {
        values[slot * attention.head_tiles + tile] = *attention.tile(2, head, tile, token);
        let key = attention.tile(1, head, tile, token);
        let places = &mut keys[(block * attention.head_tiles + tile) * LANES..][..LANES];
        for (place, value) in places.iter_mut().zip(key.0) {
            place.0[lane] = value;
        }
    }
}

/// The products of a token's query with the keys of its past.
#[inline(always)]
fn score<const FUSED: bool>(
    attention: &Attention<'_>,
    place: (usize, usize),
    keys: &[Tile],
    scores: &mut [Tile],
) {
    let past = attention.pasts[place.1];
    for (slots, scores) in past.chunks(LANES).zip(scores) {
        if is_block(slots) {
            let block = slots[0] as usize / LANES;
            *scores = block_products::<FUSED>(attention, place, keys, block);
        } else {
            score_scattered::<FUSED>(attention, place, keys, slots, scores);
        }
    }
}

/// Whether slots are the first ones of a block, in order. Those of a sequence that was never reordered
/// are, so its scores need not be picked one by one.
#[inline(always)]
fn is_block(slots: &[u32]) -> bool {
    let in_order = |(lane, &slot): (usize, &u32)| slot == slots[0] + lane as u32;
    (slots[0] as usize).is_multiple_of(LANES) && slots.iter().enumerate().all(in_order)
}

/// The same for slots anywhere. Those that follow each other share blocks of 16, so a block's products
/// are computed once for them.
#[inline(always)]
fn score_scattered<const FUSED: bool>(
    attention: &Attention<'_>,
    place: (usize, usize),
    keys: &[Tile],
    slots: &[u32],
    scores: &mut Tile,
) {
    let (mut block, mut products) = (usize::MAX, Tile::ZERO);
    for (score, &slot) in scores.0.iter_mut().zip(slots) {
        let slot = slot as usize;
        if slot / LANES != block {
            block = slot / LANES;
            products = block_products::<FUSED>(attention, place, keys, block);
        }
        *score = products.0[slot % LANES];
    }
}

/// The products of a token's query with the 16 keys of a block, in four chains of sums.
#[inline(always)]
fn block_products<const FUSED: bool>(
    attention: &Attention<'_>,
    (head, token): (usize, usize),
    keys: &[Tile],
    block: usize,
) -> Tile {
    let mut sums = [Tile::ZERO; 4];
    for tile in 0..attention.head_tiles {
        let query = attention.tile(0, head, tile, token);
        let keys = &keys[(block * attention.head_tiles + tile) * LANES..][..LANES];
        for (query, keys) in query
            .0
            .as_chunks::<4>()
            .0
            .iter()
            .zip(keys.as_chunks::<4>().0)
        {
            for chain in 0..4 {
                for lane in 0..LANES {
                    let sum = &mut sums[chain].0[lane];
                    *sum = fused::<FUSED>(query[chain], keys[chain].0[lane], *sum);
                }
            }
        }
    }
    let mut total = Tile::ZERO;
    for lane in 0..LANES {
        let pairs = (
            sums[0].0[lane] + sums[1].0[lane],
            sums[2].0[lane] + sums[3].0[lane],
        );
        total.0[lane] = pairs.0 + pairs.1;
    }
    total
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

/// The sum of the values of a token's past, each times its weight, TILES tiles at a time.
#[inline(always)]
fn collect<const TILES: usize, const FUSED: bool>(
    attention: &Attention<'_>,
    token: usize,
    values: &[Tile],
    weights: &[Tile],
    output: &mut [Tile],
) {
    for first in (0..attention.head_tiles).step_by(TILES) {
        let mut totals = [Tile::ZERO; TILES];
        for (slots, weights) in attention.pasts[token].chunks(LANES).zip(weights) {
            for (&slot, &weight) in slots.iter().zip(&weights.0) {
                let place = slot as usize * attention.head_tiles + first;
                add_weighted::<TILES, FUSED>(&mut totals, weight, &values[place..][..TILES]);
            }
        }
        for (tile, total) in totals.iter().enumerate() {
            output[(first + tile) * attention.pasts.len() + token] = *total;
        }
    }
}

#[inline(always)]
fn add_weighted<const TILES: usize, const FUSED: bool>(
    totals: &mut [Tile; TILES],
    weight: f32,
    value: &[Tile],
) {
    for tile in 0..TILES {
        for lane in 0..LANES {
            let total = &mut totals[tile].0[lane];
            *total = fused::<FUSED>(weight, value[tile].0[lane], *total);
        }
    }
}
