//! `gpt2ro dialog`: the model answers, and remembers the exchange as far as its context goes.

use std::collections::VecDeque;
use std::io::Write as _;

use anyhow::Result;

use super::line_reader::LineReader;
use super::{Interrupt, Speaker, bold};
use crate::cli::DialogOptions;
use crate::decoding::generate;
use crate::deploy::Deploy;
use crate::model::Model as _;
use crate::output::{StandardOutput, tell};

/// Run the command until the end of standard input.
///
/// # Errors
/// The model cannot be loaded, or standard input or output or the file of the history fails. A turn
/// that alone fills the context is told and forgotten.
pub fn run(options: &DialogOptions) -> Result<()> {
    let mut speaker = Speaker::load(&options.model)?;
    let interrupt = Interrupt::install()?;
    let letters = options.decoding.letters();
    let mut decoding = options.decoding.decoding(&speaker.deploy, &letters)?;
    // A turn is a line: the model's ends where it would begin the user's.
    decoding.stop.push("\n".to_owned());
    let turns = |name: &str| letters.read(opening(name));
    let (user, model_name) = (turns(&options.user_name), turns(&options.model_name));
    let mut exchange = Exchange::default();
    let mut lines = LineReader::new(options.history.as_deref())?;
    while let Some(line) = lines.line(&user)? {
        if line.trim().is_empty() {
            continue;
        }
        let line = letters.read(line);
        exchange.turns.push_back(format!("{user}{}\n", line.trim()));
        // The answer has its tokens, but never more than half of the context.
        let context = speaker.model.context();
        let room = context - decoding.max_new_tokens.min(context / 2);
        let ids = match exchange.fitting(&speaker.deploy, &model_name, room)? {
            Fitting::Ids(ids) => ids,
            Fitting::TooLong(found) => {
                tell(&format!(
                    "gpt2ro: this turn alone has {found} tokens, and {room} fit; write less, or lower --max-new-tokens"
                ));
                continue;
            }
        };
        let mut out = StandardOutput::lock();
        write!(out, "{}", bold(&model_name))?;
        let mut begun = false;
        let mut listener = |text: &str| -> Result<bool> {
            // The opening ends with the space that the model writes first.
            let shown = if begun { text } else { text.trim_start() };
            begun |= !shown.is_empty();
            write!(out, "{shown}")?;
            out.flush()?;
            Ok(interrupt.go_on())
        };
        interrupt.begin();
        let Speaker { deploy, model, .. } = &mut speaker;
        let answer = generate(model, deploy, &ids, &decoding, &mut listener);
        interrupt.end();
        writeln!(out)?;
        let answer = answer?;
        // Were an empty answer remembered, the model would take silence for the custom.
        if !answer.text.trim().is_empty() {
            let turn = format!("{model_name}{}\n", answer.text.trim());
            exchange.turns.push_back(turn);
        }
        decoding.seed = decoding.seed.wrapping_add(1);
    }
    Ok(())
}

/// What begins a turn: a name, or the dash of Romanian dialogues.
fn opening(name: &str) -> String {
    if name.is_empty() {
        "— ".to_owned()
    } else {
        format!("{name}: ")
    }
}

/// The turns so far, the oldest first.
#[derive(Default)]
struct Exchange {
    turns: VecDeque<String>,
}

/// What fits of an exchange.
enum Fitting {
    /// The tokens of as many of the last turns as fit.
    Ids(Vec<u32>),
    /// The last turn alone does not: it has this many tokens.
    TooLong(usize),
}

impl Exchange {
    /// Forget the oldest turns until the rest, with the opening of the answer, fits in `room` tokens. If
    /// the last turn alone does not, only that one is forgotten.
    fn fitting(&mut self, deploy: &Deploy, answer: &str, room: usize) -> Result<Fitting> {
        let mut found = 0;
        for oldest in 0..self.turns.len() {
            let kept = self.turns.range(oldest..);
            let text: String = kept.map(String::as_str).collect::<String>() + answer.trim_end();
            let ids = deploy.encode(&text);
            if ids.len() <= room {
                self.turns.drain(..oldest);
                return Ok(Fitting::Ids(ids));
            }
            found = ids.len();
        }
        self.turns.pop_back();
        Ok(Fitting::TooLong(found))
    }
}
