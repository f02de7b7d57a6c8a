/// Numbers equal keys alike: 0 for the first key, 1 for the next that differs, and so on.
///
/// A hash table with open addressing that is at most a quarter full. The keys are 64-bit hashes of words,
/// or pairs of numbers that this table gave: std's HashMap took twice as long here. The slots hold
/// the numbers only, so that those of a text of ten pages stay in the first-level cache.
pub(super) struct Groups {
    slots: Vec<u32>,
    /// A key's slot is in the highest bits of its product with [`MULTIPLIER`].
    shift: u32,
    /// The key of each group.
    keys: Vec<u64>,
    /// How often each group occurred.
    counts: Vec<u32>,
}

const EMPTY: u32 = u32::MAX;

/// The golden ratio times 2^64, odd (Knuth, "The Art of Computer Programming", volume 3, 6.4):
/// spreads keys that differ in their low bits only.
pub(super) const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

impl Groups {
    /// Makes a table that has room for some different keys, and grows when there are more.
    pub(super) fn with_capacity(keys: usize) -> Self {
        let mut groups = Self {
            slots: Vec::new(),
            shift: 0,
            keys: Vec::with_capacity(keys),
            counts: Vec::with_capacity(keys),
        };
        groups.set_slots((4 * keys).next_power_of_two().max(2));
        groups
    }

    /// Counts one more occurrence of the key and returns its group.
    #[inline]
    pub(super) fn add(&mut self, key: u64) -> u32 {
        let index = self.slot(key);
        let group = self.slots[index];
        if group != EMPTY {
            self.counts[group as usize] += 1;
            return group;
        }
        let group = u32::try_from(self.keys.len()).expect("fewer than 2^32 words");
        self.slots[index] = group;
        self.keys.push(key);
        self.counts.push(1);
        if 4 * self.keys.len() > self.slots.len() {
            self.set_slots(2 * self.slots.len());
        }
        group
    }

    /// Returns where the group of the key is, or an empty place for it.
    #[inline]
    fn slot(&self, key: u64) -> usize {
        let mut index = (key.wrapping_mul(MULTIPLIER) >> self.shift) as usize;
        loop {
            let group = self.slots[index];
            if group == EMPTY || self.keys[group as usize] == key {
                return index;
            }
            index = (index + 1) & (self.slots.len() - 1);
        }
    }

    /// Makes so many slots, a power of two, and puts every group into one.
    fn set_slots(&mut self, count: usize) {
        self.slots = vec![EMPTY; count];
        self.shift = u64::BITS - count.trailing_zeros();
        for group in 0..self.keys.len() {
            let index = self.slot(self.keys[group]);
            self.slots[index] = group as u32;
        }
    }

    /// Returns how many groups there are.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Returns the key of each group, and how often it occurred.
    pub(super) fn into_keys_and_counts(self) -> (Vec<u64>, Vec<u32>) {
        (self.keys, self.counts)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keys_are_numbered_in_the_order_of_their_first_occurrence(
            keys in prop::collection::vec(0_u64..20, 0..60), high: bool, room in 0_usize..9,
        ) {
            // Keys that differ in their highest bits only must be told apart too.
            let keys: Vec<u64> = keys.iter().map(|key| if high { key << 59 } else { *key }).collect();
            let mut groups = Groups::with_capacity(room);
            let mut distinct: Vec<u64> = Vec::new();
            for key in &keys {
                if !distinct.contains(key) {
                    distinct.push(*key);
                }
                let group = groups.add(*key) as usize;
                prop_assert_eq!(distinct[group], *key);
            }
            let (found, counts) = groups.into_keys_and_counts();
            prop_assert_eq!(&found, &distinct);
            for (key, count) in distinct.iter().zip(&counts) {
                let expected = keys.iter().filter(|other| *other == key).count();
                prop_assert_eq!(*count as usize, expected);
            }
        }
    }
}
