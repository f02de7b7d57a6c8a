//! A tensor of the archive: its description checked against its bytes, and its values.

use std::ops::Range;

use super::pickle::TensorRecord;
use super::{Place, TensorError};

const VALUE_BYTES: usize = size_of::<f32>();

/// A view of one tensor: contiguous float32 values, outermost dimension first.
#[derive(Debug, Clone, Copy)]
pub struct Tensor<'a> {
    shape: &'a [usize],
    values: &'a [[u8; VALUE_BYTES]],
}

impl<'a> Tensor<'a> {
    pub(super) fn new(shape: &'a [usize], bytes: &'a [u8]) -> Self {
        let (values, rest) = bytes.as_chunks();
        debug_assert!(rest.is_empty() && values.len() == shape.iter().product::<usize>());
        Self { shape, values }
    }

    /// Sizes, outermost first.
    #[must_use]
    pub fn shape(&self) -> &'a [usize] {
        self.shape
    }

    /// The value at a place, counted in the order of the file.
    #[must_use]
    pub fn value(&self, index: usize) -> f32 {
        f32::from_le_bytes(self.values[index])
    }

    /// The values of a range of places.
    pub fn values(&self, range: Range<usize>) -> impl Iterator<Item = f32> + 'a {
        let values = &self.values[range];
        values.iter().map(|&bytes| f32::from_le_bytes(bytes))
    }

    /// All values.
    #[must_use]
    pub fn to_vec(&self) -> Vec<f32> {
        self.values(0..self.values.len()).collect()
    }
}

/// Where a tensor's values lie in the file, if its description is true.
pub(super) fn place(
    record: &TensorRecord,
    storage: Option<&Range<usize>>,
) -> Result<Place, TensorError> {
    if record.kind != "FloatStorage" {
        return Err(TensorError::Kind(record.kind.clone()));
    }
    let storage = storage.ok_or_else(|| TensorError::MissingStorage(record.storage.clone()))?;
    if record.elements.checked_mul(VALUE_BYTES) != Some(storage.len()) {
        return Err(TensorError::StorageSize {
            storage: record.storage.clone(),
            expected: record.elements,
            found: storage.len(),
        });
    }
    if !is_contiguous(&record.shape, &record.strides) {
        return Err(TensorError::Strides {
            shape: record.shape.clone(),
            strides: record.strides.clone(),
        });
    }
    let bytes = bytes(record, storage).ok_or_else(|| TensorError::Outside {
        shape: record.shape.clone(),
        offset: record.offset,
        found: record.elements,
    })?;
    Ok(Place {
        shape: record.shape.clone(),
        bytes,
    })
}

/// A dimension of one element may have any stride: it is never stepped along.
fn is_contiguous(shape: &[usize], strides: &[usize]) -> bool {
    let mut expected = 1_usize;
    let mut pairs = shape.iter().zip(strides).rev();
    shape.len() == strides.len()
        && pairs.all(|(&size, &stride)| {
            let fits = size == 1 || stride == expected;
            expected = expected.saturating_mul(size);
            fits
        })
}

fn bytes(record: &TensorRecord, storage: &Range<usize>) -> Option<Range<usize>> {
    let count = record
        .shape
        .iter()
        .try_fold(1_usize, |product, &size| product.checked_mul(size))?;
    let end = record.offset.checked_add(count)?;
    // No product below overflows: the storage's bytes are a range of the file.
    (end <= record.elements)
        .then(|| storage.start + record.offset * VALUE_BYTES..storage.start + end * VALUE_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(shape: &[usize], strides: &[usize], offset: usize) -> TensorRecord {
        TensorRecord {
            storage: "0".to_owned(),
            kind: "FloatStorage".to_owned(),
            elements: 12,
            offset,
            shape: shape.to_vec(),
            strides: strides.to_vec(),
        }
    }

    #[test]
    fn a_tensor_lies_at_its_offset() {
        let found = place(&record(&[2, 3], &[3, 1], 6), Some(&(100..148))).unwrap();
        assert_eq!(found.bytes, 124..148);
    }

    #[test]
    fn a_tensor_that_leaves_its_storage_is_refused() {
        for (shape, strides, offset) in [
            (&[2, 3][..], &[3, 1][..], 7),
            (&[13], &[1], 0),
            (&[1], &[1], usize::MAX),
            (&[usize::MAX, 2], &[2, 1], 0),
        ] {
            let found = place(&record(shape, strides, offset), Some(&(100..148)));
            assert!(
                matches!(found, Err(TensorError::Outside { .. })),
                "{shape:?}"
            );
        }
    }

    #[test]
    fn a_transposed_tensor_is_refused() {
        let found = place(&record(&[2, 3], &[1, 2], 0), Some(&(100..148)));
        assert!(matches!(found, Err(TensorError::Strides { .. })));
    }

    #[test]
    fn a_storage_of_another_size_is_refused() {
        let found = place(&record(&[2], &[1], 0), Some(&(100..144)));
        assert!(matches!(
            found,
            Err(TensorError::StorageSize { found: 44, .. })
        ));
        let missing = place(&record(&[2], &[1], 0), None);
        assert!(matches!(missing, Err(TensorError::MissingStorage(_))));
    }
}
