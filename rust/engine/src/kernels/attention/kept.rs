//! How keys and values lie in memory.

use crate::kernels::arithmetic::bf16;
use crate::kernels::vectors::Vector;
use crate::kernels::{LANES, Precision, Tile};

/// The numbers that keys and values are kept as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheFormat {
    /// A value a lane.
    Float32,
    /// Two values a lane, rounded: half the memory, and half of it to read for a token.
    Bfloat16,
}

impl CacheFormat {
    /// What belongs to a precision: bfloat16, unless nothing is rounded.
    #[must_use]
    pub fn of(precision: Precision) -> Self {
        match precision {
            Precision::Fp32 => Self::Float32,
            Precision::Bf16 | Precision::Int8 | Precision::Int4 => Self::Bfloat16,
        }
    }

    /// Tiles of the keys of 16 slots in a head of so many tiles.
    #[must_use]
    pub fn key_tiles(self, head_tiles: usize) -> usize {
        head_tiles * LANES / self.values_a_lane()
    }

    /// The same of values.
    #[must_use]
    pub fn value_tiles(self, head_tiles: usize) -> usize {
        head_tiles.next_multiple_of(PAIR) * LANES / self.values_a_lane()
    }

    fn values_a_lane(self) -> usize {
        match self {
            Self::Float32 => Float32::VALUES,
            Self::Bfloat16 => Bfloat16::VALUES,
        }
    }
}

/// The tiles of a value are padded to a multiple of this: two fill a tile of bfloat16.
pub(super) const PAIR: usize = 2;

/// A [`CacheFormat`] that kernels are compiled for.
pub(super) trait Kept {
    /// Values in a lane.
    const VALUES: usize;

    /// Write a tile of a key into a lane of `places: (16 / VALUES)`.
    fn put_key(key: &Tile, places: &mut [Tile], lane: usize);

    /// Write two tiles of a value into `places: (2 / VALUES)`.
    fn put_value(value: [&Tile; PAIR], places: &mut [Tile]);

    /// The N vectors, an even number, that were put into `N / VALUES` tiles.
    ///
    /// # Safety
    /// The processor must have the instructions of V.
    unsafe fn vectors<V: Vector, const N: usize>(tiles: &[Tile]) -> [V; N];
}

/// [`CacheFormat::Float32`]
pub(super) struct Float32;

impl Kept for Float32 {
    const VALUES: usize = 1;

    #[inline(always)]
    fn put_key(key: &Tile, places: &mut [Tile], lane: usize) {
        for (place, value) in places.iter_mut().zip(key.0) {
            place.0[lane] = value;
        }
    }

    #[inline(always)]
    fn put_value(value: [&Tile; PAIR], places: &mut [Tile]) {
        for (place, tile) in places.iter_mut().zip(value) {
            *place = *tile;
        }
    }

    #[inline(always)]
    unsafe fn vectors<V: Vector, const N: usize>(tiles: &[Tile]) -> [V; N] {
        // SAFETY: the caller's promise.
        unsafe {
            let mut vectors = [V::splat(0.0); N];
            for index in 0..N {
                vectors[index] = V::of(&tiles[index]);
            }
            vectors
        }
    }
}

/// [`CacheFormat::Bfloat16`]: a lane is a word of two, the first one in its low bits.
pub(super) struct Bfloat16;

impl Kept for Bfloat16 {
    const VALUES: usize = 2;

    /// A word is of neighbouring values of the key.
    #[inline(always)]
    fn put_key(key: &Tile, places: &mut [Tile], lane: usize) {
        let (pairs, _) = key.0.as_chunks();
        for (place, &[first, second]) in places.iter_mut().zip(pairs) {
            place.0[lane] = word(first, second);
        }
    }

    /// A word is of the same lane of both tiles, so that each comes out as it was.
    #[inline(always)]
    fn put_value([first, second]: [&Tile; PAIR], places: &mut [Tile]) {
        for lane in 0..LANES {
            places[0].0[lane] = word(first.0[lane], second.0[lane]);
        }
    }

    #[inline(always)]
    unsafe fn vectors<V: Vector, const N: usize>(tiles: &[Tile]) -> [V; N] {
        // SAFETY: the caller's promise.
        unsafe {
            let mut vectors = [V::splat(0.0); N];
            for pair in 0..N / 2 {
                let words = V::of(&tiles[pair]);
                vectors[2 * pair] = words.firsts();
                vectors[2 * pair + 1] = words.seconds();
            }
            vectors
        }
    }
}

/// Two values, rounded, in the bits of one.
#[inline(always)]
fn word(first: f32, second: f32) -> f32 {
    f32::from_bits(u32::from(bf16(first)) | u32::from(bf16(second)) << 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What keys and values of one slot become, as `(16 values)` each.
    fn kept<K: Kept>(tiles: [&Tile; PAIR]) -> ([f32; 4], [Tile; PAIR]) {
        let mut keys = [Tile::ZERO; LANES];
        K::put_key(tiles[0], &mut keys[..LANES / K::VALUES], 3);
        let mut values = [Tile::ZERO; PAIR];
        K::put_value(tiles, &mut values[..PAIR / K::VALUES]);
        // SAFETY: every processor can do this.
        let (keys, values) = unsafe {
            let keys = K::vectors::<Tile, 4>(&keys);
            (keys, K::vectors::<Tile, PAIR>(&values))
        };
        (keys.map(|key| key.0[3]), values)
    }

    #[test]
    fn what_is_kept_comes_back_in_its_place_rounded_or_not() {
        let first = Tile(std::array::from_fn(|lane| lane as f32 + 1.001));
        let second = Tile(first.0.map(|value| -value));
        let (keys, values) = kept::<Float32>([&first, &second]);
        assert_eq!((&keys[..], values), (&first.0[..4], [first, second]));

        let rounded = |value: f32| f32::from_bits(u32::from(bf16(value)) << 16);
        let (keys, values) = kept::<Bfloat16>([&first, &second]);
        assert_eq!(keys, [1.0, 2.0, 3.0, 4.0]);
        let expected = [first, second].map(|tile| Tile(tile.0.map(rounded)));
        assert_eq!(values, expected);
    }

    #[test]
    fn what_is_not_a_number_stays_so() {
        let (numbers, poison) = (Tile([1.0; LANES]), Tile([f32::NAN; LANES]));
        for tiles in [[&numbers, &poison], [&poison, &numbers]] {
            let (_, values) = kept::<Bfloat16>(tiles);
            for (value, tile) in values.iter().zip(tiles) {
                assert_eq!(value.0[7].is_nan(), tile.0[7].is_nan());
            }
        }
    }
}
