//! Sets of bytes of a text, 64 at a time, without a branch for each: the compiler tests many side by
//! side.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{__m256i, __m512i};

#[cfg(target_arch = "x86_64")]
use pulp::{
    NullaryFnOnce,
    bytemuck::cast,
    x86::{V3, V4},
};

/// Bytes of a block; a set of them is a number of 64 bits.
pub(crate) const BLOCK: usize = u64::BITS as usize;

/// Gathers flags of bytes into a set, by what instructions of the processor there are for that.
pub(crate) trait Gather: Copy {
    /// Returns the set that has the n-th member if the n-th flag is 255 and not if it is 0.
    fn set(self, flags: &[u8; BLOCK]) -> u64;
}

/// What is computed by the best instructions of the processor; all that it calls must be inlined, as
/// functions of their own are compiled for any processor.
pub(crate) trait Task {
    type Output;

    fn run(self, gather: impl Gather) -> Self::Output;
}

/// Runs a task, with AVX-512 or AVX2 where there is that.
#[inline]
pub(crate) fn run<T: Task>(task: T) -> T::Output {
    #[cfg(target_arch = "x86_64")]
    if let Some(vectors) = V4::try_new() {
        return vectors.vectorize(Vectorized { task, vectors });
    }
    #[cfg(target_arch = "x86_64")]
    if let Some(vectors) = V3::try_new() {
        return vectors.vectorize(Vectorized { task, vectors });
    }
    task.run(Portable)
}

#[cfg(target_arch = "x86_64")]
struct Vectorized<T, Vectors> {
    task: T,
    vectors: Vectors,
}

#[cfg(target_arch = "x86_64")]
impl<T: Task, Vectors: Gather> NullaryFnOnce for Vectorized<T, Vectors> {
    type Output = T::Output;

    #[inline(always)]
    fn call(self) -> T::Output {
        self.task.run(self.vectors)
    }
}

#[cfg(target_arch = "x86_64")]
impl Gather for V3 {
    #[inline(always)]
    fn set(self, flags: &[u8; BLOCK]) -> u64 {
        let [low, high]: [__m256i; 2] = cast(*flags);
        let bits = |half| u64::from(self.avx2._mm256_movemask_epi8(half).cast_unsigned());
        bits(low) | bits(high) << u32::BITS
    }
}

#[cfg(target_arch = "x86_64")]
impl Gather for V4 {
    #[inline(always)]
    fn set(self, flags: &[u8; BLOCK]) -> u64 {
        let flags: __m512i = cast(*flags);
        self.avx512bw._mm512_movepi8_mask(flags)
    }
}

/// For any processor.
#[derive(Clone, Copy)]
pub(crate) struct Portable;

/// Bytes of a number.
const BYTES: usize = size_of::<u64>();
/// Times a number with a bit in each byte, it has the bit of byte n in bit 56 + n.
const GATHER: u64 = 0x0102_0408_1020_4080;
/// The lowest bit of each byte.
const LOWEST_BITS: u64 = 0x0101_0101_0101_0101;

impl Gather for Portable {
    #[inline(always)]
    fn set(self, flags: &[u8; BLOCK]) -> u64 {
        let (numbers, _) = flags.as_chunks::<BYTES>();
        let mut set = 0;
        for (index, number) in numbers.iter().enumerate() {
            let bits = (u64::from_le_bytes(*number) & LOWEST_BITS).wrapping_mul(GATHER);
            set |= (bits >> (u64::BITS - BYTES as u32)) << (index * BYTES);
        }
        set
    }
}

/// A block of bytes and the byte behind it.
pub(crate) type Bytes = [u8; BLOCK + 1];

/// Returns the block at `start` and how many bytes of the text are in it; behind them is 0.
///
/// Only the last one is copied, to `room`.
#[inline(always)]
pub(crate) fn block_at<'text>(
    bytes: &'text [u8],
    start: usize,
    room: &'text mut Bytes,
) -> (&'text Bytes, usize) {
    let rest = &bytes[start..];
    match rest.first_chunk() {
        Some(block) => (block, BLOCK),
        None => {
            *room = ROOM;
            room[..rest.len()].copy_from_slice(rest);
            (room, rest.len())
        }
    }
}

/// Room for a block.
pub(crate) const ROOM: Bytes = [0; BLOCK + 1];

/// Returns the set of those bytes of a block for which, with the byte behind it, `is_member` holds,
/// the first byte in the lowest bit.
#[inline(always)]
pub(crate) fn set(gather: impl Gather, block: &Bytes, is_member: impl Fn(u8, u8) -> bool) -> u64 {
    let mut flags = [0; BLOCK];
    for (index, flag) in flags.iter_mut().enumerate() {
        *flag = u8::from(is_member(block[index], block[index + 1])).wrapping_neg();
    }
    gather.set(&flags)
}

