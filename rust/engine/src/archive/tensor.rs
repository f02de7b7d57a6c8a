//! A tensor of the archive: its description checked against its bytes, and its values.

use std::ops::Range;

use super::pickle::TensorRecord;
use super::{Place, TensorError};

/// How the values of a tensor are kept in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dtype {
    /// 4 bytes a value.
    Float32,
    /// 2 bytes a value, IEEE 754 binary16; given as float32, which holds each of them.
    Float16,
}

/// A view of one tensor: contiguous values, outermost dimension first.
#[derive(Debug, Clone, Copy)]
pub struct Tensor<'a> {
    shape: &'a [usize],
    values: Values<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Values<'a> {
    Float32(&'a [[u8; 4]]),
    Float16(&'a [[u8; 2]]),
}

impl Dtype {
    /// Of a storage, by PyTorch's name for it.
    fn of_storage(kind: &str) -> Option<Self> {
        match kind {
            "FloatStorage" => Some(Self::Float32),
            "HalfStorage" => Some(Self::Float16),
            _ => None,
        }
    }

    /// Bytes of a value.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::Float32 => 4,
            Self::Float16 => 2,
        }
    }

    /// The name that PyTorch and NumPy give it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Float32 => "float32",
            Self::Float16 => "float16",
        }
    }
}

impl<'a> Tensor<'a> {
    pub(super) fn new(place: &'a Place, bytes: &'a [u8]) -> Self {
        let values = match place.dtype {
            Dtype::Float32 => Values::Float32(bytes.as_chunks().0),
            Dtype::Float16 => Values::Float16(bytes.as_chunks().0),
        };
        let shape = &place.shape[..];
        debug_assert_eq!(
            bytes.len(),
            shape.iter().product::<usize>() * place.dtype.bytes()
        );
        Self { shape, values }
    }

    /// How the file keeps the values.
    #[must_use]
    pub fn dtype(&self) -> Dtype {
        match self.values {
            Values::Float32(_) => Dtype::Float32,
            Values::Float16(_) => Dtype::Float16,
        }
    }

    /// Sizes, outermost first.
    #[must_use]
    pub fn shape(&self) -> &'a [usize] {
        self.shape
    }

    /// The value at a place, counted in the order of the file.
    #[must_use]
    pub fn value(&self, index: usize) -> f32 {
        match self.values {
            Values::Float32(values) => f32::from_le_bytes(values[index]),
            Values::Float16(values) => widened(u16::from_le_bytes(values[index])),
        }
    }

    /// The values of a range of places.
    pub fn values(&self, range: Range<usize>) -> impl Iterator<Item = f32> + 'a {
        let tensor = *self;
        range.map(move |index| tensor.value(index))
    }

    /// All values.
    #[must_use]
    pub fn to_vec(&self) -> Vec<f32> {
        self.values(0..self.shape.iter().product()).collect()
    }
}

/// The float32 of the same value as a float16: sign, 5 bits of exponent (15 is 2^0), 10 bits of fraction.
fn widened(half: u16) -> f32 {
    /// The exponent of float32 begins at -127, that of float16 at -15.
    const REBIASED: u32 = (127 - 15) << 23;
    /// Under 2^-14 a float16 is a whole number of these.
    const STEP: f32 = 1.0 / (1 << 24) as f32;
    let magnitude = u32::from(half & 0x7fff);
    let bits = match magnitude {
        0..0x0400 => (magnitude as f32 * STEP).to_bits(),
        0x0400..0x7c00 => (magnitude << 13) + REBIASED,
        // Infinity and NaN.
        _ => (magnitude << 13) | f32::INFINITY.to_bits(),
    };
    f32::from_bits(bits | u32::from(half & 0x8000) << 16)
}

/// Where a tensor's values lie in the file, if its description is true.
pub(super) fn place(
    record: &TensorRecord,
    storage: Option<&Range<usize>>,
) -> Result<Place, TensorError> {
    let dtype =
        Dtype::of_storage(&record.kind).ok_or_else(|| TensorError::Kind(record.kind.clone()))?;
    let storage = storage.ok_or_else(|| TensorError::MissingStorage(record.storage.clone()))?;
    if record.elements.checked_mul(dtype.bytes()) != Some(storage.len()) {
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
    let bytes = bytes(record, dtype, storage).ok_or_else(|| TensorError::Outside {
        shape: record.shape.clone(),
        offset: record.offset,
        found: record.elements,
    })?;
    Ok(Place {
        dtype,
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

fn bytes(record: &TensorRecord, dtype: Dtype, storage: &Range<usize>) -> Option<Range<usize>> {
    let count = record
        .shape
        .iter()
        .try_fold(1_usize, |product, &size| product.checked_mul(size))?;
    let end = record.offset.checked_add(count)?;
    // No product below overflows: the storage's bytes are a range of the file.
    let place = |element| storage.start + element * dtype.bytes();
    (end <= record.elements).then(|| place(record.offset)..place(end))
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
    fn a_tensor_of_halves_has_two_bytes_a_value() {
        let half = TensorRecord {
            kind: "HalfStorage".to_owned(),
            ..record(&[2, 3], &[3, 1], 6)
        };
        assert_eq!(place(&half, Some(&(100..124))).unwrap().bytes, 112..124);
        assert!(matches!(
            place(&half, Some(&(100..148))),
            Err(TensorError::StorageSize { found: 48, .. })
        ));
    }

    #[test]
    fn a_float16_is_its_value_in_float32() {
        for (half, value) in [
            (0x0000, 0.0),
            (0x8000, -0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x3555, 1_365.0 / 4_096.0),
            (0x7bff, 65_504.0),
            (0x0400, 1.0 / 16_384.0),
            (0x03ff, 1_023.0 / 16_777_216.0),
            (0x0001, 1.0 / 16_777_216.0),
            (0x7c00, f32::INFINITY),
            (0xfc00, f32::NEG_INFINITY),
        ] {
            assert_eq!(widened(half).to_bits(), f32::to_bits(value), "{half:#06x}");
        }
        assert!(widened(0x7e00).is_nan());
    }

    #[test]
    #[cfg_attr(miri, ignore = "31,745 values take miri minutes")]
    fn every_float16_is_larger_than_the_one_before() {
        let all: Vec<f32> = (0..=0x7c00).map(widened).collect();
        assert!(all.windows(2).all(|pair| pair[0] < pair[1]));
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
