//! The activation of GPT-2.

use super::Tile;
use super::arithmetic::{exp, map};
use super::isa::vectorised;

vectorised! {
    /// Replace values by `gelu_new` of them: x/2 (1 + tanh u), which is x / (1 + e^-2u), with
    /// u = sqrt(2/pi) (x + 0.044715 x^3).
    pub fn gelu(values: &mut [Tile]) {
        const MINUS_TWICE_ROOT: f32 = -1.595_769;
        for tile in values {
            *tile = map(tile, |x| {
                let minus_2u = MINUS_TWICE_ROOT * (x + 0.044_715 * x * x * x);
                x / (1.0 + exp(minus_2u))
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::Isa;

    #[test]
    fn gelu_is_that_of_its_definition() {
        for isa in Isa::all() {
            for step in -1_000..1_000_i16 {
                let x = f64::from(step) / 100.0;
                let mut values = [Tile([x as f32; 16])];
                gelu(isa, &mut values);
                let u = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x.powi(3));
                let error = (f64::from(values[0].0[7]) - 0.5 * x * (1.0 + u.tanh())).abs();
                assert!(
                    error < 1e-6 * x.abs().max(1.0),
                    "{isa:?}: gelu({x}): {error}"
                );
            }
        }
    }

    #[test]
    fn what_is_not_a_number_stays_so() {
        let mut values = [Tile([f32::NAN; 16])];
        gelu(Isa::best(), &mut values);
        assert!(values[0].0.iter().all(|value| value.is_nan()));
    }
}
