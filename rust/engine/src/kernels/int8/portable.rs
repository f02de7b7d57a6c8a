//! Sums of products of bytes on any processor.

use super::{Dot, LANES, LINE, Sums};

/// Without particular instructions.
pub(super) struct Portable;

impl Dot for Portable {
    #[inline(always)]
    unsafe fn sums<const TOKENS: usize>(
        lines: &[[u8; LINE]],
        group: &[[u8; LANES]],
        offsets: &Sums,
    ) -> [Sums; TOKENS] {
        let mut sums = [*offsets; TOKENS];
        let (lines, _) = lines.as_chunks::<4>();
        for (lines, inputs) in lines.iter().zip(group.as_chunks::<TOKENS>().0) {
            for token in 0..TOKENS {
                let (fours, _) = inputs[token].as_chunks::<4>();
                for (line, four) in lines.iter().zip(fours) {
                    add_line(&mut sums[token], line, four);
                }
            }
        }
        sums
    }
}

#[inline(always)]
fn add_line(sums: &mut Sums, line: &[u8; LINE], four: &[u8; 4]) {
    let (rows, _) = line.as_chunks::<4>();
    for row in 0..LANES {
        for column in 0..4 {
            let weight = i32::from(rows[row][column].cast_signed());
            sums[row] += weight * i32::from(four[column]);
        }
    }
}
