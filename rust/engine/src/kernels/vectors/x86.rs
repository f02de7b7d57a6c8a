//! On x86-64: AVX2 and AVX-512.

use std::arch::x86_64::{
    __m256, __m512, _mm_storeu_si128, _mm256_add_ps, _mm256_and_si256, _mm256_andnot_ps,
    _mm256_castps_si256, _mm256_castsi256_ps, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_max_ps,
    _mm256_mul_ps, _mm256_set1_epi32, _mm256_set1_ps, _mm256_slli_epi32, _mm256_storeu_ps,
    _mm256_sub_ps, _mm512_abs_ps, _mm512_add_epi32, _mm512_add_ps, _mm512_and_si512,
    _mm512_castps_si512, _mm512_castsi512_ps, _mm512_cvtepi32_epi8, _mm512_cvtps_epi32,
    _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_max_ps, _mm512_mul_ps, _mm512_reduce_add_epi32,
    _mm512_set1_epi32, _mm512_set1_ps, _mm512_slli_epi32, _mm512_storeu_ps, _mm512_sub_ps,
};

use super::{COLUMNS, LANES, Line, SECOND, Tile, Vector, rounded};

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
    unsafe fn minus(self, other: Self) -> Self {
        unsafe { _mm512_sub_ps(self, other) }
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
    unsafe fn larger_magnitude(self, most: Self) -> Self {
        // Of two operands that cannot be compared the instruction gives the second one.
        unsafe { _mm512_max_ps(_mm512_abs_ps(self), most) }
    }

    #[inline(always)]
    unsafe fn rounded([first, second]: [Self; 2]) -> ([u8; COLUMNS], i32) {
        let mut bytes = [0; COLUMNS];
        let (halves, _) = bytes.as_chunks_mut::<LANES>();
        unsafe {
            let (first, second) = (_mm512_cvtps_epi32(first), _mm512_cvtps_epi32(second));
            _mm_storeu_si128(halves[0].as_mut_ptr().cast(), _mm512_cvtepi32_epi8(first));
            _mm_storeu_si128(halves[1].as_mut_ptr().cast(), _mm512_cvtepi32_epi8(second));
            let sums = _mm512_add_epi32(first, second);
            (bytes, _mm512_reduce_add_epi32(sums))
        }
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
    /// A chain takes 4 of 16 registers. One token in float32 is a tenth quicker with four, though not all
    /// fit (AMD Zen 3, one thread).
    const CHAINS: [usize; 2] = [4, 1];
    const BF16_CHAINS: [usize; 2] = [2, 1];

    const LOOKING: usize = 2;

    const IN_ORDER: bool = true;

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
    unsafe fn minus(self, other: Self) -> Self {
        let ([a, b], [c, d]) = (self, other);
        unsafe { [_mm256_sub_ps(a, c), _mm256_sub_ps(b, d)] }
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
    unsafe fn larger_magnitude(self, most: Self) -> Self {
        let ([a, b], [c, d]) = (self, most);
        unsafe {
            let sign = _mm256_set1_ps(-0.0);
            [
                _mm256_max_ps(_mm256_andnot_ps(sign, a), c),
                _mm256_max_ps(_mm256_andnot_ps(sign, b), d),
            ]
        }
    }

    #[inline(always)]
    unsafe fn rounded([first, second]: [Self; 2]) -> ([u8; COLUMNS], i32) {
        unsafe { rounded([first.tile(), second.tile()]) }
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
