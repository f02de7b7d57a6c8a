//! Greedy decoding and sampling: one sequence, one token after the other.

use anyhow::Result;

use super::sampler::Sampler;
use super::{Continuation, Decoding, Ending, Listener, budget, next_logits, process};
use crate::deploy::Deploy;
use crate::model::Model;
use crate::text::{Filtered, StopFilter, TextStream};

/// Continue a prompt that fits the context.
pub(super) fn decode(
    model: &mut dyn Model,
    deploy: &Deploy,
    prompt: &[u32],
    decoding: &Decoding,
    listener: &mut Listener<'_>,
) -> Result<Continuation> {
    let mut sampler = Sampler::new(decoding.seed);
    let mut writer = Writer::new(deploy, &decoding.stop, listener);
    let (room, mut ending) = budget(model, prompt, decoding);
    let context = model.context();
    model.reserve(context.min(prompt.len().saturating_add(room)));
    let mut history = prompt.to_vec();
    // What the model remembers is the part of the history from `begin` to `end`.
    let (mut begin, mut end) = (0, 0);
    let mut logits = Vec::new();
    while history.len() - prompt.len() < room {
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
        let written = history.len() - prompt.len();
        process(
            &mut logits,
            &history,
            written,
            model.end_of_text(),
            decoding,
        );
        let Some(token) = sampler.choose(&logits, &decoding.strategy) else {
            ending = Ending::NoTokenLeft;
            break;
        };
        if token == model.end_of_text() {
            ending = Ending::EndOfText;
            break;
        }
        history.push(token);
        if let Some(early) = writer.write(token)? {
            ending = early;
            break;
        }
    }
    let text = writer.finish(ending)?;
    Ok(Continuation {
        tokens: history.split_off(prompt.len()),
        text,
        ending,
    })
}

/// Turns tokens into the text the listener hears.
struct Writer<'a, 'b> {
    stream: TextStream<'a>,
    filter: StopFilter<'a>,
    listener: &'a mut Listener<'b>,
    text: String,
}

impl<'a, 'b> Writer<'a, 'b> {
    fn new(deploy: &'a Deploy, stops: &'a [String], listener: &'a mut Listener<'b>) -> Self {
        let stream = TextStream::new(&deploy.tokenizer);
        Self {
            stream,
            filter: StopFilter::new(stops),
            listener,
            text: String::new(),
        }
    }

    /// Add a token; an ending if the text is complete with it.
    fn write(&mut self, token: u32) -> Result<Option<Ending>> {
        let whole = self.stream.push(token);
        let (text, ending) = match self.filter.push(&whole) {
            Filtered::Text(text) => (text, None),
            Filtered::Stopped(text) => (text, Some(Ending::StopString)),
        };
        let go_on = self.show(&text)?;
        Ok(ending.or((!go_on).then_some(Ending::Interrupted)))
    }

    fn show(&mut self, text: &str) -> Result<bool> {
        self.text.push_str(text);
        (self.listener)(text)
    }

    fn finish(mut self, ending: Ending) -> Result<String> {
        if ending != Ending::StopString {
            let rest = self.stream.finish();
            let shown = match self.filter.push(&rest) {
                Filtered::Text(text) => text + &self.filter.finish(),
                Filtered::Stopped(text) => text,
            };
            self.show(&shown)?;
        }
        Ok(self.text)
    }
}
