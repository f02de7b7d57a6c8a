//! Activations for AVX2, which multiplies unsigned with signed bytes: their magnitudes, at most 127, with
//! weights that get their signs.
//!
//! A weight of the other sign, less one, is the weight with every bit turned; taking the offset from a weight
//! turns its highest bit. So both are one instruction, of those that a processor does most of at a time.
//! What the ones come to is the sum of the negative activations. All of it is prepared once for all rows: a
//! prompt is read a tenth faster than with instructions for magnitudes and signs beside those for products
//! (AMD Zen 3; docs/performance.md).

use super::layout::{COLUMNS, Word};

/// A word of activations: their magnitudes, and which bits they turn of weights with an offset of 128.
pub(super) type Signed = [Word; 2];

/// Bits that take the offset off a weight.
const OFFSET: u8 = 0x80;

/// The words of some activations.
#[inline(always)]
pub(super) fn signed(bytes: &[u8; COLUMNS]) -> [Signed; COLUMNS / size_of::<Word>()] {
    let (mut magnitudes, mut turned) = ([0; COLUMNS], [OFFSET; COLUMNS]);
    for column in 0..COLUMNS {
        let byte = bytes[column].cast_signed();
        magnitudes[column] = byte.unsigned_abs();
        turned[column] ^= (byte >> 7).cast_unsigned();
    }
    let mut words = [[[0; size_of::<Word>()]; 2]; COLUMNS / size_of::<Word>()];
    let pairs = magnitudes.as_chunks().0.iter().zip(turned.as_chunks().0);
    for (word, (magnitudes, turned)) in words.iter_mut().zip(pairs) {
        *word = [*magnitudes, *turned];
    }
    words
}

/// The sum of those that are negative.
#[inline(always)]
pub(super) fn negative_sum(bytes: &[u8; COLUMNS]) -> i32 {
    let mut sum = 0;
    for byte in bytes {
        sum += i32::from(byte.cast_signed().min(0));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn magnitudes_times_turned_weights_less_the_negative_sum_are_the_products() {
        let activations: [i8; COLUMNS] = std::array::from_fn(|column| (column * 8) as i8 ^ 3);
        let bytes = activations.map(i8::cast_unsigned);
        for weight in [-127_i8, -1, 0, 1, 127] {
            let stored = weight.cast_unsigned().wrapping_add(OFFSET);
            let product = |[magnitudes, turned]: Signed| {
                let pairs = magnitudes.into_iter().zip(turned);
                let products = pairs.map(|(magnitude, turned)| {
                    i32::from(magnitude) * i32::from((stored ^ turned).cast_signed())
                });
                products.sum::<i32>()
            };
            let sum: i32 = signed(&bytes).map(product).into_iter().sum();
            let expected: i32 = activations
                .map(|a| i32::from(a) * i32::from(weight))
                .into_iter()
                .sum();
            assert_eq!(sum - negative_sum(&bytes), expected, "{weight}");
        }
    }
}
