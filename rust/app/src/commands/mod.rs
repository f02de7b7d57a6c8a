//! One module a command.

pub mod bench;
pub mod corpus;
pub mod dialog;
pub mod generate;
pub mod inspect;
mod line_reader;
pub mod logits;
pub mod prompt_loop;
pub mod samples;
pub mod score;
pub mod shell;
pub mod tokens;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anstream::{AutoStream, ColorChoice};
use anyhow::Result;

use crate::cli::ModelOptions;
use crate::decoding::{Continuation, Ending};
use crate::deploy::Deploy;
use crate::manifest::{Reading, verify};
use crate::output::tell;
use crate::timing::TimedModel;

/// A loaded model with its tokenizer.
pub struct Speaker {
    deploy: Deploy,
    model: TimedModel,
    loading: Duration,
}

impl Speaker {
    fn load(options: &ModelOptions) -> Result<Self> {
        let start = Instant::now();
        let deploy = Deploy::open(&options.model, options.weights)?;
        if !options.no_verify {
            let reading = if options.cache && !options.verify {
                Reading::Changed
            } else {
                Reading::Whole
            };
            verify(&options.model, &deploy.files, reading)?;
        }
        let model = options.choice()?.load(&deploy, options.threads)?;
        Ok(Self {
            deploy,
            model: TimedModel::new(model),
            loading: start.elapsed(),
        })
    }

    /// How long everything took so far, in one line.
    fn performance(&self) -> String {
        let (prompts, written) = (self.model.prompts, self.model.written);
        format!(
            "loaded in {:.2} s; {} tokens read at {:.0} tokens/s; {} written at {:.1} tokens/s",
            self.loading.as_secs_f64(),
            prompts.tokens,
            prompts.rate(),
            written.tokens,
            written.rate()
        )
    }
}

/// Say on standard error when a continuation ended for want of context.
fn tell_if_full(continuation: &Continuation, context: usize) {
    if continuation.ending == Ending::ContextFull {
        tell(&format!("gpt2ro: the context of {context} tokens is full"));
    }
}

/// What the user or the program says, as it is shown among what the model writes: bold on a terminal
/// that has that, unless NO_COLOR is set.
fn bold(text: &str) -> String {
    if AutoStream::choice(&std::io::stdout()) == ColorChoice::Never {
        return text.to_owned();
    }
    format!("\x1b[1m{text}\x1b[0m")
}

/// Ctrl-C stops the continuation that is being written, and not the program; with none being written
/// it ends the program as usual.
pub struct Interrupt {
    writing: AtomicBool,
    pressed: AtomicBool,
}

static INTERRUPT: OnceLock<Interrupt> = OnceLock::new();
/// What shells report for a program ended by Ctrl-C.
const INTERRUPTED: i32 = 130;

impl Interrupt {
    /// Start listening to Ctrl-C.
    fn install() -> Result<&'static Self> {
        let interrupt = INTERRUPT.get_or_init(|| Self {
            writing: AtomicBool::new(false),
            pressed: AtomicBool::new(false),
        });
        ctrlc::set_handler(|| {
            let interrupt = INTERRUPT.get().expect("set before the handler");
            let again = interrupt.pressed.swap(true, Ordering::SeqCst);
            if again || !interrupt.writing.load(Ordering::SeqCst) {
                std::process::exit(INTERRUPTED);
            }
        })?;
        Ok(interrupt)
    }

    /// A continuation begins.
    fn begin(&self) {
        self.pressed.store(false, Ordering::SeqCst);
        self.writing.store(true, Ordering::SeqCst);
    }

    /// It has ended.
    fn end(&self) {
        self.writing.store(false, Ordering::SeqCst);
    }

    /// Whether it may go on.
    fn go_on(&self) -> bool {
        !self.pressed.load(Ordering::SeqCst)
    }
}
