//! Tables that keep no keys: different keys may share a place, equal ones always do.

/// A bit for each place; whether a key that was never marked seems to be is a matter of luck.
pub(super) struct Marks<'room> {
    bits: &'room mut [u64],
    /// A key's place is in its highest bits.
    shift: u32,
}

/// The fewest bits, of which the pairs of a short text seldom share one.
const MIN_BITS: usize = 8192;
/// Bits for each byte of a text, where a word with what follows it has six bytes or seven.
const BITS_PER_BYTE: usize = 2;

impl<'room> Marks<'room> {
    /// Makes a table for the pairs of words and the lines of a text of so many bytes, in some room.
    pub(super) fn for_text_of(bytes: usize, room: &'room mut Vec<u64>) -> Self {
        let bits = (BITS_PER_BYTE * bytes).next_power_of_two().max(MIN_BITS);
        room.clear();
        room.resize(bits / 64, 0);
        Self {
            bits: room,
            shift: u64::BITS - bits.trailing_zeros(),
        }
    }

    /// Marks the place of a key, and returns whether it was marked before.
    #[inline(always)]
    pub(super) fn mark(&mut self, key: u64) -> bool {
        let place = key >> self.shift;
        let bits = &mut self.bits[(place / 64) as usize];
        let was_marked = *bits >> (place % 64) & 1 != 0;
        *bits |= 1 << (place % 64);
        was_marked
    }
}

/// Some keys, marked once and for all.
#[derive(Clone, Debug)]
pub(super) struct KeySet([u64; SET_BITS / 64]);

/// So many that of a hundred keys few others share a bit, and that they stay in the first-level cache.
const SET_BITS: usize = 4096;

impl KeySet {
    pub(super) fn new() -> Self {
        Self([0; SET_BITS / 64])
    }

    pub(super) fn insert(&mut self, key: u64) {
        let (index, bit) = Self::place(key);
        self.0[index] |= bit;
    }

    /// Returns whether a key may be among them; if not, it is not.
    #[inline(always)]
    pub(super) fn may_hold(&self, key: u64) -> bool {
        let (index, bit) = Self::place(key);
        self.0[index] & bit != 0
    }

    #[inline(always)]
    fn place(key: u64) -> (usize, u64) {
        let place = key >> (u64::BITS - SET_BITS.trailing_zeros());
        ((place / 64) as usize, 1 << (place % 64))
    }
}

/// How often the keys of each place occurred, and what they weigh together.
pub(super) struct Weights([u64; PLACES]);

/// A few hundred: the most frequent word of a text is one of twenty, and the others should add
/// little to it.
const PLACES: usize = 256;
/// The number is above these bits, the weight is in them.
const WEIGHT_BITS: u32 = 40;

impl Weights {
    pub(super) fn new() -> Self {
        Self([0; PLACES])
    }

    #[inline(always)]
    pub(super) fn add(&mut self, key: u64, weight: usize) {
        let place = (key >> (u64::BITS - PLACES.trailing_zeros())) as usize;
        self.0[place] += (1 << WEIGHT_BITS) + weight as u64;
    }

    /// Returns the weight of the heaviest place whose keys occurred so often, or 0.
    #[inline(always)]
    pub(super) fn heaviest(&self, occurrences: usize) -> usize {
        let least = (occurrences as u64) << WEIGHT_BITS;
        let mut heaviest = 0;
        for place in &self.0 {
            let weight = place & ((1 << WEIGHT_BITS) - 1);
            let weight = if *place >= least { weight } else { 0 };
            heaviest = weight.max(heaviest);
        }
        heaviest as usize
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_that_was_marked_always_seems_to_be(keys: Vec<u64>) {
            let mut room = vec![u64::MAX; 3];
            let mut marks = Marks::for_text_of(keys.len(), &mut room);
            for (index, key) in keys.iter().enumerate() {
                let was_marked = marks.mark(*key);
                prop_assert!(was_marked || !keys[..index].contains(key));
                prop_assert!(marks.mark(*key));
            }
        }

        #[test]
        fn no_key_that_occurred_so_often_weighs_more_than_the_heaviest_place(
            keys in prop::collection::vec((0_u64..4, 1_usize..9), 0..20),
        ) {
            let mut weights = Weights::new();
            let keys: Vec<_> = keys.into_iter().map(|(key, weight)| (key << 62, weight)).collect();
            for (key, weight) in &keys {
                weights.add(*key, *weight);
            }
            let weight_of = |key: u64| {
                let found: Vec<_> = keys.iter().filter(|one| one.0 == key).collect();
                if found.len() < 3 { 0 } else { found.iter().map(|one| one.1).sum() }
            };
            let expected = (0..4).map(|key| weight_of(key << 62)).max();
            prop_assert_eq!(Some(weights.heaviest(3)), expected);
        }
    }

    proptest! {
        #[test]
        fn a_set_may_hold_all_its_keys_and_of_others_those_that_share_a_place(
            keys in prop::collection::vec(any::<u64>(), 0..50), other: u64,
        ) {
            let mut set = KeySet::new();
            keys.iter().for_each(|key| set.insert(*key));
            prop_assert!(keys.iter().all(|key| set.may_hold(*key)));
            let share = keys.iter().any(|key| key >> 52 == other >> 52);
            prop_assert_eq!(set.may_hold(other), share);
        }
    }

    #[test]
    fn hardly_a_key_of_a_short_text_seems_to_be_marked_that_was_not() {
        let mut room = Vec::new();
        let mut marks = Marks::for_text_of(200, &mut room);
        let keys = (1..=30_u64).map(|key| key.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        assert_eq!(keys.filter(|key| marks.mark(*key)).count(), 0);
    }
}
