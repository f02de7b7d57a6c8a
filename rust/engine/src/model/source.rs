//! Bands of a stored matrix: which stored weight stands where in the padded matrix.

use crate::archive::Tensor;
use crate::kernels::{Band, LANES, ROWS, tiles};

/// The rows or columns of a matrix: groups of values, each padded to whole tiles. The heads of
/// attention are such groups; other axes are one group.
#[derive(Debug, Clone)]
pub(super) struct Axis(Vec<Option<usize>>);

/// A stored matrix and how its weights are found.
pub(super) struct StoredMatrix<'a> {
    weight: Tensor<'a>,
    bias: Option<Tensor<'a>>,
    rows: Axis,
    columns: Axis,
    /// Steps from one row, and from one column, to the next in the tensor.
    steps: (usize, usize),
}

impl Axis {
    /// As many groups, each of as many values.
    pub fn new(groups: usize, size: usize) -> Self {
        let padded = tiles(size) * LANES;
        let place = |index: usize| {
            let (group, value) = (index / padded, index % padded);
            (value < size).then_some(group * size + value)
        };
        Self((0..groups * padded).map(place).collect())
    }

    /// Which stored row or column an index means; none for padding, also that of packed matrices.
    fn place(&self, index: usize) -> Option<usize> {
        self.0.get(index).copied().flatten()
    }

    /// Its length with padding.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl<'a> StoredMatrix<'a> {
    /// GPT-2's layers are stored as `weight: (columns, rows)`, inputs first.
    pub fn inputs_first(weight: Tensor<'a>, bias: Tensor<'a>, rows: Axis, columns: Axis) -> Self {
        Self {
            steps: (1, weight.shape()[1]),
            weight,
            bias: Some(bias),
            rows,
            columns,
        }
    }

    /// The output head is the embedding, `weight: (rows, columns)`, and has no bias.
    pub fn outputs_first(weight: Tensor<'a>) -> Self {
        let (rows, columns) = (weight.shape()[0], weight.shape()[1]);
        Self {
            steps: (columns, 1),
            weight,
            bias: None,
            rows: Axis::new(1, rows),
            columns: Axis::new(1, columns),
        }
    }

    /// Rows and columns with padding.
    pub fn padded(&self) -> (usize, usize) {
        (self.rows.len(), self.columns.len())
    }

    /// Fill a band of zeros with the rows from `index * 32` on.
    pub fn fill(&self, index: usize, band: &mut Band) {
        let places: [_; ROWS] = std::array::from_fn(|row| self.rows.place(index * ROWS + row));
        let rows = || {
            places
                .iter()
                .enumerate()
                .filter_map(|(row, &place)| Some((row, place?)))
        };
        let (row_step, column_step) = self.steps;
        // Some columns at a time, since either the rows of a column or the columns of a row lie apart.
        let blocks = band
            .columns
            .chunks_mut(LANES)
            .zip(self.columns.0.chunks(LANES));
        for (columns, stored_columns) in blocks {
            for (row, stored) in rows() {
                for (column, place) in columns.iter_mut().zip(stored_columns) {
                    if let Some(place) = place {
                        column[row] = self.weight.value(stored * row_step + place * column_step);
                    }
                }
            }
        }
        if let Some(bias) = self.bias {
            rows().for_each(|(row, stored)| band.biases[row] = bias.value(stored));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_begins_with_a_tile() {
        let Axis(places) = Axis::new(2, 20);
        assert_eq!(places.len(), 64);
        assert_eq!(
            (places[19], places[20], places[32]),
            (Some(19), None, Some(20))
        );
        assert_eq!(places.iter().flatten().count(), 40);
    }
}
