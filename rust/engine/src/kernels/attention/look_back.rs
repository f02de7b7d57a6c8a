//! A token looks back, or neighbouring tokens of one sequence do together: a key or a value, loaded once,
//! serves all of them. The sums of each token are taken in the same order either way, so no bit depends
//! on how many look back together.
//!
//! A token by itself has little to do with what it reads, and each head's keys and values begin elsewhere
//! in memory. So while it reads those of one head it asks for those of the next one, in the same places.
//! Without it a token in int8 took 2 to 4 % longer with 64 tokens before it, and one of a batch of 8 took
//! 9 to 17 % longer (AMD Zen 4, one thread, GPT-2 small).

use super::kept::{Kept, PAIR};
use super::softmax::softmax;
use super::{Attention, FEW};
use crate::kernels::prefetch::prefetch;
use crate::kernels::vectors::Vector;
use crate::kernels::{LANES, Tile};

/// Chains of sums of a score.
const CHAINS: usize = 4;
/// Most tiles of a value that are summed at a time. Heads of 64 values, which all published GPT-2s have,
/// are as many.
const MOST_TILES: usize = 4;

/// What TOKENS tokens find, the first of which is `place.1`;
/// `output: (head size / 16, all tokens)`, and the past of each but the first is that of the one before
/// and its own slot.
///
/// # Safety
/// The processor must have the instructions of V.
#[inline(always)]
pub(super) unsafe fn look_back<V: Vector, K: Kept, const TOKENS: usize>(
    attention: &Attention<'_>,
    place: (usize, usize),
    (keys, values): (&[Tile], &[Tile]),
    scores: &mut [Tile],
    output: &mut [Tile],
) {
    let first = place.1;
    let past = attention.pasts.of(first + TOKENS - 1);
    // (tiles, TOKENS)
    let scores = &mut scores[..past.len().div_ceil(LANES) * TOKENS];
    for (slots, scores) in past.chunks(LANES).zip(scores.as_chunks_mut().0) {
        // SAFETY: the caller's promise.
        unsafe { score::<V, K, TOKENS>(attention, place, keys, slots, scores) };
    }
    for token in 0..TOKENS {
        let count = attention.pasts.of(first + token).len();
        softmax::<TOKENS>(scores, token, count, attention.scale);
    }
    let (weights, _) = scores.as_chunks();
    // Half the registers for totals.
    let many = MOST_TILES.min(PAIR * V::LOOKING / TOKENS);
    for tile in (0..attention.head_tiles).step_by(many) {
        let place = (tile, first);
        // SAFETY: the caller's promise.
        unsafe {
            if many == PAIR || attention.head_tiles - tile <= PAIR {
                collect::<V, K, TOKENS, PAIR>(attention, place, values, weights, output);
            } else {
                collect::<V, K, TOKENS, MOST_TILES>(attention, place, values, weights, output);
            }
        }
    }
}

/// The products of the tokens' queries with the keys of up to 16 slots.
///
/// # Safety
/// The processor must have the instructions of V.
#[inline(always)]
unsafe fn score<V: Vector, K: Kept, const TOKENS: usize>(
    attention: &Attention<'_>,
    (head, first): (usize, usize),
    keys: &[Tile],
    slots: &[u32],
    scores: &mut [Tile; TOKENS],
) {
    if !is_block(slots) {
        for (token, scores) in scores.iter_mut().enumerate() {
            // SAFETY: the caller's promise, here and below.
            unsafe {
                score_scattered::<V, K>(attention, (head, first + token), keys, slots, scores);
            }
        }
        return;
    }
    let block = slots[0] as usize / LANES;
    let (fews, single) = scores.as_chunks_mut();
    for (few, scores) in fews.iter_mut().enumerate() {
        let place = (head, first + few * FEW);
        *scores = unsafe { products::<V, K, FEW>(attention, place, keys, block) };
    }
    for (token, score) in single.iter_mut().enumerate() {
        let place = (head, first + token);
        [*score] = unsafe { products::<V, K, 1>(attention, place, keys, block) };
    }
}

/// Whether slots are the first ones of a block, in order. Those of a sequence that was never reordered
/// are, so its scores need not be picked one by one.
#[inline(always)]
fn is_block(slots: &[u32]) -> bool {
    let in_order = |(lane, &slot): (usize, &u32)| slot == slots[0] + lane as u32;
    (slots[0] as usize).is_multiple_of(LANES) && slots.iter().enumerate().all(in_order)
}

