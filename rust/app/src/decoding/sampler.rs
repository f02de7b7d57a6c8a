//! The choice of one token from its logits.

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};

use super::ranking::{self, Ranked};
use super::{Limits, Strategy};

/// Chooses tokens; equal seeds and logits give equal tokens, whatever the number of threads.
pub struct Sampler {
    random: ChaCha12Rng,
    candidates: Candidates,
}

/// The tokens that may be drawn, unsorted. Their memory is kept: taken anew for every token, clearing its
/// pages cost more than all else here.
#[derive(Default)]
struct Candidates {
    ranked: Vec<Ranked>,
    /// With weights, the largest of which is 1.
    weighted: Vec<(Ranked, f64)>,
}

impl Sampler {
    /// Start a stream of choices.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            random: ChaCha12Rng::seed_from_u64(seed),
            candidates: Candidates::default(),
        }
    }

    /// Choose the next token as the strategy says; None if every token is barred (-inf).
    pub fn choose(&mut self, logits: &[f32], strategy: &Strategy) -> Option<u32> {
        let best = argmax(logits);
        if logits[best as usize] == f32::NEG_INFINITY {
            return None;
        }
        Some(self.choose_allowed(logits, strategy, best))
    }

    fn choose_allowed(&mut self, logits: &[f32], strategy: &Strategy, best: u32) -> u32 {
        match *strategy {
            Strategy::Sample {
                limits,
                temperature,
            } => {
                self.candidates.find(logits, limits, temperature);
                self.draw()
            }
            Strategy::Greedy | Strategy::Beam { .. } => best,
        }
    }

    /// Draw one of the candidates, by probability: the one in whose part of all their weight, laid side
    /// by side from the heaviest on, a random place lies.
    fn draw(&mut self) -> u32 {
        // 53 random bits: every multiple of 2^-53 below 1.
        let uniform = (self.random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        let weighted = &mut self.candidates.weighted;
        let place = ranking::crossing(weighted, uniform);
        weighted[place].0.token()
    }
}

/// The token of the largest logit; of equals the smallest id. What is no number is never the largest.
#[must_use]
pub fn argmax(logits: &[f32]) -> u32 {
    // The block that has it is found first, by instructions on several values: one after the other they
    // took a hundredth of a token's time in int8.
    const BLOCK: usize = 256;
    let (mut most, mut start) = (f32::NEG_INFINITY, 0);
    for (index, block) in logits.chunks(BLOCK).enumerate() {
        let largest = largest(block);
        if largest > most {
            (most, start) = (largest, index * BLOCK);
        }
    }
    let place = logits[start..].iter().position(|&logit| logit == most);
    (start + place.unwrap_or(0)) as u32
}

/// The largest value, which is -inf if there is no number.
fn largest(values: &[f32]) -> f32 {
    const LANES: usize = 16;
    let larger = |a: f32, b: f32| if b > a { b } else { a };
    let (lines, rest) = values.as_chunks::<LANES>();
    let mut most = [f32::NEG_INFINITY; LANES];
    for line in lines {
        for (most, &value) in most.iter_mut().zip(line) {
            *most = larger(*most, value);
        }
    }
    let all = most.iter().chain(rest).copied();
    all.fold(f32::NEG_INFINITY, larger)
}

impl Candidates {
    /// Find those that every limit lets through, one limit after the other: top-k, top-p (Holtzman et
    /// al. 2020), min-p, typical-p.
    fn find(&mut self, logits: &[f32], limits: Limits, temperature: f64) {
        let Self { ranked, weighted } = self;
        ranked.clear();
        ranked.extend(ranking::ranked(logits));
        if let Some(k) = limits.top_k {
            ranking::keep_first(ranked, k);
        }
        let best = ranked.iter().min().expect("a vocabulary has tokens");
        let largest = f64::from(best.logit());
        let weight = |token: Ranked| ((f64::from(token.logit()) - largest) / temperature).exp();
        let all = ranked.iter().map(|&token| (token, weight(token)));
        weighted.clear();
        // Barred tokens weigh nothing.
        weighted.extend(all.filter(|&(_, weight)| weight > 0.0));
        if let Some(p) = limits.top_p {
            ranking::keep_share(weighted, p);
        }
        if let Some(p) = limits.min_p {
            weighted.retain(|&(_, weight)| weight >= p);
        }
        if let Some(p) = limits.typical_p {
            keep_typical(weighted, p);
        }
    }
}

