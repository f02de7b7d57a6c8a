//! What a GPT-2 computes, on 16 values at a time.
//!
//! Every width is padded with zeros to a multiple of 16, so no kernel has a rest to care for. The 16
//! values that belong together are a [`Tile`]; 16 rows of a weight matrix are a *panel*, and two panels
//! a *band*. A kernel writes `output: (panels, tokens)` tiles, so that the bands of one thread are one
//! piece of memory.
//!
//! This is the only module that uses `unsafe`: for vector instructions, after the processor was asked
//! for them, for lending work to other threads, and for mapping files.
//! Every sum is taken in an order that depends on the sizes alone, never on the number of threads.
#![allow(unsafe_code)]
// Arrays of lanes are walked in step, and an index says so best.
#![allow(clippy::needless_range_loop)]

mod arithmetic;
mod attention;
mod bandwidth;
mod gelu;
mod input;
mod isa;
mod items;
mod layout;
mod matrix;
mod memory;
mod pool;
mod prefetch;
mod product;
mod row;
mod signed;
mod vectors;

pub use attention::{Attention, CacheFormat, HeadCache, LOOKING, Pasts, Place};
pub use bandwidth::BandwidthProbe;
pub use input::Input;
pub use isa::Isa;
pub use items::{Chunks, Items, Listed};
pub use layout::{PANELS, ROWS};
pub use matrix::{Band, Matrix, MatrixShape, Precision};
pub use memory::{MappedFile, Memory, SharedMemory, TileMemory};
pub use pool::Pool;
pub use product::{Finish, MOST_COLUMNS};
pub use row::LayerNorm;

/// Values that are computed together: the widest vectors of a processor hold 16 float32.
pub const LANES: usize = 16;

/// Sixteen values; aligned as the widest vector is.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub struct Tile(pub [f32; LANES]);

impl Tile {
    /// All zeros.
    pub const ZERO: Self = Self([0.0; LANES]);

    /// The values of tiles, one after the other.
    #[must_use]
    pub fn values(tiles: &[Self]) -> &[f32] {
        // SAFETY: a tile is 16 float32 and nothing else, so no bytes are left over.
        let (_, values, _) = unsafe { tiles.align_to() };
        values
    }
}

/// Tiles that hold this many values, the last one padded.
#[must_use]
pub fn tiles(values: usize) -> usize {
    values.div_ceil(LANES)
}
