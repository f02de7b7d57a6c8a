//! `gpt2ro generate`: continue one prompt, or every prompt of a file.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::{Speaker, bold, tell_if_full};
use crate::cli::GenerateOptions;
use crate::decoding::{Continuation, Decoding, Strategy, check_length, generate, generate_several};
use crate::model::Model as _;
use crate::output::{StandardOutput, name, read_prompt, read_prompts, tell};

/// Run the command.
///
/// # Errors
/// The prompts cannot be read or one is too long, or the model cannot be loaded.
pub fn run(options: &GenerateOptions) -> Result<()> {
    let prompts = prompts(options)?;
    let mut speaker = Speaker::load(&options.model)?;
    let letters = options.decoding.letters();
    let decoding = options.decoding.decoding(&speaker.deploy, &letters)?;
    let prompts = prompts.into_iter().map(|prompt| letters.read(prompt));
    let prompts = encoded(prompts, &speaker, &decoding, options)?;
    let mut out = StandardOutput::lock();
    for prompt in &prompts {
        if options.json || options.continuations > 1 {
            several(&mut speaker, prompt, &decoding, options, &mut out)?;
        } else {
            streamed(&mut speaker, prompt, &decoding, options, &mut out)?;
        }
    }
    if options.perf {
        let seed = match decoding.strategy {
            Strategy::Sample { .. } => format!("; seed {}", decoding.seed),
            Strategy::Greedy | Strategy::Beam { .. } => String::new(),
        };
        tell(&format!("gpt2ro: {}{seed}", speaker.performance()));
    }
    Ok(())
}

/// A text to continue, and its tokens.
struct Prompt {
    text: String,
    ids: Vec<u32>,
}

/// The tokens of the prompts. That one of them is too long is told before hours are spent on others.
fn encoded(
    texts: impl Iterator<Item = String>,
    speaker: &Speaker,
    decoding: &Decoding,
    options: &GenerateOptions,
) -> Result<Vec<Prompt>> {
    let mut prompts = Vec::new();
    for (index, text) in texts.enumerate() {
        let ids = speaker.deploy.encode(&text);
        let checked = check_length(&speaker.model, &ids, decoding);
        match &options.prompts {
            None => checked?,
            Some(file) => {
                checked.with_context(|| format!("{}: prompt {}", name(file), index + 1))?;
            }
        }
        prompts.push(Prompt { text, ids });
    }
    Ok(prompts)
}

fn prompts(options: &GenerateOptions) -> Result<Vec<String>> {
    if let Some(file) = &options.prompts {
        return read_prompts(file);
    }
    let prompt = match (&options.prompt, &options.prompt_file) {
        (_, Some(file)) => read_prompt(file)?,
        (Some(prompt), None) if prompt == "-" => read_prompt(Path::new(prompt))?,
        (Some(prompt), None) => prompt.clone(),
        (None, None) => unreachable!("clap asks for one of them"),
    };
    Ok(vec![prompt])
}

/// Continue a prompt, and show the text while it is written.
fn streamed(
    speaker: &mut Speaker,
    prompt: &Prompt,
    decoding: &Decoding,
    options: &GenerateOptions,
    out: &mut StandardOutput,
) -> Result<()> {
    if !options.no_echo {
        write!(out, "{}", bold(&prompt.text))?;
    }
    let mut listener = |text: &str| -> Result<bool> {
        write!(out, "{text}")?;
        out.flush()?;
        Ok(true)
    };
    let Speaker { deploy, model, .. } = speaker;
    let continuation = generate(model, deploy, &prompt.ids, decoding, &mut listener)?;
    writeln!(out)?;
    tell_if_full(&continuation, model.context());
    Ok(())
}

/// Continue a prompt as often as asked, and print each continuation when it is written.
fn several(
    speaker: &mut Speaker,
    prompt: &Prompt,
    decoding: &Decoding,
    options: &GenerateOptions,
    out: &mut StandardOutput,
) -> Result<()> {
    let Speaker { deploy, model, .. } = speaker;
    let Prompt { text, ids } = prompt;
    let (context, count) = (model.context(), options.continuations);
    let mut number = 0;
    let mut receive = |continuation: Continuation| -> Result<()> {
        if options.json {
            writeln!(out, "{}", record(text, number, &continuation, decoding))?;
        } else {
            let echo = if options.no_echo {
                String::new()
            } else {
                bold(text)
            };
            writeln!(out, "--- {}\n{echo}{}", number + 1, continuation.text)?;
        }
        tell_if_full(&continuation, context);
        number += 1;
        Ok(())
    };
    generate_several(model, deploy, ids, decoding, count, &mut receive)
}

/// What is said of a continuation; the seed is the one that gives it again.
fn record(prompt: &str, number: usize, continuation: &Continuation, decoding: &Decoding) -> Value {
    let seed = match decoding.strategy {
        Strategy::Sample { .. } => decoding.seed.wrapping_add(number as u64),
        Strategy::Greedy | Strategy::Beam { .. } => decoding.seed,
    };
    json!({
        "prompt": prompt,
        "text": continuation.text,
        "tokens": continuation.tokens,
        "ending": continuation.ending,
        "strategy": decoding.strategy,
        "seed": seed,
    })
}
