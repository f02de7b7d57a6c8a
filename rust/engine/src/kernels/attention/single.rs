//! One token looks back by itself.

use super::Attention;
use super::softmax::softmax;
use crate::kernels::arithmetic::fused;
use crate::kernels::{LANES, Tile};

/// What a token finds; `output: (head size / 16, tokens)`.
#[inline(always)]
pub(super) fn look_back<const FUSED: bool>(
    attention: &Attention<'_>,
    place: (usize, usize),
    (keys, values): (&[Tile], &[Tile]),
    scores: &mut [Tile],
    output: &mut [Tile],
) {
    let past = attention.pasts[place.1];
    let scores = &mut scores[..past.len().div_ceil(LANES)];
    score::<FUSED>(attention, place, keys, scores);
    softmax::<1>(scores, 0, past.len(), attention.scale);
    // Heads of 64 values, which all published GPT-2s have, stay in registers.
    match attention.head_tiles {
        4 => collect::<4, FUSED>(attention, place.1, values, scores, output),
        _ => collect::<1, FUSED>(attention, place.1, values, scores, output),
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
pub(super) fn is_block(slots: &[u32]) -> bool {
    let in_order = |(lane, &slot): (usize, &u32)| slot == slots[0] + lane as u32;
    (slots[0] as usize).is_multiple_of(LANES) && slots.iter().enumerate().all(in_order)
}

/// The same for slots anywhere. Those that follow each other share blocks of 16, so a block's products
/// are computed once for them.
#[inline(always)]
pub(super) fn score_scattered<const FUSED: bool>(
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
