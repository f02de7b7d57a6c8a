//! `gpt2ro dialog`: the model answers, and remembers the exchange as far as its context goes.

use std::collections::VecDeque;
use std::io::Write as _;

use anyhow::{Result, ensure};

use super::prompt_loop::read_line;
use super::{Interrupt, Speaker};
use crate::cli::DialogOptions;
use crate::decoding::generate;
use crate::deploy::Deploy;
use crate::model::Model as _;

/// Run the command until the end of standard input.
///
/// # Errors
/// The model cannot be loaded, a turn alone fills the context, or standard input or output fails.
pub fn run(options: &DialogOptions) -> Result<()> {
    let mut speaker = Speaker::load(&options.model)?;
    let interrupt = Interrupt::install()?;
    let mut decoding = options.decoding.decoding(&speaker.deploy)?;
    // A turn is a line: the model's ends where it would begin the user's.
    decoding.stop.push("\n".to_owned());
    let (user, model_name) = (opening(&options.user_name), opening(&options.model_name));
    let mut exchange = Exchange::default();
    while let Some(line) = read_line(&user)? {
        if line.trim().is_empty() {
            continue;
        }
        exchange.turns.push_back(format!("{user}{}\n", line.trim()));
        // The answer has its tokens, but never more than half of the context.
        let context = speaker.model.context();
        let room = context - decoding.max_new_tokens.min(context / 2);
        let ids = exchange.fitting(&speaker.deploy, &model_name, room)?;
        let mut out = std::io::stdout().lock();
        write!(out, "{model_name}")?;
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
        exchange
            .turns
            .push_back(format!("{model_name}{}\n", answer?.text.trim()));
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

impl Exchange {
    /// Drop the oldest turns until the rest, with the opening of the answer, fits in `room` tokens.
    fn fitting(&mut self, deploy: &Deploy, answer: &str, room: usize) -> Result<Vec<u32>> {
        loop {
            let text: String =
                self.turns.iter().map(String::as_str).collect::<String>() + answer.trim_end();
            let ids = deploy.encode(&text)?;
            if ids.len() <= room {
                return Ok(ids);
            }
            ensure!(
                self.turns.len() > 1,
                "this turn alone has {} tokens, and {room} fit; write less, or lower --max-new-tokens",
                ids.len()
            );
            self.turns.pop_front();
        }
    }
}
