//! `gpt2ro generate`: continue one prompt, or every prompt of a file.

use std::io::{StdoutLock, Write as _};
use std::path::Path;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::{Speaker, bold};
use crate::cli::GenerateOptions;
use crate::decoding::{Continuation, Decoding, Strategy, check_length, generate, generate_several};
use crate::output::{read_prompts, read_text};

/// Run the command.
///
/// # Errors
/// The prompts cannot be read or one is too long, more continuations are wanted than there are beams,
/// or the model cannot be loaded.
pub fn run(options: &GenerateOptions) -> Result<()> {
    let prompts = prompts(options)?;
    let mut speaker = Speaker::load(&options.model)?;
    let decoding = options.decoding.decoding(&speaker.deploy)?;
    check_count(options, &decoding)?;
    let mut out = std::io::stdout().lock();
    for prompt in &prompts {
        let continuations = if options.json || options.continuations > 1 {
            several(&mut speaker, prompt, &decoding, options, &mut out)?
        } else {
            vec![streamed(
                &mut speaker,
                prompt,
                &decoding,
                options,
                &mut out,
            )?]
        };
        continuations
            .iter()
            .for_each(|continuation| speaker.tell_if_full(continuation));
    }
    if options.perf {
        eprintln!("gpt2ro: {}", speaker.performance());
    }
    Ok(())
}

fn prompts(options: &GenerateOptions) -> Result<Vec<String>> {
    if let Some(file) = &options.prompts {
        return read_prompts(file);
    }
    let prompt = match (&options.prompt, &options.prompt_file) {
        (_, Some(file)) => read_text(file)?,
        (Some(prompt), None) if prompt == "-" => read_text(Path::new(prompt))?,
        (Some(prompt), None) => prompt.clone(),
        (None, None) => unreachable!("clap asks for one of them"),
    };
    Ok(vec![prompt])
}

fn check_count(options: &GenerateOptions, decoding: &Decoding) -> Result<()> {
    let count = options.continuations;
    match decoding.strategy {
        Strategy::Beam { beams, .. } => ensure!(
            count <= beams,
            "--continuations is {count}, and a search with {beams} beams finds at most {beams}; raise --beams"
        ),
        Strategy::Greedy => ensure!(
            count == 1,
            "--continuations is {count}, and greedy decoding has only one; choose another --strategy"
        ),
        Strategy::Sample { .. } => {}
    }
    Ok(())
}

/// Continue a prompt, and show the text while it is written.
fn streamed(
    speaker: &mut Speaker,
    prompt: &str,
    decoding: &Decoding,
    options: &GenerateOptions,
    out: &mut StdoutLock<'_>,
) -> Result<Continuation> {
    let ids = speaker.deploy.encode(prompt)?;
    check_length(&speaker.model, &ids, decoding)?;
    if !options.no_echo {
        write!(out, "{}", bold(prompt))?;
    }
    let mut listener = |text: &str| -> Result<bool> {
        write!(out, "{text}")?;
        out.flush()?;
        Ok(true)
    };
    let Speaker { deploy, model, .. } = speaker;
    let continuation = generate(model, deploy, &ids, decoding, &mut listener)?;
    writeln!(out)?;
    Ok(continuation)
}

/// Continue a prompt as often as asked, and print each continuation when all are written.
fn several(
    speaker: &mut Speaker,
    prompt: &str,
    decoding: &Decoding,
    options: &GenerateOptions,
    out: &mut StdoutLock<'_>,
) -> Result<Vec<Continuation>> {
    let ids = speaker.deploy.encode(prompt)?;
    let Speaker { deploy, model, .. } = speaker;
    let continuations = generate_several(model, deploy, &ids, decoding, options.continuations)?;
    for (number, continuation) in continuations.iter().enumerate() {
        if options.json {
            writeln!(out, "{}", record(prompt, number, continuation, decoding))?;
        } else {
            let echo = if options.no_echo {
                String::new()
            } else {
                bold(prompt)
            };
            writeln!(out, "--- {}\n{echo}{}", number + 1, continuation.text)?;
        }
    }
    Ok(continuations)
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
