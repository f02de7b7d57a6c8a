//! A weight matrix, packed in bands of 32 rows; `layout.rs` says how.

use std::ops::Range;

use super::layout::{PANELS, ROWS, padded};
use super::memory::SharedMemory;
use super::prefetch::Order;
use super::{Finish, Input, Isa, LANES, MOST_COLUMNS, Tile, product, tiles};

/// How weights and activations are stored, and so how products are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// Weights, activations and sums in float32.
    Fp32,
    /// Weights and activations in bfloat16, sums in float32.
    Bf16,
    /// Weights in one byte with a scale a row, activations in one byte with a scale a token; sums in
    /// 32-bit integers, which are exact.
    Int8,
    /// Weights in 4 bits with a scale for each 32 columns of a row, activations as in int8.
    Int4,
}

/// A band before it is packed: 32 rows of weights, and what is added to their products. What is padding
/// is zeros.
pub struct Band {
    /// For each column, padding included, the weights of all rows.
    pub columns: Vec<[f32; ROWS]>,
    /// What is added to each row's product.
    pub biases: [f32; ROWS],
}

/// A packed matrix of rows (outputs) and columns (inputs), with a bias.
pub struct Matrix {
    memory: SharedMemory,
    place: Range<usize>,
    shape: MatrixShape,
}

/// Sizes of a packed matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatrixShape {
    /// Format of the weights.
    pub precision: Precision,
    /// Panels of 16 rows.
    pub panels: usize,
    /// Columns of the input in tiles, a multiple of 16.
    pub columns: usize,
}

impl Precision {
    /// All of them, the most exact first.
    pub const ALL: [Self; 4] = [Self::Fp32, Self::Bf16, Self::Int8, Self::Int4];

    /// The name in command lines.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fp32 => "fp32",
            Self::Bf16 => "bf16",
            Self::Int8 => "int8",
            Self::Int4 => "int4",
        }
    }
}

impl MatrixShape {
    /// Sizes of a matrix whose rows and columns are padded to whole tiles.
    ///
    /// # Panics
    /// There are more columns than 32-bit sums of int8 products have room for.
    #[must_use]
    pub fn padded(precision: Precision, rows: usize, columns: usize) -> Self {
        assert!(columns <= MOST_COLUMNS, "{columns} columns");
        Self {
            precision,
            panels: tiles(rows),
            columns: tiles(columns) * LANES,
        }
    }

    /// Bands of 32 rows; in the last one, 16 may be padding.
    #[must_use]
    pub fn bands(&self) -> usize {
        self.panels.div_ceil(PANELS)
    }

    /// Bytes of a band.
    #[must_use]
    pub fn band_bytes(&self) -> usize {
        product::band_bytes(self.precision, padded(self.columns))
    }

    /// Bytes of the matrix.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bands() * self.band_bytes()
    }

    /// A band of this width, all zeros.
    #[must_use]
    pub fn band(&self) -> Band {
        Band {
            columns: vec![[0.0; ROWS]; padded(self.columns)],
            biases: [0.0; ROWS],
        }
    }

    /// Pack one band of this width into its bytes.
    pub fn pack(&self, band: &Band, bytes: &mut [u8]) {
        product::pack(self.precision, band, bytes);
    }
}

impl Matrix {
    /// The matrix whose bands lie in a place of the memory, one after the other.
    ///
    /// # Panics
    /// The place has another size.
    #[must_use]
    pub fn new(memory: SharedMemory, place: Range<usize>, shape: MatrixShape) -> Self {
        assert_eq!(place.len(), shape.bytes());
        Self {
            memory,
            place,
            shape,
        }
    }

    /// Its sizes.
    #[must_use]
    pub fn shape(&self) -> &MatrixShape {
        &self.shape
    }

    /// Multiply the rows of some bands with every token of the input, and add the bias;
    /// `output: (panels of the range, tokens)`.
    ///
    /// # Panics
    /// Input or output do not fit the matrix.
    pub fn multiply(
        &self,
        isa: Isa,
        bands: Range<usize>,
        input: &Input,
        output: &mut [Tile],
        finish: Finish,
    ) {
        let panels = (bands.end * PANELS).min(self.shape.panels) - bands.start * PANELS;
        assert_eq!(output.len(), panels * input.tokens());
        assert_eq!(input.columns(), self.shape.columns);
        assert!(input.fits(self.shape.precision, isa));
        let bytes = self.shape.band_bytes();
        let memory = self.memory.bytes(self.place.clone());
        let weights = &memory[bands.start * bytes..bands.end * bytes];
        let order = Order::of(self.memory.size());
        product::multiply(
            self.shape.precision,
            isa,
            weights,
            input,
            output,
            finish,
            order,
        );
    }
}
