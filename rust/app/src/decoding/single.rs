//! Greedy decoding and sampling: one sequence, one token after the other.

use anyhow::Result;

use super::sequence::Sequence;
use super::{Continuation, Decoding, Listener, budget, next_logits};
use crate::deploy::Deploy;
use crate::model::Model;

/// Continue a prompt that fits the context, or that slides.
pub(super) fn decode(
    model: &mut dyn Model,
    deploy: &Deploy,
    prompt: &[u32],
    decoding: &Decoding,
    listener: &mut Listener<'_>,
) -> Result<Continuation> {
    let (room, unfinished) = budget(model, prompt, decoding);
    let context = model.context();
    model.reserve(context.min(prompt.len().saturating_add(room)));
    let mut sequence = Sequence::new(deploy, prompt, decoding, decoding.seed);
    // What the model remembers is the part of the history from `begin` to `end`.
    let (mut begin, mut end) = (0, 0);
    let mut logits = Vec::new();
    while sequence.goes_on() && sequence.written() < room {
        let history = sequence.history();
        if history.len() - begin > context {
            // Positions are absolute, so what stays has to be read anew: half, that it be seldom.
            begin = history.len() - (context / 2).max(1);
            end = begin;
            model.reset();
        }
        let unread = history[end..].to_vec();
        end = history.len();
        logits.clear();
        logits.extend_from_slice(next_logits(model, &[unread])?.row(0));
        sequence.advance(&mut logits, listener)?;
    }
    sequence.finish(unfinished, listener)
}
