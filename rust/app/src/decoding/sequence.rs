//! A text that is being written: its tokens so far, and the random choices to come.

use anyhow::Result;

use super::sampler::Sampler;
use super::{Continuation, Decoding, Ending, Listener, process};
use crate::deploy::Deploy;
use crate::text::{Filtered, StopFilter, TextStream};

/// A prompt and what follows it.
pub(super) struct Sequence<'a> {
    decoding: &'a Decoding,
    sampler: Sampler,
    writer: Writer<'a>,
    end_of_text: u32,
    history: Vec<u32>,
    /// Tokens of the prompt, with which the history begins.
    prompt: usize,
    ending: Option<Ending>,
}

impl<'a> Sequence<'a> {
    /// Begin after a prompt, with the choices of a seed.
    pub fn new(deploy: &'a Deploy, prompt: &[u32], decoding: &'a Decoding, seed: u64) -> Self {
        Self {
            decoding,
            sampler: Sampler::new(seed),
            writer: Writer::new(deploy, &decoding.stop),
            end_of_text: deploy.end_of_text,
            history: prompt.to_vec(),
            prompt: prompt.len(),
            ending: None,
        }
    }

    /// The tokens of prompt and continuation.
    pub fn history(&self) -> &[u32] {
        &self.history
    }

    /// How many tokens were written.
    pub fn written(&self) -> usize {
        self.history.len() - self.prompt
    }

    /// Whether it has not ended.
    pub const fn goes_on(&self) -> bool {
        self.ending.is_none()
    }

    /// Write the token that is chosen by the logits of what comes next, or end. The logits are changed.
    pub fn advance(&mut self, logits: &mut [f32], listener: &mut Listener<'_>) -> Result<()> {
        let written = self.written();
        process(
            logits,
            &self.history,
            written,
            self.end_of_text,
            self.decoding,
        );
        self.ending = match self.sampler.choose(logits, &self.decoding.strategy) {
            None => Some(Ending::NoTokenLeft),
            Some(token) if token == self.end_of_text => Some(Ending::EndOfText),
            Some(token) => {
                self.history.push(token);
                self.writer.write(token, listener)?
            }
        };
        Ok(())
    }

    /// The continuation, which ends as it did, or so if it did not.
    pub fn finish(
        mut self,
        unfinished: Ending,
        listener: &mut Listener<'_>,
    ) -> Result<Continuation> {
        let ending = self.ending.unwrap_or(unfinished);
        Ok(Continuation {
            text: self.writer.finish(ending, listener)?,
            tokens: self.history.split_off(self.prompt),
            ending,
        })
    }
}

/// Turns tokens into the text the listener hears.
pub(super) struct Writer<'a> {
    stream: TextStream<'a>,
    filter: StopFilter<'a>,
    text: String,
}

impl<'a> Writer<'a> {
    /// Begin a text that ends before the first of these strings.
    pub fn new(deploy: &'a Deploy, stops: &'a [String]) -> Self {
        Self {
            stream: TextStream::new(&deploy.tokenizer),
            filter: StopFilter::new(stops),
            text: String::new(),
        }
    }

    /// Add a token; an ending if the text is complete with it.
    pub fn write(&mut self, token: u32, listener: &mut Listener<'_>) -> Result<Option<Ending>> {
        let whole = self.stream.push(token);
        let (text, ending) = match self.filter.push(&whole) {
            Filtered::Text(text) => (text, None),
            Filtered::Stopped(text) => (text, Some(Ending::StopString)),
        };
        let go_on = self.show(&text, listener)?;
        Ok(ending.or((!go_on).then_some(Ending::Interrupted)))
    }

    fn show(&mut self, text: &str, listener: &mut Listener<'_>) -> Result<bool> {
        self.text.push_str(text);
        listener(text)
    }

    /// The whole text, which ends so.
    pub fn finish(mut self, ending: Ending, listener: &mut Listener<'_>) -> Result<String> {
        if ending != Ending::StopString {
            let rest = self.stream.finish();
            let shown = match self.filter.push(&rest) {
                Filtered::Text(text) => text + &self.filter.finish(),
                Filtered::Stopped(text) => text,
            };
            self.show(&shown, listener)?;
        }
        Ok(self.text)
    }
}