/// The same for one token and slots anywhere. Those that follow each other share blocks of 16, so a
/// block's products are computed once for them.
///
/// # Safety
/// The processor must have the instructions of V.
#[inline(always)]
unsafe fn score_scattered<V: Vector, K: Kept>(
    attention: &Attention<'_>,
    place: (usize, usize),
    keys: &[Tile],
    slots: &[u32],
    scores: &mut Tile,
) {
    let (mut block, mut scored) = (usize::MAX, [Tile::ZERO]);
    for (score, &slot) in scores.0.iter_mut().zip(slots) {
        let slot = slot as usize;
        if slot / LANES != block {
            block = slot / LANES;
            // SAFETY: the caller's promise.
            scored = unsafe { products::<V, K, 1>(attention, place, keys, block) };
        }
        *score = scored[0].0[slot % LANES];
    }
}

/// The products of some tokens' queries with the 16 keys of a block; each in four chains of sums, which
/// are joined in the same order for any number of tokens.
///
/// # Safety
/// The processor must have the instructions of V.
#[inline(always)]
unsafe fn products<V: Vector, K: Kept, const TOKENS: usize>(
    attention: &Attention<'_>,
    (head, first): (usize, usize),
    keys: &[Tile],
    block: usize,
) -> [Tile; TOKENS] {
    let (size, next_head) = (LANES / K::VALUES, size_of_val(keys));
    let keys = &keys[block * attention.head_tiles * size..][..attention.head_tiles * size];
    // SAFETY: the caller's promise.
    unsafe {
        let mut sums = [[V::splat(0.0); CHAINS]; TOKENS];
        for (tile, keys) in keys.chunks_exact(size).enumerate() {
            let queries: &[Tile; TOKENS] = attention.tiles(0, head, tile, first);
            for (place, keys) in keys.chunks_exact(CHAINS / K::VALUES).enumerate() {
                if TOKENS == 1 {
                    prefetch(keys, next_head);
                }
                let keys: [V; CHAINS] = K::vectors(keys);
                for chain in 0..CHAINS {
                    for token in 0..TOKENS {
                        let query = V::splat(queries[token].0[place * CHAINS + chain]);
                        let sum = &mut sums[token][chain];
                        *sum = keys[chain].times_plus(query, *sum);
                    }
                }
            }
        }
        let mut products = [Tile::ZERO; TOKENS];
        for token in 0..TOKENS {
            let [a, b, c, d] = sums[token];
            products[token] = a.plus(b).plus(c.plus(d)).tile();
        }
        products
    }
}

/// The sums of the values of the tokens' pasts, each times its weight, for up to TILES tiles of a head,
/// an even number, from `place.0` on; `weights: (tiles of slots, TOKENS)`.
///
/// # Safety
/// The processor must have the instructions of V.
#[inline(always)]
unsafe fn collect<V: Vector, K: Kept, const TOKENS: usize, const TILES: usize>(
    attention: &Attention<'_>,
    (tile, first): (usize, usize),
    values: &[Tile],
    weights: &[[Tile; TOKENS]],
    output: &mut [Tile],
) {
    let past = attention.pasts.of(first + TOKENS - 1);
    // Slots that all of the tokens see; each of the last ones is seen from its own token on.
    let common = attention.pasts.of(first).len();
    let next_head = size_of_val(values);
    let value = |slot: u32| {
        let place = slot as usize * attention.head_tiles.next_multiple_of(PAIR) + tile;
        &values[place / K::VALUES..][..TILES / K::VALUES]
    };
    // SAFETY: the caller's promise.
    unsafe {
        let mut totals = [[V::splat(0.0); TILES]; TOKENS];
        for (slots, weights) in past[..common].chunks(LANES).zip(weights) {
            for (lane, &slot) in slots.iter().enumerate() {
                if TOKENS == 1 {
                    prefetch(value(slot), next_head);
                }
                let value: [V; TILES] = K::vectors(value(slot));
                for token in 0..TOKENS {
                    add(&mut totals[token], weights[token].0[lane], &value);
                }
            }
        }
        for token in 0..TOKENS {
            // In this order the sums of each token grow slot after slot.
            for index in common..common + token {
                let value: [V; TILES] = K::vectors(value(past[index]));
                let weight = weights[index / LANES][token].0[index % LANES];
                add(&mut totals[token], weight, &value);
            }
            let rest = TILES.min(attention.head_tiles - tile);
            for (index, total) in totals[token][..rest].iter().enumerate() {
                output[(tile + index) * attention.pasts.len() + first + token] = total.tile();
            }
        }
    }
}

/// Add a slot's value to a token's totals, times its weight.
///
/// # Safety
/// The processor must have the instructions of V.
#[inline(always)]
unsafe fn add<V: Vector, const TILES: usize>(
    totals: &mut [V; TILES],
    weight: f32,
    value: &[V; TILES],
) {
    // SAFETY: the caller's promise.
    unsafe {
        let weight = V::splat(weight);
        for tile in 0..TILES {
            totals[tile] = value[tile].times_plus(weight, totals[tile]);
        }
    }
}
