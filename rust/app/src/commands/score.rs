//! `gpt2ro score`: how well the model predicts texts.

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use super::Speaker;
use gpt2ro_tokenizer::SpecialTokens;

use crate::cli::ScoreOptions;
use crate::corpus::length::Lines;
use crate::letters::cedillas;
use crate::model::Model as _;
use crate::output::{StandardOutput, name, read_text, tell};
use crate::scoring::{Score, nats};

/// How files of JSON lines are called.
const OF_JSON_LINES: [&str; 2] = ["jsonl", "ndjson"];
/// From here on a perplexity is written by its power of ten; that of a strange text has many digits.
const MANY: f64 = 1e6;
/// Time between two lines of progress.
const INTERVAL: Duration = Duration::from_secs(5);

/// Run the command.
///
/// # Errors
/// A text cannot be read or holds no words, or the model cannot be loaded.
pub fn run(options: &ScoreOptions) -> Result<()> {
    for path in &options.texts {
        check_is_no_json(options, path)?;
    }
    let mut speaker = Speaker::load(&options.model)?;
    let mut total = Score::default();
    for path in &options.texts {
        let texts = texts(options, path)?;
        tell_cedillas(&texts, path);
        if options.lines {
            for line in &texts {
                let alone = score(&mut speaker, std::slice::from_ref(line), path)?;
                print(options, line, alone)?;
            }
        }
        let all = score(&mut speaker, &texts, path)?;
        print(options, &name(path), all)?;
        total += all;
    }
    if options.texts.len() > 1 {
        print(options, "all", total)?;
    }
    Ok(())
}

/// Refuse to take JSON lines for a text: braces and keys would be scored, and the figures look like others.
fn check_is_no_json(options: &ScoreOptions, path: &Path) -> Result<()> {
    let of_json = path.extension().is_some_and(|end| {
        OF_JSON_LINES
            .iter()
            .any(|json| end.eq_ignore_ascii_case(json))
    });
    ensure!(
        options.jsonl || !of_json,
        "{}: JSON lines by its name, expected a text; add --jsonl to score the field text of its lines",
        name(path)
    );
    Ok(())
}

/// The texts of a file: itself, or that of every line that is not blank.
fn texts(options: &ScoreOptions, path: &Path) -> Result<Vec<String>> {
    let whole = read_text(path)?;
    let kind = match (options.lines, options.jsonl) {
        (false, false) => return Ok(vec![whole]),
        (_, false) => Lines::Plain,
        (_, true) => Lines::Json,
    };
    let lines = whole.lines().enumerate();
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(index, line)| {
            kind.text(line)
                .with_context(|| format!("{}: line {}", name(path), index + 1))
        })
        .collect()
}

/// Say of letters with a cedilla that the model has hardly read them. They are scored as they are: how
/// well a text is predicted is asked of this very text.
fn tell_cedillas(texts: &[String], path: &Path) {
    let found: usize = texts.iter().map(|text| cedillas(text)).sum();
    if found > 0 {
        tell(&format!(
            "gpt2ro: {}: {found} letters ş ţ with a cedilla, scored as they are; the model knows ș ț: sed 'y/şţŞŢ/șțȘȚ/' writes those",
            name(path)
        ));
    }
}

fn score(speaker: &mut Speaker, texts: &[String], path: &Path) -> Result<Score> {
    let mut tokens = Vec::new();
    let mut score = Score::default();
    for text in texts {
        // A text that contains the characters of a special token is scored as these characters.
        tokens.extend(speaker.deploy.tokenizer.encode(text, SpecialTokens::AsText));
        tokens.push(speaker.model.end_of_text());
        score.bytes += text.len();
        score.words += text.split_whitespace().count();
    }
    ensure!(
        score.words > 0,
        "{}: holds no words; name a file with text",
        name(path)
    );
    score.tokens = tokens.len();
    let mut progress = progress(path, tokens.len());
    score.nats = nats(&mut speaker.model, &tokens, &mut progress)?;
    Ok(score)
}

/// Tells on a terminal's standard error how far a long text is.
fn progress(path: &Path, tokens: usize) -> impl FnMut(usize) {
    let start = Instant::now();
    let mut last = start;
    move |done| {
        if last.elapsed() < INTERVAL || !std::io::stderr().is_terminal() {
            return;
        }
        last = Instant::now();
        let rate = done as f64 / start.elapsed().as_secs_f64();
        let left = (tokens - done) as f64 / rate;
        tell(&format!(
            "score {}: {done} of {tokens} tokens, {rate:.0} tokens/s, {left:.0} s left",
            name(path)
        ));
    }
}

fn print(options: &ScoreOptions, what: &str, score: Score) -> Result<()> {
    let mut out = StandardOutput::lock();
    if options.json {
        let object = json!({
            "text": what,
            "bits_per_byte": rounded(score.bits_per_byte()),
            "token_perplexity": rounded(score.token_perplexity()),
            "word_perplexity": rounded(score.word_perplexity()),
            "tokens": score.tokens,
            "bytes": score.bytes,
        });
        writeln!(out, "{object}")?;
    } else {
        writeln!(
            out,
            "{what}: {:.3} bits a byte, perplexity {} a word, {} a token, {} bytes",
            score.bits_per_byte(),
            perplexity(score.word_perplexity()),
            perplexity(score.token_perplexity()),
            score.bytes
        )?;
    }
    Ok(())
}

fn perplexity(value: f64) -> String {
    if value < MANY {
        format!("{value:.1}")
    } else {
        format!("{value:.1e}")
    }
}

fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}
