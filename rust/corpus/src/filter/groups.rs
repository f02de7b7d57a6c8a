/// Numbers equal keys alike: 0 for the first key, 1 for the next that differs, and so on.
///
/// A hash table with open addressing that is never more than half full. The keys are 64-bit hashes
/// of words, or pairs of numbers that this table gave: std's HashMap took twice as long here.
pub(super) struct Groups {
    slots: Vec<Slot>,
    /// A key's slot is in the highest bits of its product with [`MULTIPLIER`].
    shift: u32,
    /// How often each group occurred.
    counts: Vec<u32>,
}

#[derive(Clone, Copy)]
struct Slot {
    key: u64,
    group: u32,
}

const EMPTY: u32 = u32::MAX;

/// The golden ratio times 2^64, odd (Knuth, "The Art of Computer Programming", volume 3, 6.4):
/// spreads keys that differ in their low bits only.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

impl Groups {
    /// Makes a table for at most `keys` keys.
    pub(super) fn with_capacity(keys: usize) -> Self {
        let slots = (2 * keys).next_power_of_two().max(2);
        Self {
            slots: vec![
                Slot {
                    key: 0,
                    group: EMPTY
                };
                slots
            ],
            shift: u64::BITS - slots.trailing_zeros(),
            counts: Vec::new(),
        }
    }

    /// Counts one more occurrence of the key and returns its group.
    #[inline]
    pub(super) fn add(&mut self, key: u64) -> u32 {
        let mut index = (key.wrapping_mul(MULTIPLIER) >> self.shift) as usize;
        loop {
            let slot = &mut self.slots[index];
            if slot.group == EMPTY {
                let group = u32::try_from(self.counts.len()).expect("fewer than 2^32 words");
                *slot = Slot { key, group };
                self.counts.push(1);
                return group;
            }
            if slot.key == key {
                self.counts[slot.group as usize] += 1;
                return slot.group;
            }
            index = (index + 1) & (self.slots.len() - 1);
        }
    }

    /// Returns how often each group occurred, by its number.
    pub(super) fn into_counts(self) -> Vec<u32> {
        self.counts
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keys_are_numbered_in_the_order_of_their_first_occurrence(
            keys in prop::collection::vec(0_u64..20, 0..60), high: bool,
        ) {
            // Keys that differ in their highest bits only must be told apart too.
            let keys: Vec<u64> = keys.iter().map(|key| if high { key << 59 } else { *key }).collect();
            let mut groups = Groups::with_capacity(keys.len());
            let mut distinct: Vec<u64> = Vec::new();
            for key in &keys {
                if !distinct.contains(key) {
                    distinct.push(*key);
                }
                let group = groups.add(*key) as usize;
                prop_assert_eq!(distinct[group], *key);
            }
            let counts = groups.into_counts();
            for (key, count) in distinct.iter().zip(&counts) {
                let expected = keys.iter().filter(|other| *other == key).count();
                prop_assert_eq!(*count as usize, expected);
            }
            prop_assert_eq!(counts.len(), distinct.len());
        }
    }
}
