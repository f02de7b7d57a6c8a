//! Operations on single lanes, written so that loops over 16 of them become vector instructions.

use super::{LANES, Tile};

/// Adding it rounds a float32 of magnitude under 2^22 to a whole number, which is then in the low
/// bits: 1.5 * 2^23.
const ROUNDER: f32 = 12_582_912.0;

/// The sum of 16 lanes, halves first: the order that vector instructions take.
#[inline(always)]
pub(super) fn sum(tile: &Tile) -> f32 {
    folded(tile, |a, b| a + b)
}

/// The largest of 16 lanes.
#[inline(always)]
pub(super) fn largest(tile: &Tile) -> f32 {
    folded(tile, f32::max)
}

/// One loop for each half, so that each becomes one instruction.
#[inline(always)]
fn folded(tile: &Tile, f: impl Fn(f32, f32) -> f32) -> f32 {
    let (mut eight, mut four) = ([0.0; 8], [0.0; 4]);
    for lane in 0..8 {
        eight[lane] = f(tile.0[lane], tile.0[lane + 8]);
    }
    for lane in 0..4 {
        four[lane] = f(eight[lane], eight[lane + 4]);
    }
    f(f(four[0], four[2]), f(four[1], four[3]))
}

/// The nearest whole number of a value of magnitude under 2^22, as the low bits of an integer.
#[inline(always)]
pub(super) fn rounded_bits(value: f32) -> u32 {
    (value + ROUNDER).to_bits()
}

/// The scale that brings values of at most this magnitude to at most 127, and its inverse.
///
/// `zero` is the sum of zero times each value, which is no number if one of them is not finite: then
/// the scale is none either, and so is every product, and nothing is hidden by rounding.
#[inline(always)]
pub(super) fn byte_scale(most: f32, zero: f32) -> (f32, f32) {
    let inverse = if most > 0.0 { 127.0 / most } else { 0.0 };
    (most / 127.0 + zero, inverse)
}

/// The nearest bfloat16, the even one of two; what is not a number stays so.
#[inline(always)]
pub(super) fn bf16(value: f32) -> u16 {
    let bits = value.to_bits();
    let rounded = bits.wrapping_add(0x7fff + (bits >> 16 & 1)) >> 16;
    if value.is_nan() {
        0x7fc0
    } else {
        rounded as u16
    }
}

/// e to a power, within 2 units in the last place from -87 to 88, and limited to that range.
///
/// x = n ln 2 + r: the power 2^n is made of bits, e^r by its series.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    // ln 2 in two parts, of which the first has so few bits that n times it is exact.
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let x = x.clamp(-87.0, 88.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUNDER;
    let n = shifted - ROUNDER;
    let r = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    let mut series = 1.0 / 720.0;
    for coefficient in [1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        series = series * r + coefficient;
    }
    let power = (shifted.to_bits() << 23).wrapping_add(1.0_f32.to_bits());
    series * f32::from_bits(power)
}

/// Each lane of `f` of the lanes of a tile.
#[inline(always)]
pub(super) fn map(tile: &Tile, f: impl Fn(f32) -> f32) -> Tile {
    let mut result = *tile;
    for lane in 0..LANES {
        result.0[lane] = f(result.0[lane]);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_that_of_the_standard_library() {
        for step in -8_600..8_800_i16 {
            let x = f32::from(step) / 100.0;
            let exact = f64::from(x).exp();
            let error = (f64::from(exp(x)) - exact).abs() / exact;
            assert!(error < 2.5e-7, "e^{x}: {error}");
        }
        assert!(exp(f32::NAN).is_nan());
        assert!(exp(f32::NEG_INFINITY) < 1e-37);
    }

    #[test]
    fn bfloat16_is_the_nearest_and_keeps_what_is_no_number() {
        let rounded = |value: f32| f32::from_bits(u32::from(bf16(value)) << 16);
        // Eight bits: between 128 and 256 the step is 1, and halves go to the even number.
        for (value, expected) in [(129.4, 129.0), (129.5, 130.0), (130.5, 130.0), (-0.0, -0.0)] {
            assert_eq!(rounded(value).to_bits(), f32::to_bits(expected), "{value}");
        }
        assert!(rounded(f32::from_bits(0x7fff_ffff)).is_nan());
        assert_eq!(rounded(f32::NEG_INFINITY), f32::NEG_INFINITY);
    }

    #[test]
    fn rounding_is_to_the_nearest_and_keeps_the_sign() {
        for (value, expected) in [(2.4, 2), (2.6, 3), (-2.6, -3), (127.0, 127), (-127.0, -127)] {
            assert_eq!(rounded_bits(value) as u8 as i8, expected, "{value}");
        }
    }

    #[test]
    fn reductions_take_every_lane() {
        let tile = Tile(std::array::from_fn(|lane| lane as f32));
        assert_eq!((sum(&tile), largest(&tile)), (120.0, 15.0));
        assert_eq!(largest(&map(&tile, |value| -value)), 0.0);
    }
}
