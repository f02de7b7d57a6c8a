//! MinHash signatures, cut into bands (Broder, "On the resemblance and containment of documents",
//! 1997; bands: Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", chapter 3).

use std::num::NonZeroUsize;

use pulp::Arch;
use xxhash_rust::xxh3::xxh3_64;

/// How many shingles are run through one group of permutations before the next group: 4 KB, which
/// stay in the first-level cache.
const BLOCK: usize = 1024;

/// Permutations that go through a block together, as many as keep the compiler's vectors busy: 8,
/// 16 and 64 were up to a tenth slower.
const LANES: usize = 32;

/// The first bit, without which signed numbers have the order of unsigned ones. Processors compare
/// signed ones: those that any x86-64 must have compare no others.
const SIGN: u32 = 1 << 31;

/// Where the sequence of random numbers begins; any number would do, but it must not change, since
/// signatures of different seeds cannot be compared.
const SEED: u64 = 0x6770_7432_726f;

/// Reduces the shingles of a text to the bands of its signature.
///
/// Two texts whose sets of shingles have the Jaccard similarity J share a given band with the
/// probability J^rows, and at least one of b bands with 1 - (1 - J^rows)^b.
#[derive(Clone, Debug)]
pub struct MinHasher {
    rows: usize,
    permutations: usize,
    /// Permutation i of the 32-bit numbers is x * multiplier + increment, modulo 2^32, with an odd
    /// multiplier; they stand in groups of [`LANES`].
    groups: Vec<Group>,
    /// The vector instructions of this processor.
    vectors: Arch,
}

#[derive(Clone, Debug)]
struct Group {
    multipliers: [u32; LANES],
    increments: [u32; LANES],
}

impl MinHasher {
    /// Makes a hasher for signatures of `bands` bands, each of `rows` minima.
    ///
    /// With the same numbers it is always the same hasher.
    pub fn new(bands: usize, rows: NonZeroUsize) -> Self {
        let permutations = bands * rows.get();
        let mut random = SplitMix64(SEED);
        let groups = (0..permutations.div_ceil(LANES))
            .map(|_| Group::new(&mut random))
            .collect();
        Self {
            rows: rows.get(),
            permutations,
            groups,
            vectors: Arch::new(),
        }
    }

    /// Returns the bands: for each, a hash of its minima.
    ///
    /// The order of the shingles and repetitions among them change nothing.
    pub fn bands(&self, shingles: &[u64]) -> Vec<u64> {
        self.minima(shingles)
            .chunks_exact(self.rows)
            .map(hash_of)
            .collect()
    }

    /// Returns the smallest value that each permutation gives to any of the shingles.
    fn minima(&self, shingles: &[u64]) -> Vec<u32> {
        let mut minima = vec![[i32::MAX; LANES]; self.groups.len()];
        let mut block = Vec::with_capacity(BLOCK.min(shingles.len()));
        for chunk in shingles.chunks(BLOCK) {
            block.clear();
            block.extend(chunk.iter().map(|shingle| (shingle >> 32) as u32));
            // With AVX2, which has a product of 32 bits, a signature takes three fifths of the time.
            self.vectors.dispatch(|| {
                for (group, minima) in self.groups.iter().zip(&mut minima) {
                    group.lower(&block, minima);
                }
            });
        }
        let minima = &minima.as_flattened()[..self.permutations];
        minima.iter().map(|minimum| ordered(*minimum)).collect()
    }
}

impl Group {
    fn new(random: &mut SplitMix64) -> Self {
        let mut group = Self {
            multipliers: [0; LANES],
            increments: [0; LANES],
        };
        for lane in 0..LANES {
            group.multipliers[lane] = random.next_u32() | 1;
            group.increments[lane] = random.next_u32() ^ SIGN;
        }
        group
    }

    /// Lowers the minima to the least values that the permutations give to the numbers.
    ///
    /// Inlined, so that it is compiled for the instructions of its caller.
    #[inline(always)]
    fn lower(&self, numbers: &[u32], minima: &mut [i32; LANES]) {
        let mut least = *minima;
        for number in numbers {
            let permutations = self.multipliers.iter().zip(&self.increments);
            for ((multiplier, increment), least) in permutations.zip(&mut least) {
                let value = number.wrapping_mul(*multiplier).wrapping_add(*increment);
                *least = value.cast_signed().min(*least);
            }
        }
        *minima = least;
    }
}

/// Returns the unsigned number that has the place of a signed one among all.
fn ordered(number: i32) -> u32 {
    number.cast_unsigned() ^ SIGN
}

fn hash_of(minima: &[u32]) -> u64 {
    let bytes: Vec<u8> = minima
        .iter()
        .flat_map(|minimum| minimum.to_le_bytes())
        .collect();
    xxh3_64(&bytes)
}

/// Random numbers (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
struct SplitMix64(u64);

impl SplitMix64 {
    fn next_u32(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 32) as u32
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hasher(bands: usize, rows: usize) -> MinHasher {
        MinHasher::new(bands, NonZeroUsize::new(rows).unwrap())
    }

    /// `count` numbers that look random, others for another `from`.
    fn numbers(from: u64, count: usize) -> Vec<u64> {
        (0..count as u64)
            .map(|n| xxh3_64(&(from + n).to_le_bytes()))
            .collect()
    }

    #[test]
    fn there_are_as_many_bands_as_asked_for() {
        for bands in [0, 1, 5, 20] {
            assert_eq!(hasher(bands, 6).bands(&numbers(0, 10)).len(), bands);
        }
    }

    #[test]
    fn the_minima_are_those_of_the_formula() {
        let hasher = hasher(3, 13);
        let shingles = numbers(7, 3000);
        for (index, minimum) in hasher.minima(&shingles).iter().enumerate() {
            let group = &hasher.groups[index / LANES];
            let (a, b) = (
                group.multipliers[index % LANES],
                group.increments[index % LANES],
            );
            let least = shingles
                .iter()
                .map(|x| ((x >> 32) as u32).wrapping_mul(a).wrapping_add(b ^ SIGN));
            assert_eq!(Some(*minimum), least.min());
        }
    }

    #[test]
    fn minima_agree_as_often_as_the_sets_have_elements_in_common() {
        // J = 3/4: of 400 and 300 shingles, 300 in common. 200 pairs with 120 minima each: the
        // standard deviation of the share is 0.0028, if the permutations are independent.
        let hasher = hasher(20, 6);
        let agreeing: usize = (0..200)
            .map(|pair| {
                let shingles = numbers(pair * 1000, 400);
                let (one, other) = (hasher.minima(&shingles), hasher.minima(&shingles[..300]));
                one.iter().zip(&other).filter(|(a, b)| a == b).count()
            })
            .sum();
        let share = agreeing as f64 / (200.0 * 120.0);
        assert!((share - 0.75).abs() < 4.0 * 0.0028, "{share}");
    }

    proptest! {
        #[test]
        fn order_and_repetition_change_nothing(mut shingles: Vec<u64>) {
            let hasher = hasher(4, 5);
            let bands = hasher.bands(&shingles);
            shingles.extend(shingles.clone());
            shingles.reverse();
            prop_assert_eq!(hasher.bands(&shingles), bands);
        }
    }
}
