//! `gpt2ro samples`: what the workflow shows of a model.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::Speaker;
use crate::cli::SamplesOptions;
use crate::decoding::{Decoding, EarlyStopping, Ending, Limits, Strategy, generate};
use crate::letters::Letters;
use crate::output::{check_place, read_prompts, tell, write_atomically};

/// The strategies shown, by the names of the command line, with its default parameters.
const STRATEGIES: [(&str, Strategy); 5] = [
    ("greedy", Strategy::Greedy),
    (
        "beam",
        Strategy::Beam {
            beams: 4,
            length_penalty: 1.0,
            early_stopping: EarlyStopping::False,
        },
    ),
    ("top-k", sample(Some(50), None)),
    ("top-p", sample(None, Some(0.95))),
    ("top-k-top-p", sample(Some(50), Some(0.95))),
];

const fn sample(top_k: Option<usize>, top_p: Option<f64>) -> Strategy {
    Strategy::Sample {
        limits: Limits::top(top_k, top_p),
        temperature: 0.8,
    }
}

#[derive(Serialize)]
struct Report<'a> {
    seed: u64,
    max_new_tokens: usize,
    samples: Vec<PromptSamples<'a>>,
}

#[derive(Serialize)]
struct PromptSamples<'a> {
    prompt: &'a str,
    continuations: Vec<Sample>,
}

#[derive(Serialize)]
struct Sample {
    strategy: &'static str,
    parameters: Strategy,
    text: String,
    tokens: usize,
    ending: Ending,
}

/// Run the command. Equal models, prompts and seeds give equal files.
///
/// # Errors
/// The prompts or the model cannot be read, or a file cannot be written.
pub fn run(options: &SamplesOptions) -> Result<()> {
    let prompts = read_prompts(&options.prompts)?;
    check_place(&options.text)?;
    check_place(&options.json)?;
    let letters = Letters::new(false);
    let prompts = prompts.into_iter().map(|prompt| letters.read(prompt));
    let prompts: Vec<String> = prompts.collect();
    let mut speaker = Speaker::load(&options.model)?;
    let mut report = Report {
        seed: options.seed,
        max_new_tokens: options.max_new_tokens,
        samples: Vec::new(),
    };
    for (number, prompt) in prompts.iter().enumerate() {
        tell(&format!(
            "samples: prompt {} of {}",
            number + 1,
            prompts.len()
        ));
        let continuations = STRATEGIES
            .iter()
            .map(|(name, strategy)| sample_of(&mut speaker, options, prompt, name, strategy))
            .collect::<Result<_>>()
            .with_context(|| format!("{}: prompt {}", options.prompts.display(), number + 1))?;
        report.samples.push(PromptSamples {
            prompt,
            continuations,
        });
    }
    write_atomically(&options.json, &(serde_json::to_vec_pretty(&report)?))?;
    write_atomically(&options.text, readable(&report).as_bytes())
}

fn sample_of(
    speaker: &mut Speaker,
    options: &SamplesOptions,
    prompt: &str,
    name: &'static str,
    strategy: &Strategy,
) -> Result<Sample> {
    let decoding = Decoding {
        max_new_tokens: options.max_new_tokens,
        ..Decoding::new(strategy.clone(), options.seed)
    };
    let ids = speaker.deploy.encode(prompt);
    let Speaker { deploy, model, .. } = speaker;
    let continuation = generate(model, deploy, &ids, &decoding, &mut |_| Ok(true))?;
    Ok(Sample {
        strategy: name,
        parameters: strategy.clone(),
        text: continuation.text,
        tokens: continuation.tokens.len(),
        ending: continuation.ending,
    })
}

/// The text file: each prompt, and under it what each strategy made of it.
fn readable(report: &Report<'_>) -> String {
    let mut text = String::new();
    for samples in &report.samples {
        let _ = writeln!(text, "=== {}\n", samples.prompt);
        for sample in &samples.continuations {
            let _ = writeln!(
                text,
                "--- {}\n{}{}\n",
                sample.strategy, samples.prompt, sample.text
            );
        }
    }
    text
}
