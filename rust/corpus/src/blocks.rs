//! Sets of bytes of a text, 64 at a time, without a branch for each: the compiler tests many side by
//! side.

/// Bytes of a block; a set of them is a number of 64 bits.
pub(crate) const BLOCK: usize = u64::BITS as usize;

/// Returns the set of those bytes of the block at `start` for which, with the byte behind it,
/// `is_member` holds, the first byte in the lowest bit.
///
/// There must be a byte at `start`; a text ends as if 0 stood behind it.
#[inline(always)]
pub(crate) fn set_at(bytes: &[u8], start: usize, is_member: impl Fn(u8, u8) -> bool) -> u64 {
    let rest = &bytes[start..];
    match rest.first_chunk() {
        Some(block) => set(block, is_member),
        None => {
            let mut block = [0; BLOCK + 1];
            block[..rest.len()].copy_from_slice(rest);
            set(&block, is_member) & (u64::MAX >> (BLOCK - rest.len()))
        }
    }
}

#[inline(always)]
fn set(block: &[u8; BLOCK + 1], is_member: impl Fn(u8, u8) -> bool) -> u64 {
    let mut flags = [0; BLOCK];
    for (index, flag) in flags.iter_mut().enumerate() {
        *flag = u8::from(is_member(block[index], block[index + 1]));
    }
    packed(&flags)
}

/// Bytes of a number.
const BYTES: usize = size_of::<u64>();
/// Times a number with a bit in each byte, it has the bit of byte n in bit 56 + n.
const GATHER: u64 = 0x0102_0408_1020_4080;

/// Returns a set that has the n-th member if the n-th byte is 1 and not if it is 0.
#[inline(always)]
fn packed(flags: &[u8; BLOCK]) -> u64 {
    let (numbers, _) = flags.as_chunks::<BYTES>();
    let mut set = 0;
    for (index, number) in numbers.iter().enumerate() {
        let bits = u64::from_le_bytes(*number).wrapping_mul(GATHER) >> (u64::BITS - BYTES as u32);
        set |= bits << (index * BYTES);
    }
    set
}

/// Yields the members of a set, ascending.
#[inline]
pub(crate) fn members(mut set: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let member = set.trailing_zeros() as usize;
        (set != 0).then(|| {
            set &= set - 1;
            member
        })
    })
}

/// Returns the members of the sets of all blocks from `from` on, as indices of the text.
#[inline]
pub(crate) fn indices(
    bytes: &[u8],
    from: usize,
    is_member: impl Fn(u8, u8) -> bool + Copy,
) -> impl Iterator<Item = usize> {
    let starts = (from..bytes.len()).step_by(BLOCK);
    starts.flat_map(move |start| {
        members(set_at(bytes, start, is_member)).map(move |member| start + member)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn indices_are_those_of_a_byte_at_a_time(
            bytes in prop::collection::vec(97..102_u8, 0..200),
            from in 0..200_usize,
        ) {
            let is_member = |byte: u8, next: u8| byte == b'a' || next == b'b' || next == 0;
            let next = |index: usize| bytes.get(index + 1).copied().unwrap_or_default();
            let expected: Vec<usize> = (from..bytes.len())
                .filter(|index| is_member(bytes[*index], next(*index)))
                .collect();
            let found: Vec<usize> = indices(&bytes, from, is_member).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn members_are_those_of_the_set(set: u64) {
            let expected: Vec<usize> = (0..BLOCK).filter(|member| set >> member & 1 != 0).collect();
            prop_assert_eq!(members(set).collect::<Vec<_>>(), expected);
        }
    }
}
