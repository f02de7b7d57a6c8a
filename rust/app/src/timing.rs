//! How long a model takes to read prompts and to write tokens.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::model::{Logits, Model, Positions};

/// Tokens, and the time they took.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pace {
    /// How many.
    pub tokens: usize,
    /// How long.
    pub time: Duration,
}

impl Pace {
    /// Tokens a second.
    #[must_use]
    pub fn rate(self) -> f64 {
        self.tokens as f64 / self.time.as_secs_f64().max(f64::MIN_POSITIVE)
    }

    fn add(&mut self, tokens: usize, time: Duration) {
        self.tokens += tokens;
        self.time += time;
    }
}

/// A model with a watch. What a sequence is given first, or several tokens at once, is its prompt.
pub struct TimedModel {
    model: Box<dyn Model>,
    fresh: bool,
    /// When the last tokens were read.
    ended: Instant,
    /// What was read as prompts.
    pub prompts: Pace,
    /// What was read one by one, each the token written before: choosing and showing it, which happens
    /// between two calls, is part of it.
    pub written: Pace,
}

impl TimedModel {
    /// Start with nothing read.
    #[must_use]
    pub fn new(model: Box<dyn Model>) -> Self {
        Self {
            model,
            fresh: true,
            ended: Instant::now(),
            prompts: Pace::default(),
            written: Pace::default(),
        }
    }

    /// Forget the times.
    pub fn restart(&mut self) {
        self.prompts = Pace::default();
        self.written = Pace::default();
    }
}

impl Model for TimedModel {
    fn vocabulary(&self) -> usize {
        self.model.vocabulary()
    }

    fn context(&self) -> usize {
        self.model.context()
    }

    fn end_of_text(&self) -> u32 {
        self.model.end_of_text()
    }

    fn is_same_side_by_side(&self) -> bool {
        self.model.is_same_side_by_side()
    }

    fn reset(&mut self) {
        self.fresh = true;
        self.model.reset();
    }

    fn reserve(&mut self, tokens: usize) {
        self.model.reserve(tokens);
    }

    fn forward(&mut self, tokens: &[Vec<u32>], positions: Positions) -> Result<Logits<'_>> {
        let count = tokens.iter().map(Vec::len).sum();
        let is_prompt = std::mem::take(&mut self.fresh) || count > tokens.len();
        let (pace, start) = if is_prompt {
            (&mut self.prompts, Instant::now())
        } else {
            (&mut self.written, self.ended)
        };
        let logits = self.model.forward(tokens, positions)?;
        self.ended = Instant::now();
        pace.add(count, self.ended - start);
        Ok(logits)
    }

    fn reorder(&mut self, parents: &[usize]) {
        self.model.reorder(parents);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A model that answers every question with one row of zeros a sequence.
    struct Silent;

    impl Model for Silent {
        fn vocabulary(&self) -> usize {
            2
        }
        fn context(&self) -> usize {
            8
        }
        fn end_of_text(&self) -> u32 {
            1
        }
        fn reset(&mut self) {}
        fn forward(&mut self, tokens: &[Vec<u32>], _: Positions) -> Result<Logits<'_>> {
            Ok(Logits::new(vec![0.0; 2 * tokens.len()], 2))
        }
        fn reorder(&mut self, _: &[usize]) {}
    }

    #[test]
    fn prompts_and_written_tokens_are_timed_apart() {
        let mut model = TimedModel::new(Box::new(Silent));
        let read = |model: &mut TimedModel, tokens: &[Vec<u32>]| {
            model.forward(tokens, Positions::Last).unwrap();
        };
        model.reset();
        read(&mut model, &[vec![0, 0, 0]]);
        read(&mut model, &[vec![0]]);
        read(&mut model, &[vec![0], vec![0]]);
        model.reset();
        read(&mut model, &[vec![0]]);
        assert_eq!((model.prompts.tokens, model.written.tokens), (4, 3));
        model.restart();
        assert_eq!((model.prompts.tokens, model.written.tokens), (0, 0));
    }

    #[test]
    fn choosing_a_token_is_part_of_writing_it() {
        let mut model = TimedModel::new(Box::new(Silent));
        let pause = Duration::from_millis(20);
        model.reset();
        model.forward(&[vec![0, 0]], Positions::Last).unwrap();
        std::thread::sleep(pause);
        model.forward(&[vec![0]], Positions::Last).unwrap();
        assert!(model.written.time >= pause);
    }

    #[test]
    fn a_rate_is_tokens_a_second() {
        let pace = Pace {
            tokens: 30,
            time: Duration::from_millis(1500),
        };
        assert!((pace.rate() - 20.0).abs() < 1e-9);
    }
}
