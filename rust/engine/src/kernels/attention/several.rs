//! Neighbouring tokens of one sequence look back together: a key or a value, loaded once, serves all of
//! them. Every sum is taken in the order in which a token by itself takes it, so no bit depends on how
//! many look back together.

use super::single::{is_block, score_scattered};
use super::softmax::softmax;
use super::{Attention, FEW, LOOKING};
use crate::kernels::vectors::Vector;
use crate::kernels::{LANES, Tile};

/// Chains of sums of a score.
const CHAINS: usize = 4;

/// What TOKENS tokens find, the first of which is `place.1`; `output: (head size / 16, all tokens)`,
/// and the past of each but the first is that of the one before and its own slot.
///
/// # Safety
/// The processor must have the instructions of V.
#[inline(always)]
pub(super) unsafe fn look_back<V: Vector, const TOKENS: usize, const FUSED: bool>(
    attention: &Attention<'_>,
    place: (usize, usize),
    (keys, values): (&[Tile], &[Tile]),
    scores: &mut [Tile],
    output: &mut [Tile],
) {
    let first = place.1;
    let past = attention.pasts[first + TOKENS - 1];
    // (tiles, TOKENS)
    let scores = &mut scores[..past.len().div_ceil(LANES) * TOKENS];
    for (slots, scores) in past.chunks(LANES).zip(scores.as_chunks_mut().0) {
        // SAFETY: the caller's promise.
        unsafe { score::<V, TOKENS, FUSED>(attention, place, keys, slots, scores) };
    }
    for token in 0..TOKENS {
        let count = attention.pasts[first + token].len();
        softmax::<TOKENS>(scores, token, count, attention.scale);
    }
    let (weights, _) = scores.as_chunks();
    // Half the registers for totals.
    let many = 2 * LOOKING / TOKENS;
    for tile in (0..attention.head_tiles).step_by(many) {
        let rest = attention.head_tiles - tile;
        // SAFETY: the caller's promise.
        unsafe {
            match rest.min(many) {
                4 => collect::<V, TOKENS, 4>(attention, (tile, first), values, weights, output),
                2 => collect::<V, TOKENS, 2>(attention, (tile, first), values, weights, output),
                rest => {
                    for tile in tile..tile + rest {
                        collect::<V, TOKENS, 1>(attention, (tile, first), values, weights, output);
                    }
                }
            }
        }
    }
}

/// The products of the tokens' queries with the keys of up to 16 slots.
///
/// # Safety
/// The processor must have the instructions of V.
#[inline(always)]
unsafe fn score<V: Vector, const TOKENS: usize, const FUSED: bool>(
    attention: &Attention<'_>,
    (head, first): (usize, usize),
    keys: &[Tile],
    slots: &[u32],
    scores: &mut [Tile; TOKENS],
) {
    if !is_block(slots) {
        for (token, scores) in scores.iter_mut().enumerate() {
            score_scattered::<FUSED>(attention, (head, first + token), keys, slots, scores);
        }
        return;
    }
    let size = attention.head_tiles * LANES;
    let keys = &keys[slots[0] as usize / LANES * size..][..size];
    for (few, scores) in scores.as_chunks_mut().0.iter_mut().enumerate() {
        // SAFETY: the caller's promise.
        *scores = unsafe { products::<V>(attention, (head, first + few * FEW), keys) };
    }
}

/// The products of a few tokens' queries with the 16 keys of a block; each in the four chains of sums,
/// joined in the same order, that a token by itself has.
///
/// # Safety
/// The processor must have the instructions of V.
#[inline(always)]
unsafe fn products<V: Vector>(
    attention: &Attention<'_>,
    (head, first): (usize, usize),
    keys: &[Tile],
) -> [Tile; FEW] {
    // SAFETY: the caller's promise.
    unsafe {
        let mut sums = [[V::splat(0.0); CHAINS]; FEW];
        for (tile, keys) in keys.as_chunks::<LANES>().0.iter().enumerate() {
            let queries: &[Tile; FEW] = attention.tiles(0, head, tile, first);
            for (place, keys) in keys.as_chunks::<CHAINS>().0.iter().enumerate() {
                for chain in 0..CHAINS {
                    let key = V::of(&keys[chain]);
                    for token in 0..FEW {
                        let query = V::splat(queries[token].0[place * CHAINS + chain]);
                        let sum = &mut sums[token][chain];
                        *sum = key.times_plus(query, *sum);
                    }
                }
            }
        }
        let mut products = [Tile::ZERO; FEW];
        for token in 0..FEW {
            let [a, b, c, d] = sums[token];
            products[token] = a.plus(b).plus(c.plus(d)).tile();
        }
        products
    }
}

/// The sums of the values of the tokens' pasts, each times its weight, for TILES tiles of a head, from
/// `place.0` on; `weights: (tiles of slots, TOKENS)`.
///
/// # Safety
/// The processor must have the instructions of V.
#[inline(always)]
unsafe fn collect<V: Vector, const TOKENS: usize, const TILES: usize>(
    attention: &Attention<'_>,
    (tile, first): (usize, usize),
    values: &[Tile],
    weights: &[[Tile; TOKENS]],
    output: &mut [Tile],
) {
    let past = attention.pasts[first + TOKENS - 1];
    // Slots that all of the tokens see; each of the last ones is seen from its own token on.
    let common = attention.pasts[first].len();
    let value = |slot: u32| {
        let place = slot as usize * attention.head_tiles + tile;
        values[place..].first_chunk().expect("a whole head")
    };
    // SAFETY: the caller's promise.
    unsafe {
        let mut totals = [[V::splat(0.0); TILES]; TOKENS];
        for (slots, weights) in past[..common].chunks(LANES).zip(weights) {
            for (lane, &slot) in slots.iter().enumerate() {
                add::<V, TOKENS, TILES>(&mut totals, weights, lane, value(slot));
            }
        }
        for token in 0..TOKENS {
            // In this order the sums of each token grow slot after slot.
            for index in common..common + token {
                let weight = V::splat(weights[index / LANES][token].0[index % LANES]);
                let value: &[Tile; TILES] = value(past[index]);
                for tile in 0..TILES {
                    let total = &mut totals[token][tile];
                    *total = V::of(&value[tile]).times_plus(weight, *total);
                }
            }
            for (index, total) in totals[token].iter().enumerate() {
                output[(tile + index) * attention.pasts.len() + first + token] = total.tile();
            }
        }
    }
}

/// Add a slot's value to the totals, each times the token's weight in a lane.
///
/// # Safety
/// The processor must have the instructions of V.
#[inline(always)]
unsafe fn add<V: Vector, const TOKENS: usize, const TILES: usize>(
    totals: &mut [[V; TILES]; TOKENS],
    weights: &[Tile; TOKENS],
    lane: usize,
    value: &[Tile; TILES],
) {
    // SAFETY: the caller's promise.
    unsafe {
        for token in 0..TOKENS {
            let weight = V::splat(weights[token].0[lane]);
            for tile in 0..TILES {
                let total = &mut totals[token][tile];
                *total = V::of(&value[tile]).times_plus(weight, *total);
            }
        }
    }
}
