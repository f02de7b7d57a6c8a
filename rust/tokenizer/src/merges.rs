use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rustc_hash::FxHashMap;

/// Two tokens, the left one first.
pub(crate) type Pair = (u32, u32);

/// Which pairs of tokens become one, and in which order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Merges(FxHashMap<Pair, Joined>);

/// What a pair becomes.
#[derive(Clone, Copy, Debug)]
struct Joined {
    /// Of two pairs that may be merged, the one of the smaller rank is.
    rank: u32,
    id: u32,
}

impl Merges {
    /// Merges in the order of their ranks: both tokens of each, and the one they become.
    pub(crate) fn new(merges: impl ExactSizeIterator<Item = (Pair, u32)>) -> Self {
        let mut joined = FxHashMap::default();
        joined.reserve(merges.len());
        joined.extend(
            (0..)
                .zip(merges)
                .map(|(rank, (pair, id))| (pair, Joined { rank, id })),
        );
        Self(joined)
    }
}

/// A token of a piece, in a list from which tokens are taken out.
#[derive(Clone, Copy)]
struct Node {
    id: u32,
    /// Places of the tokens beside it; none is [`END`].
    before: usize,
    behind: usize,
    taken_out: bool,
}

const END: usize = usize::MAX;

/// A pair that may be merged: its rank, the place of its left token, and what it becomes.
type Candidate = Reverse<(u32, usize, u32)>;

/// Merges pieces, in memory that it keeps from one to the next.
pub(crate) struct Merger<'a> {
    merges: &'a Merges,
    nodes: Vec<Node>,
    candidates: BinaryHeap<Candidate>,
}

impl<'a> Merger<'a> {
    pub(crate) fn new(merges: &'a Merges) -> Self {
        Self {
            merges,
            nodes: Vec::new(),
            candidates: BinaryHeap::new(),
        }
    }

    /// Append to `ids` what the tokens of a piece become.
    ///
    /// The pair of the smallest rank is merged, of several the first one, until there is none: in a time
    /// that grows little faster than the piece.
    pub(crate) fn merge(&mut self, piece: impl Iterator<Item = u32>, ids: &mut Vec<u32>) {
        self.nodes.clear();
        self.nodes.extend(piece.enumerate().map(|(place, id)| Node {
            id,
            before: place.wrapping_sub(1),
            behind: place + 1,
            taken_out: false,
        }));
        let Some(last) = self.nodes.last_mut() else {
            return;
        };
        last.behind = END;
        for left in 0..self.nodes.len() - 1 {
            self.consider(left);
        }
        while let Some(Reverse((_, left, id))) = self.candidates.pop() {
            // What stood here when the pair was found may have changed. If what stands here now becomes
            // the same token, it is merged, as `tokenizers` does, though its own rank may be another.
            if !self.nodes[left].taken_out && self.joined(left).is_some_and(|now| now.id == id) {
                self.join(left, id);
            }
        }
        let left = self.nodes.iter().filter(|node| !node.taken_out);
        ids.extend(left.map(|node| node.id));
    }

    /// What a token and the one behind it become.
    fn joined(&self, left: usize) -> Option<Joined> {
        let node = self.nodes[left];
        let right = self.nodes.get(node.behind)?;
        self.merges.0.get(&(node.id, right.id)).copied()
    }

    fn consider(&mut self, left: usize) {
        if let Some(Joined { rank, id }) = self.joined(left) {
            self.candidates.push(Reverse((rank, left, id)));
        }
    }

    fn join(&mut self, left: usize, id: u32) {
        let right = self.nodes[left].behind;
        let behind = self.nodes[right].behind;
        self.nodes[right].taken_out = true;
        self.nodes[left].id = id;
        self.nodes[left].behind = behind;
        if let Some(behind) = self.nodes.get_mut(behind) {
            behind.before = left;
        }
        let before = self.nodes[left].before;
        if before != END {
            self.consider(before);
        }
        self.consider(left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(merges: &[(Pair, u32)], piece: &[u32]) -> Vec<u32> {
        let merges = Merges::new(merges.iter().copied());
        let mut ids = Vec::new();
        Merger::new(&merges).merge(piece.iter().copied(), &mut ids);
        ids
    }

    #[test]
    fn the_first_merge_of_the_list_is_made_first() {
        let merges = [((1, 2), 10), ((0, 1), 11), ((10, 3), 12)];
        assert_eq!(merged(&merges, &[0, 1, 2, 3]), [0, 12]);
        assert_eq!(merged(&merges, &[0, 1, 3]), [11, 3]);
    }

    #[test]
    fn of_equal_pairs_the_first_is_merged_first() {
        assert_eq!(merged(&[((0, 0), 1)], &[0, 0, 0]), [1, 0]);
        assert_eq!(merged(&[((0, 0), 1), ((1, 1), 2)], &[0; 5]), [2, 0]);
    }

    #[test]
    fn without_merges_and_without_tokens_nothing_changes() {
        assert_eq!(merged(&[], &[3, 4]), [3, 4]);
        assert_eq!(merged(&[((0, 0), 1)], &[]), [0; 0]);
        assert_eq!(merged(&[((0, 0), 1)], &[0]), [0]);
    }

    #[test]
    fn a_long_piece_is_merged_in_a_moment() {
        let merges: Vec<(Pair, u32)> = (0..20).map(|id| ((id, id), id + 1)).collect();
        assert_eq!(merged(&merges, &vec![0; 1 << 20]), [20]);
    }
}
