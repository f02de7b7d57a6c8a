//! Several continuations of one prompt, side by side: the weights are read once for all of them.

use anyhow::Result;

use super::sequence::Sequence;
use super::{Continuation, Decoding, budget, next_logits};
use crate::deploy::Deploy;
use crate::model::Model;

/// Continue a prompt that fits the context so many times, with the seed and those that follow. A context
/// does not slide here.
pub(super) fn decode(
    model: &mut dyn Model,
    deploy: &Deploy,
    prompt: &[u32],
    decoding: &Decoding,
    count: usize,
) -> Result<Vec<Continuation>> {
    let (room, unfinished) = budget(model, prompt, decoding);
    model.reserve(count * prompt.len().saturating_add(room).min(model.context()));
    let seed = |number| decoding.seed.wrapping_add(number);
    let begin = |number| Sequence::new(deploy, prompt, decoding, seed(number));
    let mut sequences: Vec<Sequence<'_>> = (0..count as u64).map(begin).collect();
    let mut unheard = |_: &str| Ok(true);
    // The model reads the prompt once; then each of its rows is the sequence of this number.
    let mut unread = vec![prompt.to_vec()];
    let mut numbers: Vec<usize> = (0..count).collect();
    let mut row_logits = Vec::new();
    for written in 0..room {
        let logits = next_logits(model, &unread)?;
        let row = |place| if written == 0 { 0 } else { place };
        for (place, &number) in numbers.iter().enumerate() {
            row_logits.clear();
            row_logits.extend_from_slice(logits.row(row(place)));
            sequences[number].advance(&mut row_logits, &mut unheard)?;
        }
        let places = 0..numbers.len();
        let going: Vec<usize> = places
            .filter(|&place| sequences[numbers[place]].goes_on())
            .collect();
        if going.is_empty() {
            break;
        }
        if written == 0 || going.len() < numbers.len() {
            let parents: Vec<usize> = going.iter().map(|&place| row(place)).collect();
            model.reorder(&parents);
        }
        numbers = going.iter().map(|&place| numbers[place]).collect();
        let last = |&number: &usize| sequences[number].history().last().copied();
        unread = numbers
            .iter()
            .map(|number| last(number).into_iter().collect())
            .collect();
    }
    sequences
        .into_iter()
        .map(|sequence| sequence.finish(unfinished, &mut unheard))
        .collect()
}
