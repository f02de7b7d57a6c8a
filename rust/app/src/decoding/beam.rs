//! Beam search, with the meaning it has in `transformers`: scores are sums of log-probabilities; a
//! finished sequence's score is divided by its length (continuation and end token) to the power of
//! the length penalty.

use anyhow::Result;

use super::ranking::{self, Ranked};
use super::sequence::Writer;
use super::{
    Continuation, Decoding, EarlyStopping, Ending, Listener, Strategy, budget, next_logits, process,
};
use crate::deploy::Deploy;
use crate::log_sum_exp::log_sum_exp;
use crate::model::Model;

#[derive(Debug, Clone)]
struct Beam {
    tokens: Vec<u32>,
    score: f64,
}

#[derive(Debug, Clone)]
struct Finished {
    tokens: Vec<u32>,
    score: f64,
    ending: Ending,
}

/// A token that may extend a beam.
#[derive(Debug, Clone, Copy)]
struct Extension {
    beam: usize,
    token: u32,
    score: f64,
}

/// Continue a prompt that fits the context: the best sequences, best first. The listener is only asked
/// whether to go on.
pub(super) fn search(
    model: &mut dyn Model,
    deploy: &Deploy,
    prompt: &[u32],
    decoding: &Decoding,
    listener: &mut Listener<'_>,
) -> Result<Vec<Continuation>> {
    let sequences = best_sequences(model, prompt, decoding, listener)?;
    sequences
        .into_iter()
        .map(|sequence| continuation(deploy, sequence, decoding))
        .collect()
}

/// The text of a sequence, and its tokens, both up to a stop string.
fn continuation(deploy: &Deploy, sequence: Finished, decoding: &Decoding) -> Result<Continuation> {
    let Finished {
        mut tokens,
        mut ending,
        ..
    } = sequence;
    let unheard: &mut Listener<'_> = &mut |_| Ok(true);
    let mut writer = Writer::new(deploy, &decoding.stop);
    for place in 0..tokens.len() {
        if let Some(stopped) = writer.write(tokens[place], unheard)? {
            ending = stopped;
            tokens.truncate(place + 1);
            break;
        }
    }
    Ok(Continuation {
        text: writer.finish(ending, unheard)?,
        tokens,
        ending,
    })
}

fn best_sequences(
    model: &mut dyn Model,
    prompt: &[u32],
    decoding: &Decoding,
    listener: &mut Listener<'_>,
) -> Result<Vec<Finished>> {
    let (room, mut unfinished) = budget(model, prompt, decoding);
    let mut pool = Pool::empty(&decoding.strategy, room);
    let width = pool.width;
    let mut beams = vec![Beam {
        tokens: Vec::new(),
        score: 0.0,
    }];
    let mut unread = vec![prompt.to_vec()];
    for length in 1..=room {
        let extensions = extensions(model, &unread, &beams, prompt, decoding, width)?;
        if extensions.is_empty() {
            unfinished = Ending::NoTokenLeft;
            break;
        }
        let (ended, kept) = divide(&extensions, model.end_of_text(), width);
        for extension in ended {
            let tokens = beams[extension.beam].tokens.clone();
            pool.add(tokens, extension.score, length, Ending::EndOfText);
        }
        beams = kept
            .iter()
            .map(|extension| extended(&beams, *extension))
            .collect();
        if pool.is_complete(beams.first().map(|beam| beam.score), length) {
            // What still runs is no answer: it may score better only because it has not ended.
            return Ok(pool.finished);
        }
        if !listener("")? {
            unfinished = Ending::Interrupted;
            break;
        }
        let parents: Vec<usize> = kept.iter().map(|extension| extension.beam).collect();
        model.reorder(&parents);
        unread = kept.iter().map(|extension| vec![extension.token]).collect();
    }
    for beam in beams {
        let length = beam.tokens.len();
        pool.add(beam.tokens, beam.score, length, unfinished);
    }
    Ok(pool.finished)
}

/// The most probable extensions of all beams, twice as many as beams, so that enough are left when
/// some end the text. Barred tokens are left out.
fn extensions(
    model: &mut dyn Model,
    unread: &[Vec<u32>],
    beams: &[Beam],
    prompt: &[u32],
    decoding: &Decoding,
    width: usize,
) -> Result<Vec<Extension>> {
    let end_of_text = model.end_of_text();
    let logits = next_logits(model, unread)?;
    let (mut all, mut ranked) = (Vec::new(), Vec::new());
    for (index, beam) in beams.iter().enumerate() {
        let mut row = log_probabilities(logits.row(index));
        let history: Vec<u32> = prompt.iter().chain(&beam.tokens).copied().collect();
        process(&mut row, &history, beam.tokens.len(), end_of_text, decoding);
        let is_allowed = |token: &Ranked| token.logit() > f32::NEG_INFINITY;
        ranked.clear();
        ranked.extend(ranking::ranked(&row).filter(is_allowed));
        ranking::keep_first(&mut ranked, 2 * width);
        all.extend(ranked.iter().map(|token| Extension {
            beam: index,
            token: token.token(),
            score: beam.score + f64::from(token.logit()),
        }));
    }
    let by_score = |a: &Extension, b: &Extension| {
        b.score
            .total_cmp(&a.score)
            .then((a.beam, a.token).cmp(&(b.beam, b.token)))
    };
    all.sort_unstable_by(by_score);
    all.truncate(2 * width);
    Ok(all)
}

