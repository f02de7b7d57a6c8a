//! The lines of a text, and in which of them there is one of some pairs of bytes.

use std::ops::Range;

use crate::blocks::{BLOCK, Bytes, Gather, ROOM, Task, below, block_at, run, set};

/// Pairs of bytes, in which letters of ASCII may be small or capital.
#[derive(Clone, Debug, Default)]
pub(super) struct Pairs(Vec<Alike>);

/// Some pairs that end alike; behind the first bytes of those there are, the last is repeated.
#[derive(Clone, Debug)]
struct Alike {
    firsts: [u8; 4],
    count: usize,
    second: u8,
}

/// The bit in which a small letter of ASCII differs from the capital. Without it some other bytes are
/// alike too, so that more is found.
const CASE: u8 = 0x20;

impl Pairs {
    pub(super) fn insert(&mut self, pair: [u8; 2]) {
        let [first, second] = pair.map(|byte| byte | CASE);
        let mut alike = self.0.iter_mut();
        match alike.find(|one| one.second == second && one.count < one.firsts.len()) {
            Some(one) => {
                one.firsts[one.count..].fill(first);
                one.count += 1;
            }
            None => self.0.push(Alike {
                firsts: [first; 4],
                count: 1,
                second,
            }),
        }
    }

    /// Returns the set of the first bytes of the pairs in a block, and of some others.
    #[inline(always)]
    fn set(&self, gather: impl Gather, block: &Bytes) -> u64 {
        let mut found = 0;
        for Alike { firsts, second, .. } in &self.0 {
            let [one, two, three, four] = *firsts;
            found |= set(gather, block, |byte, next| {
                let first = byte | CASE;
                let is_first = (first == one) | (first == two) | (first == three) | (first == four);
                is_first & (next | CASE == *second)
            });
        }
        found
    }
}

/// Gives the lines of a text, as ranges of bytes, and whether there may be a pair in each; none is
/// missed. The last line ends with the text.
pub(super) fn lines_with_pairs(text: &[u8], pairs: &Pairs, give: impl FnMut(Range<usize>, bool)) {
    run(Lines { text, pairs, give });
}

struct Lines<'text, Give> {
    text: &'text [u8],
    pairs: &'text Pairs,
    give: Give,
}

impl<Give: FnMut(Range<usize>, bool)> Task for Lines<'_, Give> {
    type Output = ();

    #[inline(always)]
    fn run(mut self, gather: impl Gather) {
        let mut room = ROOM;
        let (mut line_start, mut has_pair) = (0, false);
        for start in (0..self.text.len()).step_by(BLOCK) {
            let (block, length) = block_at(self.text, start, &mut room);
            let mut ends = set(gather, block, |byte, _| byte == b'\n') & below(length);
            let mut pairs = self.pairs.set(gather, block);
            while ends != 0 {
                let end = ends.trailing_zeros() as usize;
                let in_line = pairs & below(end);
                (self.give)(line_start..start + end, has_pair | (in_line != 0));
                line_start = start + end + 1;
                has_pair = false;
                pairs ^= in_line;
                ends &= ends - 1;
            }
            has_pair |= pairs != 0;
        }
        (self.give)(line_start..self.text.len(), has_pair);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn lines_are_those_between_line_ends_and_no_pair_is_missed(
            pieces in prop::collection::vec("[ab]{0,70}|o|\n|O| |ș|»", 0..60),
        ) {
            let text = pieces.concat();
            let mut pairs = Pairs::default();
            let marks = ["oo", "» "];
            for mark in marks {
                pairs.insert(*mark.as_bytes().last_chunk().expect("two bytes"));
            }
            let mut found = Vec::new();
            lines_with_pairs(text.as_bytes(), &pairs, |range, has_pair| {
                found.push((&text[range], has_pair));
            });
            prop_assert!(found.iter().map(|(line, _)| *line).eq(text.split('\n')));
            for (line, has_pair) in found {
                let small = line.to_lowercase();
                prop_assert!(has_pair || !marks.iter().any(|mark| small.contains(mark)));
                prop_assert!(!has_pair || line.contains(['o', 'O', '»']));
            }
        }
    }
}
