//! The activation of GPT-2.

use super::Tile;
use super::arithmetic::{exp, map};

/// `gelu_new` of each lane: x/2 (1 + tanh u), which is x / (1 + e^-2u), with
/// u = sqrt(2/pi) (x + 0.044715 x^3).
#[inline(always)]
pub(super) fn gelu(tile: &Tile) -> Tile {
    const MINUS_TWICE_ROOT: f32 = -1.595_769;
    map(tile, |x| {
        let minus_2u = MINUS_TWICE_ROOT * (x + 0.044_715 * x * x * x);
        x / (1.0 + exp(minus_2u))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::LANES;

    #[test]
    fn gelu_is_that_of_its_definition() {
        for step in -1_000..1_000_i16 {
            let x = f64::from(step) / 100.0;
            let found = gelu(&Tile([x as f32; LANES]));
            let u = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x.powi(3));
            let error = (f64::from(found.0[7]) - 0.5 * x * (1.0 + u.tanh())).abs();
            assert!(error < 1e-6 * x.abs().max(1.0), "gelu({x}): {error}");
        }
    }

    #[test]
    fn what_is_not_a_number_stays_so() {
        let found = gelu(&Tile([f32::NAN; LANES]));
        assert!(found.0.iter().all(|value| value.is_nan()));
    }
}
