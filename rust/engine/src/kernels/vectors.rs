//! Sixteen float32 in the registers of each set of instructions.
//!
//! Written out, because the compiler does not find them in loops over panels and tokens: it takes
//! weights apart and gathers them again, at a hundredth of the speed.

#[cfg(target_arch = "x86_64")]
pub(super) use x86::{Avx2, Avx512};

use super::layout::{Line, tile};
use super::{LANES, Tile};

/// The bits of a word's second bfloat16, which are also those of the float32 it stands for.
const SECOND: u32 = 0xffff_0000;

/// Sixteen float32.
///
/// # Safety
/// The processor must have the instructions, in every function.
pub(super) trait Vector: Copy {
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
    unsafe fn times(self, other: Self) -> Self;

    /// `self * factor + sum`, rounded once where the processor can.
    unsafe fn times_plus(self, factor: Self, sum: Self) -> Self;

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
    unsafe fn firsts(self) -> Self {
        Self(self.0.map(|word| f32::from_bits(word.to_bits() << 16)))
    }

    #[inline(always)]
    unsafe fn seconds(self) -> Self {
        Self(self.0.map(|word| f32::from_bits(word.to_bits() & SECOND)))
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        __m256, __m512, _mm256_add_ps, _mm256_and_si256, _mm256_castps_si256, _mm256_castsi256_ps,
        _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_mul_ps, _mm256_set1_epi32, _mm256_set1_ps,
        _mm256_slli_epi32, _mm256_storeu_ps, _mm512_add_ps, _mm512_and_si512, _mm512_castps_si512,
        _mm512_castsi512_ps, _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_mul_ps, _mm512_set1_epi32,
        _mm512_set1_ps, _mm512_slli_epi32, _mm512_storeu_ps,
    };

    use super::{Line, SECOND, Tile, Vector};

    /// One register.
    pub(in crate::kernels) type Avx512 = __m512;

    // SAFETY, of every block below: the caller's promise; a line and a tile are as large as the vector.
    impl Vector for Avx512 {
        #[inline(always)]
        unsafe fn splat(value: f32) -> Self {
            unsafe { _mm512_set1_ps(value) }
        }

        #[inline(always)]
        unsafe fn load(line: &Line) -> Self {
            unsafe { _mm512_loadu_ps(line.as_ptr().cast()) }
        }

        #[inline(always)]
        unsafe fn of(tile: &Tile) -> Self {
            unsafe { _mm512_loadu_ps(tile.0.as_ptr()) }
        }

        #[inline(always)]
        unsafe fn tile(self) -> Tile {
            let mut tile = Tile::ZERO;
            unsafe { _mm512_storeu_ps(tile.0.as_mut_ptr(), self) };
            tile
        }

        #[inline(always)]
        unsafe fn plus(self, other: Self) -> Self {
            unsafe { _mm512_add_ps(self, other) }
        }

        #[inline(always)]
        unsafe fn times(self, other: Self) -> Self {
            unsafe { _mm512_mul_ps(self, other) }
        }

        #[inline(always)]
        unsafe fn times_plus(self, factor: Self, sum: Self) -> Self {
            unsafe { _mm512_fmadd_ps(self, factor, sum) }
        }

        #[inline(always)]
        unsafe fn firsts(self) -> Self {
            unsafe { _mm512_castsi512_ps(_mm512_slli_epi32::<16>(_mm512_castps_si512(self))) }
        }

        #[inline(always)]
        unsafe fn seconds(self) -> Self {
            unsafe {
                let mask = _mm512_set1_epi32(SECOND.cast_signed());
                _mm512_castsi512_ps(_mm512_and_si512(_mm512_castps_si512(self), mask))
            }
        }
    }

    /// Two registers of eight.
    pub(in crate::kernels) type Avx2 = [__m256; 2];

    /// Float32 in one register.
    const HALF: usize = 8;

    impl Vector for Avx2 {
        #[inline(always)]
        unsafe fn splat(value: f32) -> Self {
            unsafe { [_mm256_set1_ps(value); 2] }
        }

        #[inline(always)]
        unsafe fn load(line: &Line) -> Self {
            let (halves, _) = line.as_chunks::<{ HALF * size_of::<f32>() }>();
            unsafe {
                [
                    _mm256_loadu_ps(halves[0].as_ptr().cast()),
                    _mm256_loadu_ps(halves[1].as_ptr().cast()),
                ]
            }
        }

        #[inline(always)]
        unsafe fn of(tile: &Tile) -> Self {
            let (halves, _) = tile.0.as_chunks::<HALF>();
            unsafe {
                [
                    _mm256_loadu_ps(halves[0].as_ptr()),
                    _mm256_loadu_ps(halves[1].as_ptr()),
                ]
            }
        }

        #[inline(always)]
        unsafe fn tile(self) -> Tile {
            let mut tile = Tile::ZERO;
            let (halves, _) = tile.0.as_chunks_mut::<HALF>();
            unsafe {
                _mm256_storeu_ps(halves[0].as_mut_ptr(), self[0]);
                _mm256_storeu_ps(halves[1].as_mut_ptr(), self[1]);
            }
            tile
        }

        #[inline(always)]
        unsafe fn plus(self, other: Self) -> Self {
            let ([a, b], [c, d]) = (self, other);
            unsafe { [_mm256_add_ps(a, c), _mm256_add_ps(b, d)] }
        }

        #[inline(always)]
        unsafe fn times(self, other: Self) -> Self {
            let ([a, b], [c, d]) = (self, other);
            unsafe { [_mm256_mul_ps(a, c), _mm256_mul_ps(b, d)] }
        }

        #[inline(always)]
        unsafe fn times_plus(self, factor: Self, sum: Self) -> Self {
            let ([a, b], [c, d], [e, f]) = (self, factor, sum);
            unsafe { [_mm256_fmadd_ps(a, c, e), _mm256_fmadd_ps(b, d, f)] }
        }

        #[inline(always)]
        unsafe fn firsts(self) -> Self {
            let [a, b] = self;
            unsafe {
                [
                    _mm256_castsi256_ps(_mm256_slli_epi32::<16>(_mm256_castps_si256(a))),
                    _mm256_castsi256_ps(_mm256_slli_epi32::<16>(_mm256_castps_si256(b))),
                ]
            }
        }

        #[inline(always)]
        unsafe fn seconds(self) -> Self {
            let [a, b] = self;
            unsafe {
                let mask = _mm256_set1_epi32(SECOND.cast_signed());
                [
                    _mm256_castsi256_ps(_mm256_and_si256(_mm256_castps_si256(a), mask)),
                    _mm256_castsi256_ps(_mm256_and_si256(_mm256_castps_si256(b), mask)),
                ]
            }
        }
    }
}
