//! Attention of one head: the keys and values of new tokens are remembered, then each token looks
//! back at the tokens of its own sequence.

mod several;
mod single;
mod softmax;

use super::isa::Level;
use super::vectors::Vector;
#[cfg(target_arch = "x86_64")]
use super::vectors::{Avx2, Avx512};
use super::{Isa, LANES, Tile};

/// Most tokens that look back together: their scores of 16 slots, or 32 of their values, fill half the
/// registers of AVX-512.
pub const LOOKING: usize = 8;
/// Fewer that do so; less than these look back one by one.
const FEW: usize = 4;

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
        match isa.level() {
            // SAFETY: every processor can do this.
            Level::Portable => unsafe { job.compute::<Tile, false>() },
            // SAFETY: an Isa of this level exists only if the processor has the instructions.
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => unsafe { avx2(job) },
            // SAFETY: likewise.
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 | Level::Avx512Bf16 => unsafe { avx512(job) },
        }
    }

    /// Only remember the keys and values of a head, for tokens to come.
    pub fn remember(&self, head: usize, cache: HeadCache<'_>) {
        for token in 0..self.pasts.len() {
            remember(self, head, token, cache.keys, cache.values);
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

    /// How many tokens from one on have pasts that grow by a slot each, so that they are neighbours in
    /// one sequence.
    #[inline(always)]
    fn neighbours(&self, token: usize) -> usize {
        let pasts = &self.pasts[token..];
        let follows = |pair: &&[&[u32]]| {
            std::ptr::eq(pair[0].as_ptr(), pair[1].as_ptr()) && pair[0].len() + 1 == pair[1].len()
        };
        1 + pasts.windows(2).take_while(follows).count()
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
fn avx2(job: Job<'_>) {
    // SAFETY: this function is only called where these instructions are.
    unsafe { job.compute::<Avx2, true>() }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
fn avx512(job: Job<'_>) {
    // SAFETY: likewise.
    unsafe { job.compute::<Avx512, true>() }
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
    /// # Safety
    /// The processor must have the instructions of V.
    #[inline(always)]
    unsafe fn compute<V: Vector, const FUSED: bool>(self) {
        let Self {
            attention,
            head,
            cache,
            scores,
            output,
        } = self;
        for token in 0..attention.pasts.len() {
            remember(attention, head, token, cache.keys, cache.values);
        }
        let memory = (&*cache.keys, &*cache.values);
        let mut token = 0;
        while token < attention.pasts.len() {
            let mut rest = attention.neighbours(token);
            while rest > 0 {
                let place = (head, token);
                let count = match rest {
                    LOOKING.. => LOOKING,
                    FEW.. => FEW,
                    _ => 1,
                };
                // SAFETY: the caller's promise.
                unsafe {
                    match count {
                        LOOKING => several::look_back::<V, LOOKING, FUSED>(
                            attention, place, memory, scores, output,
                        ),
                        FEW => several::look_back::<V, FEW, FUSED>(
                            attention, place, memory, scores, output,
                        ),
                        _ => single::look_back::<FUSED>(attention, place, memory, scores, output),
                    }
                }
                token += count;
                rest -= count;
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
