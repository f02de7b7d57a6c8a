//! Sixteen float32 in the registers of each set of instructions.
//!
//! Written out, because the compiler does not find them in loops over panels and tokens: it takes
//! weights apart and gathers them again, at a hundredth of the speed.

#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(target_arch = "aarch64")]
pub(super) use neon::Neon;
#[cfg(target_arch = "x86_64")]
pub(super) use x86::{Avx2, Avx512};

use super::arithmetic::rounded_bits;
use super::layout::{COLUMNS, Line, tile};
use super::{LANES, Tile};

/// The bits of a word's second bfloat16, which are also those of the float32 it stands for.
const SECOND: u32 = 0xffff_0000;

/// Sixteen float32.
///
/// # Safety
/// The processor must have the instructions, in every function.
pub(super) trait Vector: Copy {
    /// Chains of the sums of a band's 32 rows, of one and of two tokens.
    const CHAINS: [usize; 2] = [4, 2];

    /// The same of weights in bfloat16, whose halves take registers too.
    const BF16_CHAINS: [usize; 2] = Self::CHAINS;

    /// Tokens for whose attention the registers have room: the sums of two tiles of each.
    const LOOKING: usize = 8;

    /// Whether weights are asked for in the order that is given: of processors that do best with these
    /// instructions some read faster in another order than straight on.
    const IN_ORDER: bool = false;

    /// The same value 16 times.
    unsafe fn splat(value: f32) -> Self;

    /// The float32 of a line.
    unsafe fn load(line: &Line) -> Self;

    /// From memory.
    unsafe fn of(tile: &Tile) -> Self;

    /// As memory.
    unsafe fn tile(self) -> Tile;

    /// Lane by lane.
    unsafe fn plus(self, other: Self) -> Self;

    /// Lane by lane.
    unsafe fn minus(self, other: Self) -> Self;

    /// Lane by lane.
    unsafe fn times(self, other: Self) -> Self;

    /// `self * factor + sum`, rounded once where the processor can.
    unsafe fn times_plus(self, factor: Self, sum: Self) -> Self;

    /// The larger one of `most` and the magnitude, lane by lane; what is no number is not larger.
    unsafe fn larger_magnitude(self, most: Self) -> Self;

    /// The nearest whole numbers of magnitudes under 128, as signed bytes, and their sum.
    unsafe fn rounded(pair: [Self; 2]) -> ([u8; COLUMNS], i32);

    /// Of lanes that are words of two bfloat16, the first ones as float32.
    unsafe fn firsts(self) -> Self;

    /// Likewise the second ones.
    unsafe fn seconds(self) -> Self;
}

/// On any processor.
impl Vector for Tile {
    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        Self([value; LANES])
    }

    #[inline(always)]
    unsafe fn load(line: &Line) -> Self {
        tile(line)
    }

    #[inline(always)]
    unsafe fn of(tile: &Tile) -> Self {
        *tile
    }

    #[inline(always)]
    unsafe fn tile(self) -> Tile {
        self
    }

    #[inline(always)]
    unsafe fn plus(mut self, other: Self) -> Self {
        for lane in 0..LANES {
            self.0[lane] += other.0[lane];
        }
        self
    }

    #[inline(always)]
    unsafe fn minus(mut self, other: Self) -> Self {
        for lane in 0..LANES {
            self.0[lane] -= other.0[lane];
        }
        self
    }

    #[inline(always)]
    unsafe fn times(mut self, other: Self) -> Self {
        for lane in 0..LANES {
            self.0[lane] *= other.0[lane];
        }
        self
    }

    #[inline(always)]
    unsafe fn times_plus(self, factor: Self, sum: Self) -> Self {
        // SAFETY: plain Rust.
        unsafe { self.times(factor).plus(sum) }
    }

    #[inline(always)]
    unsafe fn larger_magnitude(self, mut most: Self) -> Self {
        for lane in 0..LANES {
            most.0[lane] = most.0[lane].max(self.0[lane].abs());
        }
        most
    }

    #[inline(always)]
    unsafe fn rounded(pair: [Self; 2]) -> ([u8; COLUMNS], i32) {
        rounded(pair)
    }

    #[inline(always)]
    unsafe fn firsts(self) -> Self {
        Self(self.0.map(|word| f32::from_bits(word.to_bits() << 16)))
    }

    #[inline(always)]
    unsafe fn seconds(self) -> Self {
        Self(self.0.map(|word| f32::from_bits(word.to_bits() & SECOND)))
    }
}

#[inline(always)]
fn rounded(pair: [Tile; 2]) -> ([u8; COLUMNS], i32) {
    let (mut bytes, mut sum) = ([0; COLUMNS], 0);
    for column in 0..COLUMNS {
        let byte = rounded_bits(pair[column / LANES].0[column % LANES]) as i8;
        bytes[column] = byte.cast_unsigned();
        sum += i32::from(byte);
    }
    (bytes, sum)
}
