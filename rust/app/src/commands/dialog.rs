//! `gpt2ro dialog`: the model answers, and remembers the exchange as far as its context goes.

use std::collections::VecDeque;
use std::io::Write as _;

use anyhow::{Result, ensure};

use super::line_reader::LineReader;
use super::{Interrupt, Speaker, bold};
use crate::cli::DialogOptions;
use crate::decoding::{Decoding, generate};
use crate::deploy::Deploy;
use crate::model::Model as _;
use crate::output::{StandardOutput, tell};

/// The line that makes the model forget the turns so far.
const RESET: &str = "/reset";

/// Run the command until the end of standard input.
///
/// # Errors
/// The model cannot be loaded, standard input or output or the file of the history fails, or lines of a
/// pipe were skipped: turns that alone fill the context.
pub fn run(options: &DialogOptions) -> Result<()> {
    let mut lines = LineReader::new(options.history.as_deref())?;
    let mut speaker = Speaker::load(&options.model)?;
    let interrupt = Interrupt::install()?;
    let letters = options.decoding.letters();
    let mut decoding = options.decoding.decoding(&speaker.deploy, &letters)?;
    // A turn is a line: the model's ends where it would begin the user's.
    decoding.stop.push("\n".to_owned());
    let turns = |name: &str| letters.read(beginning(name));
    let (user, model_name) = (turns(&options.user_name), turns(&options.model_name));
    // The answer has its tokens, but never more than half of the context.
    let context = speaker.model.context();
    let room = context - decoding.max_new_tokens.min(context / 2);
    let opening = letters.read(options.opening.clone());
    let mut exchange = Exchange::new(&speaker.deploy, opening, room)?;
    while let Some(line) = lines.line(&user)? {
        if line.trim().is_empty() {
            continue;
        }
        if line.trim() == RESET {
            exchange.turns.clear();
            tell("gpt2ro: the turns so far are forgotten");
            continue;
        }
        let line = letters.read(line);
        exchange.turns.push_back(format!("{user}{}\n", line.trim()));
        let ids = match exchange.fitting(&speaker.deploy, &model_name) {
            Fitting::Ids(ids) => ids,
            Fitting::TooLong(found) => {
                lines.skip(&format!(
                    "this turn {} has {found} tokens, and {room} fit; write less, or lower --max-new-tokens",
                    exchange.company()
                ));
                continue;
            }
        };
        let answer = answer(&mut speaker, &ids, &decoding, &model_name, interrupt)?;
        // Were an empty answer remembered, the model would take silence for the custom.
        if !answer.is_empty() {
            let turn = format!("{model_name}{answer}\n");
            exchange.turns.push_back(turn);
        }
        decoding.seed = decoding.seed.wrapping_add(1);
    }
    lines.end(interrupt)
}

/// The model's turn, without blanks around it. It is shown while it is written, after what begins it.
fn answer(
    speaker: &mut Speaker,
    ids: &[u32],
    decoding: &Decoding,
    beginning: &str,
    interrupt: &Interrupt,
) -> Result<String> {
    let mut out = StandardOutput::lock();
    write!(out, "{}", bold(beginning))?;
    let mut begun = false;
    let mut listener = |text: &str| -> Result<bool> {
        // The beginning ends with the space that the model writes first.
        let shown = if begun { text } else { text.trim_start() };
        begun |= !shown.is_empty();
        write!(out, "{shown}")?;
        out.flush()?;
        Ok(interrupt.go_on())
    };
    interrupt.begin();
    let Speaker { deploy, model, .. } = speaker;
    let answer = generate(model, deploy, ids, decoding, &mut listener);
    interrupt.end();
    writeln!(out)?;
    Ok(answer?.text.trim().to_owned())
}

/// What begins a turn: a name, or the dash of Romanian dialogues.
fn beginning(name: &str) -> String {
    if name.is_empty() {
        "— ".to_owned()
    } else {
        format!("{name}: ")
    }
}

/// What was said so far.
struct Exchange {
    /// Stands before the turns; empty, or whole lines.
    opening: String,
    /// Most tokens of all, with the beginning of the answer.
    room: usize,
    /// The oldest first.
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
    /// Begin with an opening, which gets a line of its own.
    ///
    /// # Errors
    /// It leaves no room for a turn.
    fn new(deploy: &Deploy, mut opening: String, room: usize) -> Result<Self> {
        let found = deploy.encode(&opening).len();
        ensure!(
            found < room,
            "--opening: has {found} tokens, and {room} fit, with a turn; shorten it, or lower --max-new-tokens"
        );
        if !opening.is_empty() && !opening.ends_with('\n') {
            opening.push('\n');
        }
        Ok(Self {
            opening,
            room,
            turns: VecDeque::new(),
        })
    }

    /// What a turn that is too long stands with.
    const fn company(&self) -> &'static str {
        if self.opening.is_empty() {
            "alone"
        } else {
            "after --opening"
        }
    }

    /// Forget the oldest turns until the rest, with the opening and the beginning of the answer, fits. If
    /// the last turn alone does not, only that one is forgotten.
    fn fitting(&mut self, deploy: &Deploy, answer: &str) -> Fitting {
        let mut found = 0;
        for oldest in 0..self.turns.len() {
            let kept: String = self.turns.range(oldest..).map(String::as_str).collect();
            let text = format!("{}{kept}{}", self.opening, answer.trim_end());
            let ids = deploy.encode(&text);
            if ids.len() <= self.room {
                self.turns.drain(..oldest);
                return Fitting::Ids(ids);
            }
            found = ids.len();
        }
        self.turns.pop_back();
        Fitting::TooLong(found)
    }
}
