//! Products of packed weights with prepared activations: one walk over bands and groups, in which
//! each precision and each set of instructions brings its own sums.

mod bf16;
mod fp32;
mod int4;
mod int8;
#[cfg(target_arch = "aarch64")]
mod neon;
mod sums;

pub use int8::MOST_COLUMNS;

use super::gelu::gelu;
use super::input::Group;
use super::layout::{Line, PANELS};
use super::prefetch::Order;
use super::vectors::Vector;
use super::{Band, Input, Isa, Precision, Tile};

/// What becomes of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// It replaces the output.
    Store,
    /// It is added to the output.
    Add,
    /// Its activation replaces the output.
    Gelu,
}

/// The bytes of a band with this many columns, a multiple of 32.
pub(super) fn band_bytes(precision: Precision, columns: usize) -> usize {
    let lines = match precision {
        Precision::Fp32 => fp32::band_lines(columns),
        Precision::Bf16 => bf16::band_lines(columns),
        Precision::Int8 => int8::band_lines(columns),
        Precision::Int4 => int4::band_lines(columns),
    };
    lines * size_of::<Line>()
}

/// Pack a band into its bytes.
pub(super) fn pack(precision: Precision, band: &Band, bytes: &mut [u8]) {
    let (lines, _) = bytes.as_chunks_mut();
    match precision {
        Precision::Fp32 => fp32::pack(band, lines),
        Precision::Bf16 => bf16::pack(band, lines),
        Precision::Int8 => int8::pack(band, lines),
        Precision::Int4 => int4::pack(band, lines),
    }
}

/// Multiply whole bands with every token; `output: (panels, tokens)`, where the last band may have one
/// panel only.
pub(super) fn multiply(
    precision: Precision,
    isa: Isa,
    bands: &[u8],
    input: &Input,
    output: &mut [Tile],
    finish: Finish,
    order: Order,
) {
    let job = Job {
        bands,
        band_bytes: band_bytes(precision, input.padded_columns()),
        input,
        output,
        finish,
        order,
    };
    match precision {
        Precision::Fp32 => fp32::multiply(isa, job),
        Precision::Bf16 => bf16::multiply(isa, job),
        Precision::Int8 => int8::multiply(isa, job),
        Precision::Int4 => int4::multiply(isa, job),
    }
}

/// What is to be multiplied.
struct Job<'a> {
    bands: &'a [u8],
    band_bytes: usize,
    input: &'a Input,
    output: &'a mut [Tile],
    finish: Finish,
    order: Order,
}

/// A way to multiply one band with the TOKENS of one group.
trait Kernel {
    /// The products, biases included; the weights that come next are asked for in this order.
    ///
    /// # Safety
    /// The processor must have the instructions.
    unsafe fn products<const TOKENS: usize>(
        band: &[Line],
        group: &Group<'_>,
        order: Order,
    ) -> [[Tile; PANELS]; TOKENS];
}

/// Multiply every band with every group. A band is taken from memory once: for the groups after the
/// first it is in the cache. Activations follow band by band, so that they are computed while the next
/// band is on its way.
///
/// # Safety
/// The processor must have the instructions of K.
#[inline(always)]
unsafe fn walk<K: Kernel>(job: Job<'_>) {
    let tokens = job.input.tokens();
    let bands = job.bands.chunks_exact(job.band_bytes);
    for (band, output) in bands.zip(job.output.chunks_mut(PANELS * tokens)) {
        let (band, _) = band.as_chunks();
        let mut first = 0;
        for group in job.input.groups() {
            // For the groups after the first one the next band is on its way.
            let order = if first == 0 { job.order } else { Order::None };
            let mut target = Target {
                output,
                tokens,
                first,
                add: job.finish == Finish::Add,
            };
            first += group.tokens;
            // SAFETY: the caller's promise.
            unsafe {
                match group.tokens {
                    1 => target.put(&K::products::<1>(band, &group, order)),
                    2 => target.put(&K::products::<2>(band, &group, order)),
                    3 => target.put(&K::products::<3>(band, &group, order)),
                    4 => target.put(&K::products::<4>(band, &group, order)),
                    5 => target.put(&K::products::<5>(band, &group, order)),
                    6 => target.put(&K::products::<6>(band, &group, order)),
                    7 => target.put(&K::products::<7>(band, &group, order)),
                    _ => target.put(&K::products::<8>(band, &group, order)),
                }
            }
        }
        if job.finish == Finish::Gelu {
            for tile in output {
                *tile = gelu(tile);
            }
        }
    }
}

/// Where the products of a band and a group belong.
struct Target<'a> {
    /// `(panels, tokens)`
    output: &'a mut [Tile],
    tokens: usize,
    /// The first token of the group.
    first: usize,
    /// Add to the output rather than replace it.
    add: bool,
}

impl Target<'_> {
    #[inline(always)]
    fn put<const TOKENS: usize>(&mut self, products: &[[Tile; PANELS]; TOKENS]) {
        for (panel, output) in self.output.chunks_exact_mut(self.tokens).enumerate() {
            let output = &mut output[self.first..][..TOKENS];
            for (output, products) in output.iter_mut().zip(products) {
                for (value, product) in output.0.iter_mut().zip(products[panel].0) {
                    *value = if self.add { *value + product } else { product };
                }
            }
        }
    }
}

/// Add each row's bias, with which bands begin, to sums.
///
/// # Safety
/// The processor must have the instructions of V.
#[inline(always)]
unsafe fn with_biases<V: Vector, const TOKENS: usize>(
    band: &[Line],
    sums: [[V; PANELS]; TOKENS],
) -> [[Tile; PANELS]; TOKENS] {
    let mut tiles = [[Tile::ZERO; PANELS]; TOKENS];
    // SAFETY: the caller's promise.
    unsafe {
        for panel in 0..PANELS {
            let biases = V::load(&band[panel]);
            for token in 0..TOKENS {
                tiles[token][panel] = sums[token][panel].plus(biases).tile();
            }
        }
    }
    tiles
}
