//! Products in float32. A band is its biases, then a step a column.

use super::sums::{Dot, sums};
use super::{Job, Kernel, walk, with_biases};
use crate::kernels::input::Group;
use crate::kernels::isa::Level;
use crate::kernels::layout::{Line, PANELS, Word, pack_biases, pack_words};
use crate::kernels::prefetch::Order;
#[cfg(target_arch = "aarch64")]
use crate::kernels::vectors::Neon;
use crate::kernels::vectors::Vector;
#[cfg(target_arch = "x86_64")]
use crate::kernels::vectors::{Avx2, Avx512};
use crate::kernels::{Band, Isa, Tile};

pub(super) fn band_lines(columns: usize) -> usize {
    (1 + columns) * PANELS
}

pub(super) fn pack(band: &Band, lines: &mut [Line]) {
    let steps = pack_biases(band, lines);
    pack_words(steps, |row, column| band.columns[column][row].to_le_bytes());
}

/// Multiply whole bands with every token.
pub(super) fn multiply(isa: Isa, job: Job<'_>) {
    match isa.level() {
        // SAFETY: every processor can do this.
        Level::Portable => unsafe { walk::<Floats<Tile>>(job) },
        // SAFETY: an Isa of this level exists only if the processor has the instructions.
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => unsafe { avx2(job) },
        // SAFETY: likewise.
        #[cfg(target_arch = "x86_64")]
        Level::Avx512(_) => unsafe { avx512(job) },
        // SAFETY: likewise.
        #[cfg(target_arch = "aarch64")]
        Level::Neon(_) => unsafe { walk::<Floats<Neon>>(job) },
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2(job: Job<'_>) {
    // SAFETY: this function is only called where these instructions are.
    unsafe { walk::<Floats<Avx2>>(job) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
fn avx512(job: Job<'_>) {
    // SAFETY: likewise.
    unsafe { walk::<Floats<Avx512>>(job) }
}

struct Floats<V>(V);

impl<V: Vector> Kernel for Floats<V> {
    #[inline(always)]
    unsafe fn products<const TOKENS: usize>(
        band: &[Line],
        group: &Group<'_>,
        order: Order,
    ) -> [[Tile; PANELS]; TOKENS] {
        // SAFETY: the caller's promise.
        unsafe {
            let sums = sums::<Self, TOKENS>(&band[PANELS..], group.words, order);
            with_biases(band, sums)
        }
    }
}

impl<V: Vector> Dot for Floats<V> {
    type Sum = V;
    type Word = Word;

    const CHAINS: [usize; 2] = V::CHAINS;

    const ORDERED: usize = if V::IN_ORDER { 8 } else { 0 };

    #[inline(always)]
    unsafe fn zero() -> V {
        // SAFETY: the caller's promise, here and below.
        unsafe { V::splat(0.0) }
    }

    #[inline(always)]
    unsafe fn add(sum: V, line: &Line, word: &Word) -> V {
        unsafe { V::load(line).times_plus(V::splat(f32::from_le_bytes(*word)), sum) }
    }

    #[inline(always)]
    unsafe fn join(a: V, b: V) -> V {
        unsafe { a.plus(b) }
    }
}
