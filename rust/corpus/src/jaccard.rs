use std::cmp::Ordering;

/// Returns the distinct hashes in ascending order, as [`jaccard`] wants them.
pub fn distinct(mut hashes: Vec<u64>) -> Vec<u64> {
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// Returns the Jaccard similarity of two sets, each given by its elements in ascending order.
///
/// That is the number of elements in common, divided by the number of elements in either; 1 for
/// two empty sets.
pub fn jaccard(
    left: impl ExactSizeIterator<Item = u64>,
    right: impl ExactSizeIterator<Item = u64>,
) -> f64 {
    let total = left.len() + right.len();
    let common = common(left, right);
    if total == 0 {
        1.0
    } else {
        common as f64 / (total - common) as f64
    }
}

fn common(mut left: impl Iterator<Item = u64>, mut right: impl Iterator<Item = u64>) -> usize {
    let mut count = 0;
    let (mut one, mut other) = (left.next(), right.next());
    while let (Some(a), Some(b)) = (one, other) {
        match a.cmp(&b) {
            Ordering::Less => one = left.next(),
            Ordering::Greater => other = right.next(),
            Ordering::Equal => {
                count += 1;
                (one, other) = (left.next(), right.next());
            }
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn of(left: &[u64], right: &[u64]) -> f64 {
        jaccard(left.iter().copied(), right.iter().copied())
    }

    #[test]
    fn the_share_of_common_elements() {
        assert_eq!(of(&[1, 2, 3], &[2, 3, 4]), 0.5);
        assert_eq!(of(&[1], &[2]), 0.0);
        assert_eq!(of(&[1], &[]), 0.0);
        assert_eq!(of(&[], &[]), 1.0);
    }

    proptest! {
        #[test]
        fn equals_the_definition(
            left: BTreeSet<u64>, right: BTreeSet<u64>, both: BTreeSet<u64>,
        ) {
            let left: BTreeSet<u64> = &left | &both;
            let right: BTreeSet<u64> = &right | &both;
            let union = (&left | &right).len().max(1);
            let expected = if left.is_empty() && right.is_empty() {
                1.0
            } else {
                (&left & &right).len() as f64 / union as f64
            };
            prop_assert_eq!(jaccard(left.into_iter(), right.into_iter()), expected);
        }

        #[test]
        fn distinct_hashes_are_a_set_in_order(hashes: Vec<u64>) {
            let expected: Vec<u64> = BTreeSet::from_iter(hashes.clone()).into_iter().collect();
            prop_assert_eq!(distinct(hashes), expected);
        }
    }
}
