//! One module a command.

pub mod dialog;
pub mod generate;
pub mod logits;
pub mod prompt_loop;
pub mod samples;
pub mod score;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;

use crate::cli::ModelOptions;
use crate::decoding::{Continuation, Ending};
use crate::deploy::Deploy;
use crate::model::Model;

/// A loaded model with its tokenizer.
pub struct Speaker {
    deploy: Deploy,
    model: Box<dyn Model>,
}

impl Speaker {
    fn load(options: &ModelOptions) -> Result<Self> {
        let deploy = Deploy::open(&options.model)?;
        let model = options.choice()?.load(&deploy, options.threads)?;
        Ok(Self { deploy, model })
    }

    /// Say on standard error when a continuation ended for want of context.
    fn tell_if_full(&self, continuation: &Continuation) {
        if continuation.ending == Ending::ContextFull {
            eprintln!(
                "gpt2ro: the context of {} tokens is full",
                self.model.context()
            );
        }
    }
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