/// Split extensions, best first, into those that end the text and the best `width` that go on. An
/// ending that is not itself among the best `width` does not count.
fn divide(
    extensions: &[Extension],
    end_of_text: u32,
    width: usize,
) -> (Vec<Extension>, Vec<Extension>) {
    let ended = extensions
        .iter()
        .take(width)
        .filter(|extension| extension.token == end_of_text);
    let going_on = extensions
        .iter()
        .filter(|extension| extension.token != end_of_text);
    (
        ended.copied().collect(),
        going_on.take(width).copied().collect(),
    )
}

fn extended(beams: &[Beam], extension: Extension) -> Beam {
    let mut tokens = beams[extension.beam].tokens.clone();
    tokens.push(extension.token);
    Beam {
        tokens,
        score: extension.score,
    }
}

/// Log-softmax.
fn log_probabilities(logits: &[f32]) -> Vec<f32> {
    let log_sum = log_sum_exp(logits);
    logits
        .iter()
        .map(|&logit| (f64::from(logit) - log_sum) as f32)
        .collect()
}

/// The finished sequences, best first, at most as many as beams.
struct Pool {
    width: usize,
    /// Most tokens of a sequence.
    longest: usize,
    length_penalty: f64,
    early_stopping: EarlyStopping,
    finished: Vec<Finished>,
}

impl Pool {
    /// A pool of a beam search that has found nothing yet.
    fn empty(strategy: &Strategy, longest: usize) -> Self {
        let &Strategy::Beam {
            beams: width,
            length_penalty,
            early_stopping,
        } = strategy
        else {
            unreachable!("called for beam search only")
        };
        Self {
            width,
            longest,
            length_penalty,
            early_stopping,
            finished: Vec::new(),
        }
    }

    fn normalised(&self, score: f64, length: usize) -> f64 {
        score / (length.max(1) as f64).powf(self.length_penalty)
    }

    fn add(&mut self, tokens: Vec<u32>, score: f64, length: usize, ending: Ending) {
        let score = self.normalised(score, length);
        let place = self
            .finished
            .partition_point(|finished| finished.score >= score);
        self.finished.insert(
            place,
            Finished {
                tokens,
                score,
                ending,
            },
        );
        self.finished.truncate(self.width);
    }

    /// Whether the search is over: enough have ended, and the best that goes on would not be better than
    /// the worst of them. Its score can only fall; what it is divided by may grow, which only
    /// [`EarlyStopping::Never`] takes into account.
    fn is_complete(&self, best_running: Option<f64>, length: usize) -> bool {
        if self.finished.len() < self.width {
            return best_running.is_none();
        }
        let worst = self.finished[self.width - 1].score;
        let length = match self.early_stopping {
            EarlyStopping::True => return true,
            EarlyStopping::Never if self.length_penalty > 0.0 => self.longest,
            EarlyStopping::Never | EarlyStopping::False => length,
        };
        best_running.is_none_or(|score| self.normalised(score, length) <= worst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extension(token: u32, score: f64) -> Extension {
        Extension {
            beam: 0,
            token,
            score,
        }
    }

    #[test]
    fn an_ending_outside_the_best_does_not_count() {
        let extensions = [
            extension(1, -1.0),
            extension(2, -2.0),
            extension(0, -3.0),
            extension(3, -4.0),
        ];
        let (ended, kept) = divide(&extensions, 0, 2);
        assert!(ended.is_empty());
        assert_eq!(
            kept.iter().map(|kept| kept.token).collect::<Vec<_>>(),
            [1, 2]
        );
    }

    #[test]
    fn a_length_penalty_favours_long_sequences() {
        let pool = |length_penalty| {
            let mut pool = Pool {
                width: 2,
                longest: 4,
                length_penalty,
                early_stopping: EarlyStopping::False,
                finished: Vec::new(),
            };
            pool.add(vec![1], -2.0, 1, Ending::EndOfText);
            pool.add(vec![1, 2, 3, 4], -4.0, 4, Ending::EndOfText);
            pool.finished[0].tokens.len()
        };
        assert_eq!(pool(0.0), 1);
        assert_eq!(pool(1.0), 4);
    }

    #[test]
    fn a_search_that_never_stops_early_waits_for_what_length_may_make_of_a_sequence() {
        let is_complete = |early_stopping| {
            let mut pool = Pool {
                width: 1,
                longest: 8,
                length_penalty: 1.0,
                early_stopping,
                finished: Vec::new(),
            };
            assert!(!pool.is_complete(Some(-3.0), 2));
            pool.add(vec![1, 2], -2.0, 2, Ending::EndOfText);
            pool.is_complete(Some(-3.0), 2)
        };
        assert!(is_complete(EarlyStopping::True));
        // -3 / 2 is worse than -2 / 2, and -3 / 8 is better.
        assert!(is_complete(EarlyStopping::False));
        assert!(!is_complete(EarlyStopping::Never));
    }

    #[test]
    fn log_probabilities_sum_to_one() {
        let sum: f32 = log_probabilities(&[1.0, 2.0, -3.0])
            .iter()
            .map(|value| value.exp())
            .sum();
        assert!((sum - 1.0).abs() < 1e-6);
    }
}
