//! `gpt2ro generate`: continue one prompt.

use std::io::{Read as _, Write as _};

use anyhow::{Context as _, Result};
use serde_json::json;

use super::Speaker;
use crate::cli::GenerateOptions;
use crate::decoding::{check_length, generate};
use crate::output::read_text;

/// Run the command.
///
/// # Errors
/// The prompt cannot be read or is too long, or the model cannot be loaded.
pub fn run(options: &GenerateOptions) -> Result<()> {
    let prompt = prompt(options)?;
    let mut speaker = Speaker::load(&options.model)?;
    let ids = speaker.deploy.encode(&prompt)?;
    check_length(speaker.model.as_ref(), &ids)?;
    let decoding = options.decoding.decoding();
    let mut out = std::io::stdout().lock();
    if !options.json && !options.no_echo {
        write!(out, "{prompt}")?;
    }
    let mut listener = |text: &str| -> Result<bool> {
        if !options.json {
            write!(out, "{text}")?;
            out.flush()?;
        }
        Ok(true)
    };
    let Speaker { deploy, model } = &mut speaker;
    let continuation = generate(model.as_mut(), deploy, &ids, &decoding, &mut listener)?;
    if options.json {
        let object = json!({
            "prompt": prompt,
            "text": continuation.text,
            "tokens": continuation.tokens,
            "ending": continuation.ending,
            "strategy": decoding.strategy,
            "seed": decoding.seed,
        });
        writeln!(out, "{object}")?;
    } else {
        writeln!(out)?;
    }
    speaker.tell_if_full(&continuation);
    Ok(())
}

fn prompt(options: &GenerateOptions) -> Result<String> {
    match (&options.prompt, &options.prompt_file) {
        (_, Some(file)) => read_text(file),
        (Some(prompt), None) if prompt == "-" => {
            let mut bytes = Vec::new();
            std::io::stdin().read_to_end(&mut bytes)?;
            String::from_utf8(bytes)
                .context("standard input: not UTF-8; convert it (iconv -t utf-8)")
        }
        (Some(prompt), None) => Ok(prompt.clone()),
        (None, None) => unreachable!("clap asks for one of them"),
    }
}
