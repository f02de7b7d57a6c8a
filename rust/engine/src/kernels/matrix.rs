//! A weight matrix, packed as panels of 16 rows: whole cache lines in the order they are used.

use std::ops::Range;

use super::memory::SharedMemory;
use super::{Input, Isa, LANES, Tile, fp32, int8, tiles};

/// How weights are stored and products computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// Weights, activations and sums in float32.
    Fp32,
    /// Weights in one byte with a scale a row, activations in one byte with a scale a token; sums in
    /// 32-bit integers, which are exact.
    Int8,
}

/// Where a panel's weights come from. Rows count from the panel's first one; padding is zeros.
pub trait PanelSource {
    /// The weight of a row of the panel, 0 to 15, in a column.
    fn weight(&self, row: usize, column: usize) -> f32;

    /// What is added to the row's product.
    fn bias(&self, row: usize) -> f32;
}

/// A packed matrix of rows (outputs) and columns (inputs), each a multiple of 16, with a bias.
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
    /// Columns, a multiple of 16.
    pub columns: usize,
}

impl Precision {
    /// Bytes of a panel with this many columns; a multiple of 64.
    fn panel_bytes(self, columns: usize) -> usize {
        match self {
            Self::Fp32 => fp32::panel_bytes(columns),
            Self::Int8 => int8::panel_bytes(columns),
        }
    }
}

impl MatrixShape {
    /// Sizes of a matrix whose rows and columns are padded.
    ///
    /// # Panics
    /// There are more columns than 32-bit sums of int8 products have room for.
    #[must_use]
    pub fn padded(precision: Precision, rows: usize, columns: usize) -> Self {
        assert!(columns <= int8::MOST_COLUMNS, "{columns} columns");
        Self {
            precision,
            panels: tiles(rows),
            columns: tiles(columns) * LANES,
        }
    }

    /// Bytes of a panel.
    #[must_use]
    pub fn panel_bytes(&self) -> usize {
        self.precision.panel_bytes(self.columns)
    }

    /// Bytes of the matrix.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.panels * self.panel_bytes()
    }

    /// Pack one panel into its bytes.
    pub fn pack(&self, source: &impl PanelSource, panel: &mut [u8]) {
        match self.precision {
            Precision::Fp32 => fp32::pack(source, self.columns, panel),
            Precision::Int8 => int8::pack(source, self.columns, panel),
        }
    }
}

impl Matrix {
    /// The matrix whose panels lie in a place of the memory, one after the other.
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

    /// Panels of 16 rows.
    #[must_use]
    pub fn panels(&self) -> usize {
        self.shape.panels
    }

    /// Columns, a multiple of 16.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.shape.columns
    }

    /// Multiply the rows of some panels with every token of the input, and add the bias.
    ///
    /// `output: (panels of the range, tokens)`; it is replaced, or, with `add`, added to.
    ///
    /// # Panics
    /// Input or output do not fit the matrix.
    pub fn multiply(
        &self,
        isa: Isa,
        panels: Range<usize>,
        input: &Input,
        output: &mut [Tile],
        add: bool,
    ) {
        assert_eq!(output.len(), panels.len() * input.tokens());
        assert_eq!(input.columns(), self.shape.columns);
        let bytes = self.shape.panel_bytes();
        let weights =
            &self.memory.bytes(self.place.clone())[panels.start * bytes..][..panels.len() * bytes];
        match self.shape.precision {
            Precision::Fp32 => fp32::multiply(isa, weights, input, output, add),
            Precision::Int8 => int8::multiply(isa, weights, input, output, add),
        }
    }
}
