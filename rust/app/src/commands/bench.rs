//! `gpt2ro bench`: how fast the model reads and writes, and what memory allows.

use std::io::Write as _;

use anyhow::{Result, ensure};
use gpt2ro_engine::kernels::{BandwidthProbe, Isa, Pool};
use gpt2ro_engine::model::Config;
use serde_json::json;

use super::Speaker;
use crate::backend::{Backend, Precision};
use crate::cli::BenchOptions;
use crate::decoding::sampler::argmax;
use crate::model::{Model as _, Positions};
use crate::output::{StandardOutput, tell};

/// Run the command.
///
/// # Errors
/// The model cannot be loaded, or its context is too short.
pub fn run(options: &BenchOptions) -> Result<()> {
    let mut speaker = Speaker::load(&options.model)?;
    let context = speaker.model.context();
    let new_tokens = options.new_tokens.unwrap_or((context / 4).clamp(1, 128));
    let room = context.saturating_sub(new_tokens);
    let prompt_tokens = options.prompt_tokens.unwrap_or(room.clamp(1, 512));
    ensure!(
        prompt_tokens.saturating_add(new_tokens) <= context,
        "--prompt-tokens {prompt_tokens} and --new-tokens {new_tokens} exceed the context of {context}; lower one"
    );
    let threads = options.model.threads.unwrap_or_else(cores);
    let probe = BandwidthProbe::new()?;
    let pool = Pool::new(threads)?;
    let mut bandwidth = probe.measure(&pool);
    let mut rounds = Vec::new();
    for round in 1..=options.rounds {
        speaker.model.restart();
        write_tokens(&mut speaker, prompt_tokens, new_tokens)?;
        let rates = (speaker.model.prompts.rate(), speaker.model.written.rate());
        tell(&format!(
            "bench: round {round} of {}: {:.0} tokens/s read, {:.1} written",
            options.rounds, rates.0, rates.1
        ));
        rounds.push(rates);
        bandwidth = bandwidth.max(probe.measure(&pool));
    }
    let bytes = weight_bytes(&speaker.deploy.config, options.model.precision);
    let read = median(rounds.iter().map(|rates| rates.0).collect());
    let written = median(rounds.iter().map(|rates| rates.1).collect());
    let floor = bandwidth / bytes;
    let instructions = instructions(options.model.backend);
    let mut out = StandardOutput::lock();
    if options.json {
        let object = json!({
            "load_seconds": speaker.loading.as_secs_f64(),
            "prompt_tokens_per_second": read,
            "new_tokens_per_second": written,
            "memory_bytes_per_second": bandwidth,
            "weight_bytes": bytes,
            "share_of_memory_floor": written / floor,
            "threads": threads,
            "instructions": instructions,
        });
        writeln!(out, "{object}")?;
    } else {
        writeln!(
            out,
            "loading             {:.2} s",
            speaker.loading.as_secs_f64()
        )?;
        writeln!(out, "prompt of {prompt_tokens:<9} {read:.0} tokens/s")?;
        writeln!(out, "{new_tokens:<4} new tokens     {written:.1} tokens/s")?;
        writeln!(
            out,
            "memory              {:.1} GB/s with {threads} threads, so {floor:.0} tokens/s at most; {:.0} % of that",
            bandwidth / 1e9,
            100.0 * written / floor
        )?;
        if let Some(instructions) = instructions {
            writeln!(out, "instructions        {instructions}")?;
        }
    }
    Ok(())
}

/// Read a prompt, then write greedily whatever comes, end-of-text too.
fn write_tokens(speaker: &mut Speaker, prompt_tokens: usize, new_tokens: usize) -> Result<()> {
    let model = &mut speaker.model;
    let vocabulary = model.vocabulary();
    // Tokens all over the vocabulary, the same each time.
    let mut unread: Vec<u32> = (0..prompt_tokens)
        .map(|place| (place * 7919 % vocabulary) as u32)
        .collect();
    model.reset();
    for _ in 0..=new_tokens {
        let logits = model.forward(&[unread], Positions::Last)?;
        unread = vec![argmax(logits.row(0))];
    }
    Ok(())
}

/// Bytes of the weights that one token needs: all matrices, and the embedding as output head.
fn weight_bytes(config: &Config, precision: Precision) -> f64 {
    let layers = 12 * config.n_layer * config.n_embd * config.n_embd;
    let head = config.vocab_size * config.n_embd;
    let (layer_bytes, head_bytes) = precision.bytes_per_weight();
    layers as f64 * layer_bytes + head as f64 * head_bytes
}

/// The vector instructions that the engine computes with; of libtorch we do not know them.
fn instructions(backend: Backend) -> Option<String> {
    (backend == Backend::Engine).then(|| Isa::best().to_string())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, Into::into)
}