/// Returns the set of the first bytes of a block, so many.
#[inline(always)]
pub(crate) fn below(length: usize) -> u64 {
    if length < BLOCK {
        (1 << length) - 1
    } else {
        u64::MAX
    }
}

/// Returns the set of those bytes of the block at `start` for which, with the byte behind it,
/// `is_member` holds. A text ends as if 0 stood behind it.
#[inline(always)]
pub(crate) fn set_at(
    gather: impl Gather,
    bytes: &[u8],
    start: usize,
    room: &mut Bytes,
    is_member: impl Fn(u8, u8) -> bool,
) -> u64 {
    let (block, length) = block_at(bytes, start, room);
    set(gather, block, is_member) & below(length)
}

/// Returns how many characters a text has.
pub(crate) fn characters(text: &str) -> usize {
    run(Characters(text.as_bytes()))
}

struct Characters<'text>(&'text [u8]);

impl Task for Characters<'_> {
    type Output = usize;

    #[inline(always)]
    fn run(self, gather: impl Gather) -> usize {
        let mut room = ROOM;
        let continuations = |start| {
            // Behind the text is 0, which is none.
            let (block, _) = block_at(self.0, start, &mut room);
            set(gather, block, is_continuation).count_ones() as usize
        };
        let starts = (0..self.0.len()).step_by(BLOCK);
        self.0.len() - starts.map(continuations).sum::<usize>()
    }
}

/// Whether a byte is not the first of a character.
#[inline(always)]
pub(crate) fn is_continuation(byte: u8, _: u8) -> bool {
    byte.cast_signed() < 0xc0_u8.cast_signed()
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

/// Yields the members of the sets of all blocks from `from` on, as indices of the text.
#[inline]
pub(crate) fn indices<IsMember: Fn(u8, u8) -> bool + Copy>(
    bytes: &[u8],
    from: usize,
    is_member: IsMember,
) -> Indices<'_, IsMember> {
    Indices {
        bytes,
        is_member,
        sets: [0; TOGETHER],
        place: TOGETHER - 1,
        start: from.wrapping_sub(BLOCK),
    }
}

/// Blocks that are looked at together: what a call of a function costs is shared by them.
const TOGETHER: usize = 4;

pub(crate) struct Indices<'text, IsMember> {
    bytes: &'text [u8],
    is_member: IsMember,
    /// The sets of some blocks, what is left of them; that at `place` is of the block at `start`.
    sets: [u64; TOGETHER],
    place: usize,
    start: usize,
}

impl<IsMember: Fn(u8, u8) -> bool + Copy> Iterator for Indices<'_, IsMember> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.sets[self.place] == 0 {
            let start = self.start.wrapping_add(BLOCK);
            if start >= self.bytes.len() {
                // Blocks behind the text have no members.
                return None;
            }
            self.start = start;
            self.place = (self.place + 1) % TOGETHER;
            if self.place == 0 {
                let (bytes, start, is_member) = (self.bytes, self.start, self.is_member);
                self.sets = run(Sets {
                    bytes,
                    start,
                    is_member,
                });
            }
        }
        let set = &mut self.sets[self.place];
        let member = set.trailing_zeros() as usize;
        *set &= *set - 1;
        Some(self.start + member)
    }
}

struct Sets<'text, IsMember> {
    bytes: &'text [u8],
    start: usize,
    is_member: IsMember,
}

impl<IsMember: Fn(u8, u8) -> bool + Copy> Task for Sets<'_, IsMember> {
    type Output = [u64; TOGETHER];

    #[inline(always)]
    fn run(self, gather: impl Gather) -> Self::Output {
        let (mut sets, mut room) = ([0; TOGETHER], ROOM);
        let starts = (self.start..self.bytes.len()).step_by(BLOCK);
        for (set, start) in sets.iter_mut().zip(starts) {
            *set = set_at(gather, self.bytes, start, &mut room, self.is_member);
        }
        sets
    }
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
        fn all_instructions_gather_the_same_set(members: u64) {
            let mut flags = [0; BLOCK];
            for (index, flag) in flags.iter_mut().enumerate() {
                *flag = u8::from(members >> index & 1 != 0).wrapping_neg();
            }
            prop_assert_eq!(Portable.set(&flags), members);
            #[cfg(target_arch = "x86_64")]
            {
                let sets = [
                    V3::try_new().map(|vectors| vectors.set(&flags)),
                    V4::try_new().map(|vectors| vectors.set(&flags)),
                ];
                prop_assert!(sets.into_iter().flatten().all(|set| set == members));
            }
        }

        #[test]
        fn characters_are_counted(text in "[aăș„😀]{0,150}") {
            prop_assert_eq!(characters(&text), text.chars().count());
        }

        #[test]
        fn members_are_those_of_the_set(set: u64) {
            let expected: Vec<usize> = (0..BLOCK).filter(|member| set >> member & 1 != 0).collect();
            prop_assert_eq!(members(set).collect::<Vec<_>>(), expected);
        }
    }
}
