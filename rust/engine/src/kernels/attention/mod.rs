//! Attention of one head: the keys and values of new tokens are remembered, then each token looks
//! back at the tokens of its own sequence.

mod kept;
mod look_back;
mod softmax;

pub use kept::CacheFormat;

use self::kept::{Bfloat16, Float32, Kept, PAIR};
use self::look_back::look_back;
use super::isa::Level;
#[cfg(target_arch = "aarch64")]
use super::vectors::Neon;
use super::vectors::Vector;
#[cfg(target_arch = "x86_64")]
use super::vectors::{Avx2, Avx512};
use super::{Isa, LANES, Tile};

/// Most tokens that look back together: their scores of 16 slots, or 32 of their values, fill half the
/// registers of AVX-512.
pub const LOOKING: usize = 8;
/// Fewer that do so; less than these look back one by one.
const FEW: usize = 4;
/// As many as do so where there are fewer registers.
const TWO: usize = 2;

/// What a head remembers: a key and a value for each slot; the slots are a multiple of 16.
///
/// In bfloat16 two of the numbers below fill a lane: neighbours in a key, and in a value those of two
/// neighbouring tiles.
pub struct HeadCache<'a> {
    /// The keys, those of 16 slots side by side: `(slots / 16, head size)` tiles of 16 slots. So the
    /// scores of 16 slots are computed together, and no lanes have to be summed.
    pub keys: &'a mut [Tile],
    /// The values; `(slots, head size / 16)`, padded to an even number of tiles.
    pub values: &'a mut [Tile],
}

impl HeadCache<'_> {
    fn reborrowed(&mut self) -> HeadCache<'_> {
        HeadCache {
            keys: self.keys,
            values: self.values,
        }
    }
}

/// A token of a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Which sequence.
    pub sequence: usize,
    /// How many tokens come before it there.
    pub position: usize,
}

/// Where the tokens of a block are remembered, and those before them.
#[derive(Clone, Copy)]
pub struct Pasts<'a> {
    /// The slots of each sequence, oldest token first, those of the block included.
    pub slots: &'a [Vec<u32>],
    /// The tokens of the block.
    pub block: &'a [Place],
}

impl<'a> Pasts<'a> {
    /// The slots of what a token of the block looks back at; the last one is its own.
    #[inline(always)]
    fn of(&self, token: usize) -> &'a [u32] {
        let place = self.block[token];
        &self.slots[place.sequence][..=place.position]
    }

    /// Tokens of the block.
    #[inline(always)]
    fn len(&self) -> usize {
        self.block.len()
    }
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
    /// What keys and values are remembered as.
    pub format: CacheFormat,
    /// Of the new tokens.
    pub pasts: Pasts<'a>,
    /// Factor of the scores: 1 / sqrt(head size).
    pub scale: f32,
}

impl<'a> Attention<'a> {
    /// Compute one head. `output: (head size / 16, tokens)`; `scores` has room for the longest past,
    /// in whole tiles, of [`LOOKING`] tokens.
    ///
    /// # Panics
    /// A size does not fit.
    pub fn head(
        &self,
        isa: Isa,
        head: usize,
        cache: HeadCache<'_>,
        scores: &mut [Tile],
        output: &mut [Tile],
    ) {
        let job = Job {
            attention: self,
            head,
            cache,
            scores,
            output,
        };
        match self.format {
            CacheFormat::Float32 => job.dispatch::<Float32>(isa),
            CacheFormat::Bfloat16 => job.dispatch::<Bfloat16>(isa),
        }
    }

    /// Only remember the keys and values of a head, for tokens to come.
    pub fn remember(&self, head: usize, cache: HeadCache<'_>) {
        match self.format {
            CacheFormat::Float32 => remember::<Float32>(self, head, cache),
            CacheFormat::Bfloat16 => remember::<Bfloat16>(self, head, cache),
        }
    }