/// Keep the tokens whose surprise is nearest to the expected one, as many as it takes to reach the share
/// `p` (Meister et al. 2022); of equally near ones the heavier comes first.
fn keep_typical(weighted: &mut Vec<(Ranked, f64)>, p: f64) {
    let total: f64 = weighted.iter().map(|(_, weight)| weight).sum();
    let surprise = |weight: f64| -(weight / total).ln();
    let surprises = weighted
        .iter()
        .map(|&(_, weight)| weight / total * surprise(weight));
    let expected: f64 = surprises.sum();
    // The bits of numbers that are not negative are in their order.
    let distance = |weight: f64| (surprise(weight) - expected).abs().to_bits();
    let mut nearest: Vec<((u64, Ranked), f64)> = weighted
        .iter()
        .map(|&(token, weight)| ((distance(weight), token), weight))
        .collect();
    ranking::keep_share(&mut nearest, p);
    weighted.clear();
    weighted.extend(
        nearest
            .into_iter()
            .map(|((_, token), weight)| (token, weight)),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{prop_assert_eq, proptest};

    fn candidates(logits: &[f32], limits: Limits, temperature: f64) -> Vec<(Ranked, f64)> {
        let mut candidates = Candidates::default();
        candidates.find(logits, limits, temperature);
        candidates.weighted
    }

    /// The most probable first.
    fn tokens(candidates: &[(Ranked, f64)]) -> Vec<u32> {
        let mut ranked: Vec<Ranked> = candidates.iter().map(|(token, _)| *token).collect();
        ranked.sort_unstable();
        ranked.into_iter().map(Ranked::token).collect()
    }

    #[test]
    fn of_equal_logits_the_smallest_id_wins() {
        assert_eq!(argmax(&[0.0, 3.0, 3.0]), 1);
        for place in [0, 15, 16, 255, 256, 600, 998] {
            let mut logits = vec![-1.0; 1_000];
            logits[place] = 2.0;
            logits[999] = 2.0;
            assert_eq!(argmax(&logits), place as u32);
        }
    }

    #[test]
    fn barred_tokens_and_what_is_no_number_are_not_the_largest() {
        let (barred, none) = (f32::NEG_INFINITY, f32::NAN);
        assert_eq!(argmax(&[none, barred, -5.0, none, barred]), 2);
        assert_eq!(argmax(&[barred; 300]), 0);
        assert_eq!(argmax(&[none; 300]), 0);
    }

    #[test]
    fn top_k_keeps_the_k_most_probable_ties_by_id() {
        let logits = [1.0, 5.0, 3.0, 3.0, 3.0];
        assert_eq!(
            tokens(&candidates(&logits, Limits::top(Some(3), None), 1.0)),
            [1, 2, 3]
        );
        assert_eq!(
            tokens(&candidates(&logits, Limits::top(Some(99), None), 1.0)).len(),
            5
        );
    }

    #[test]
    fn top_p_keeps_the_token_that_crosses_the_border() {
        let logits = [0.5_f32.ln(), 0.3_f32.ln(), 0.2_f32.ln()];
        assert_eq!(
            tokens(&candidates(&logits, Limits::top(None, Some(0.4)), 1.0)),
            [0]
        );
        assert_eq!(
            tokens(&candidates(&logits, Limits::top(None, Some(0.6)), 1.0)),
            [0, 1]
        );
        assert_eq!(
            tokens(&candidates(&logits, Limits::top(None, Some(0.95)), 1.0)),
            [0, 1, 2]
        );
    }

    #[test]
    fn top_p_counts_after_temperature_and_top_k() {
        let logits = [0.0, 0.0, 0.0, 0.0];
        assert_eq!(
            tokens(&candidates(&logits, Limits::top(Some(2), Some(0.5)), 1.0)),
            [0]
        );
    }

    #[test]
    fn min_p_keeps_what_is_likely_beside_the_best() {
        let logits = [0.5_f32.ln(), 0.3_f32.ln(), 0.15_f32.ln(), 0.05_f32.ln()];
        let kept = |min_p| {
            let limits = Limits {
                min_p: Some(min_p),
                ..Limits::default()
            };
            tokens(&candidates(&logits, limits, 1.0)).len()
        };
        assert_eq!([kept(1.0), kept(0.5), kept(0.25), kept(0.01)], [1, 2, 3, 4]);
    }

    #[test]
    fn typical_p_leaves_out_a_best_token_that_surprises_too_little() {
        // One token of 0.4 and sixty of 0.01: the expected surprise is that of the many.
        let mut probabilities = vec![0.01_f32; 61];
        probabilities[7] = 0.4;
        let logits: Vec<f32> = probabilities.iter().map(|p| p.ln()).collect();
        let kept = |typical_p| {
            let limits = Limits {
                typical_p: Some(typical_p),
                ..Limits::default()
            };
            tokens(&candidates(&logits, limits, 1.0))
        };
        assert!(!kept(0.5).contains(&7));
        assert_eq!(kept(1.0)[0], 7);
        assert_eq!(kept(1.0).len(), 61);
    }

    #[test]
    fn a_low_temperature_sharpens_and_a_high_one_flattens() {
        let share = |temperature| {
            let weighted = candidates(&[1.0, 0.0], Limits::default(), temperature);
            weighted[0].1 / (weighted[0].1 + weighted[1].1)
        };
        assert!(share(0.5) > share(1.0) && share(1.0) > share(2.0));
    }

    #[test]
    fn draws_follow_the_probabilities() {
        let strategy = Strategy::Sample {
            limits: Limits::top(None, None),
            temperature: 1.0,
        };
        let logits = [0.7_f32.ln(), 0.3_f32.ln()];
        let mut sampler = Sampler::new(1);
        let zeros = (0..10_000)
            .filter(|_| sampler.choose(&logits, &strategy) == Some(0))
            .count();
        // Four standard deviations (46) around 7,000.
        assert!((6_816..=7_184).contains(&zeros), "{zeros}");
    }

    #[test]
    fn a_barred_token_is_never_drawn() {
        let strategy = Strategy::Sample {
            limits: Limits::top(None, None),
            temperature: 5.0,
        };
        let mut sampler = Sampler::new(2);
        let logits = [f32::NEG_INFINITY, 0.0, 0.0];
        assert!((0..1000).all(|_| sampler.choose(&logits, &strategy) != Some(0)));
    }

    #[test]
    fn with_every_token_barred_there_is_no_choice() {
        let strategy = Strategy::Sample {
            limits: Limits::top(Some(2), None),
            temperature: 1.0,
        };
        let barred = [f32::NEG_INFINITY; 3];
        assert_eq!(Sampler::new(1).choose(&barred, &strategy), None);
        assert_eq!(Sampler::new(1).choose(&barred, &Strategy::Greedy), None);
    }

    proptest! {
        #[test]
        fn a_seed_decides_every_choice(logits in proptest::collection::vec(-9.0_f32..9.0, 1..50), seed: u64) {
            let strategy = Strategy::Sample { limits: Limits::top(Some(5), Some(0.9)), temperature: 0.8 };
            let (mut one, mut two) = (Sampler::new(seed), Sampler::new(seed));
            for _ in 0..5 {
                prop_assert_eq!(one.choose(&logits, &strategy), two.choose(&logits, &strategy));
            }
        }
    }
}