    /// The tiles of neighbouring tokens, the first of which is `token`.
    #[inline(always)]
    fn tiles<const TOKENS: usize>(
        &self,
        kind: usize,
        head: usize,
        tile: usize,
        token: usize,
    ) -> &'a [Tile; TOKENS] {
        let panel = (kind * self.heads + head) * self.head_tiles + tile;
        let tiles = &self.projected[panel * self.pasts.len()..][token..];
        tiles.first_chunk().expect("as many tokens")
    }

    /// How many tokens from one on are neighbours in one sequence, so that their pasts grow by a slot each.
    #[inline(always)]
    fn neighbours(&self, token: usize) -> usize {
        let follows = |pair: &&[Place]| {
            pair[0].sequence == pair[1].sequence && pair[0].position + 1 == pair[1].position
        };
        let block = &self.pasts.block[token..];
        1 + block.windows(2).take_while(follows).count()
    }

    /// A tile of the query (0), key (1) or value (2) of a token.
    #[inline(always)]
    fn tile(&self, kind: usize, head: usize, tile: usize, token: usize) -> &'a Tile {
        let panel = (kind * self.heads + head) * self.head_tiles + tile;
        &self.projected[panel * self.pasts.len() + token]
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2<K: Kept>(job: Job<'_>) {
    // SAFETY: this function is only called where these instructions are.
    unsafe { job.compute::<Avx2, K>() }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
fn avx512<K: Kept>(job: Job<'_>) {
    // SAFETY: likewise.
    unsafe { job.compute::<Avx512, K>() }
}

/// One head to compute.
struct Job<'a> {
    attention: &'a Attention<'a>,
    head: usize,
    cache: HeadCache<'a>,
    scores: &'a mut [Tile],
    output: &'a mut [Tile],
}

impl Job<'_> {
    fn dispatch<K: Kept>(self, isa: Isa) {
        match isa.level() {
            // SAFETY: every processor can do this.
            Level::Portable => unsafe { self.compute::<Tile, K>() },
            // SAFETY: an Isa of this level exists only if the processor has the instructions.
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => unsafe { avx2::<K>(self) },
            // SAFETY: likewise.
            #[cfg(target_arch = "x86_64")]
            Level::Avx512(_) => unsafe { avx512::<K>(self) },
            // SAFETY: likewise.
            #[cfg(target_arch = "aarch64")]
            Level::Neon(_) => unsafe { self.compute::<Neon, K>() },
        }
    }

    /// # Safety
    /// The processor must have the instructions of V.
    #[inline(always)]
    unsafe fn compute<V: Vector, K: Kept>(mut self) {
        let (attention, head) = (self.attention, self.head);
        remember::<K>(attention, head, self.cache.reborrowed());
        let memory = (&*self.cache.keys, &*self.cache.values);
        let (scores, output) = (self.scores, self.output);
        let mut token = 0;
        while token < attention.pasts.len() {
            let mut rest = attention.neighbours(token);
            while rest > 0 {
                let place = (head, token);
                let count = match rest {
                    LOOKING.. if V::LOOKING == LOOKING => LOOKING,
                    FEW.. if V::LOOKING == LOOKING => FEW,
                    TWO.. if V::LOOKING == TWO => TWO,
                    _ => 1,
                };
                // SAFETY: the caller's promise.
                unsafe {
                    match count {
                        LOOKING => {
                            look_back::<V, K, LOOKING>(attention, place, memory, scores, output);
                        }
                        FEW => look_back::<V, K, FEW>(attention, place, memory, scores, output),
                        TWO => look_back::<V, K, TWO>(attention, place, memory, scores, output),
                        _ => look_back::<V, K, 1>(attention, place, memory, scores, output),
                    }
                }
                token += count;
                rest -= count;
            }
        }
    }
}

/// Copy the keys and the values of a head's new tokens to their slots.
#[inline(always)]
fn remember<K: Kept>(attention: &Attention<'_>, head: usize, cache: HeadCache<'_>) {
    let head_tiles = attention.head_tiles;
    let (key_tiles, value_tiles) = (LANES / K::VALUES, PAIR / K::VALUES);
    for (token, place) in attention.pasts.block.iter().enumerate() {
        let slot = attention.pasts.slots[place.sequence][place.position] as usize;
        let keys = cache.keys[slot / LANES * head_tiles * key_tiles..].chunks_exact_mut(key_tiles);
        for (tile, places) in (0..head_tiles).zip(keys) {
            K::put_key(attention.tile(1, head, tile, token), places, slot % LANES);
        }
        let pairs = head_tiles.div_ceil(PAIR);
        let values = cache.values[slot * pairs * value_tiles..].chunks_exact_mut(value_tiles);
        for (pair, places) in (0..pairs).zip(values) {
            let mut value = [&Tile::ZERO; PAIR];
            for tile in 0..PAIR.min(head_tiles - pair * PAIR) {
                value[tile] = attention.tile(2, head, pair * PAIR + tile, token);
            }
            K::put_value(value, places);
        }
    }
}
