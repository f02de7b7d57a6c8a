//! Speed and memory of a GPT-2 of the small shape, as one JSON object.
//!
//!     cargo run --release -p gpt2ro-engine --example speed -- rust_model.ot PRECISION THREADS ROUNDS
//!
//! Rates are of the fastest of many short rounds: a round that another program disturbs is no
//! measure of this one. Between them the memory is read, as fast as the same threads can, from a
//! buffer too large for any cache; a rate's floor is the weights' bytes at that speed.

use std::error::Error;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use gpt2ro_engine::kernels::{BandwidthProbe, Pool, Precision};
use gpt2ro_engine::model::{Gpt2, Options, Shape, Wanted};

/// Tokens of the prompt that is read in one go.
const PROMPT: usize = 512;
/// Tokens that are there before decoding is measured.
const PAST: usize = 32;
/// Tokens of a round of decoding: one, so that many rounds are over before another program is let in.
const ROUND: usize = 1;
/// Rounds of a batch.
const STEPS: usize = 64;
/// Sequences side by side.
const BATCH: usize = 8;

const SMALL: Shape = Shape {
    vocabulary: 50_257,
    context: 1_024,
    width: 768,
    heads: 12,
    layers: 12,
    epsilon: 1e-5,
};

/// The fastest of all rounds, in seconds, and of all readings, in bytes per second.
struct Fastest {
    prefill: f64,
    decode: f64,
    batch: f64,
    reading: f64,
    /// All rounds of batches: what a comparison by medians wants.
    batches: Vec<f64>,
}

/// What is to be measured.
struct Wish {
    weights: PathBuf,
    precision: Precision,
    threads: usize,
    rounds: usize,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match Wish::of(&arguments).map_err(Into::into).and_then(report) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("speed: {error}");
            ExitCode::FAILURE
        }
    }
}

impl Wish {
    fn of(arguments: &[String]) -> Result<Self, String> {
        let [weights, precision, threads, rounds] = arguments else {
            return Err("usage: speed rust_model.ot PRECISION THREADS ROUNDS".to_owned());
        };
        Ok(Self {
            weights: weights.into(),
            precision: named(precision)?,
            threads: counted("threads", threads)?,
            rounds: counted("rounds", rounds)?,
        })
    }
}

/// A number of something: a figure is of one thread and one round at least.
fn counted(what: &str, argument: &str) -> Result<usize, String> {
    let number = argument.parse().ok().filter(|&number| number > 0);
    number.ok_or_else(|| format!("{what} {argument}; expected a number from 1 on"))
}

fn report(wish: Wish) -> Result<(), Box<dyn Error>> {
    let options = Options {
        threads: Some(wish.threads),
        ..Options::new(wish.precision)
    };
    let before = resident("VmRSS:")?;
    // The file is there from here on, so that its reading is what is measured.
    let weights: &Path = &wish.weights;
    let packed = weights.with_extension("packed");
    Gpt2::load_cached(weights, SMALL, options, &packed)?;
    let start = Instant::now();
    let (mut model, _) = Gpt2::load_cached(weights, SMALL, options, &packed)?;
    model.forward(&[ids(0, 1)], Wanted::Last)?;
    let cached_first = start.elapsed().as_secs_f64();
    drop(model);
    std::fs::remove_file(&packed)?;
    let start = Instant::now();
    let mut model = Gpt2::load(weights, SMALL, options)?;
    model.forward(&[ids(0, 1)], Wanted::Last)?;
    let first = start.elapsed().as_secs_f64();
    let (memory, loaded) = (resident("RssAnon:")?, resident("VmRSS:")? - before);
    let fastest = measure(&mut model, wish.threads, wish.rounds)?;
    let whole = resident("VmRSS:")? - before;
    let median = fastest.batches[fastest.batches.len() / 2];
    let rate = |tokens: usize, seconds: f64| (tokens as f64 / seconds * 10.0).round() / 10.0;
    println!(
        "{{\"precision\": \"{}\", \"threads\": {}, \"decode\": {}, \"prefill\": {}, \
         \"batch\": {}, \"batch_median\": {}, \"read_gb_per_s\": {:.1}, \"first_token_s\": {first:.3}, \
         \"first_token_cached_s\": {cached_first:.3}, \"memory_mb\": {:.0}, \
         \"loaded_mb\": {:.0}, \"resident_mb\": {:.0}, \"weights_mb\": {:.0}}}",
        wish.precision.name(),
        wish.threads,
        rate(ROUND, fastest.decode),
        rate(PROMPT, fastest.prefill),
        rate(BATCH * ROUND, fastest.batch),
        rate(BATCH * ROUND, median),
        fastest.reading / 1e9,
        memory / 1e6,
        loaded / 1e6,
        whole / 1e6,
        model.weight_bytes() as f64 / 1e6,
    );
    Ok(())
}

fn named(name: &str) -> Result<Precision, String> {
    let mut all = Precision::ALL.into_iter();
    let found = all.find(|precision| precision.name() == name);
    found.ok_or_else(|| format!("precision {name}; expected fp32, bf16, int8 or int4"))
}

fn measure(model: &mut Gpt2, threads: usize, rounds: usize) -> Result<Fastest, Box<dyn Error>> {
    let pool = Pool::new(threads)?;
    let probe = BandwidthProbe::new()?;
    let mut fastest = Fastest {
        prefill: f64::MAX,
        decode: f64::MAX,
        batch: f64::MAX,
        reading: 0.0,
        batches: Vec::new(),
    };
    let prompt = ids(1, PROMPT);
    let past: Vec<Vec<u32>> = (0..BATCH).map(|seed| ids(seed, PAST)).collect();
    for round in 0..rounds {
        fastest.reading = fastest.reading.max(probe.measure(&pool));
        model.reset();
        model.forward(&past[..1], Wanted::Last)?;
        for step in 0..100 {
            keep(&mut fastest.decode, || decode(model, 1, round + step));
        }
        model.reset();
        model.forward(&past, Wanted::Last)?;
        for step in 0..STEPS {
            let start = Instant::now();
            decode(model, BATCH, round + step);
            fastest.batches.push(start.elapsed().as_secs_f64());
        }
        model.reset();
        keep(&mut fastest.prefill, || {
            black_box(model.forward(std::slice::from_ref(&prompt), Wanted::Last)).is_ok()
        });
    }
    fastest.batches.sort_by(f64::total_cmp);
    fastest.batch = fastest.batches[0];
    Ok(fastest)
}

fn keep<T>(fastest: &mut f64, action: impl FnOnce() -> T) {
    let start = Instant::now();
    black_box(action());
    *fastest = fastest.min(start.elapsed().as_secs_f64());
}

fn decode(model: &mut Gpt2, sequences: usize, seed: usize) {
    for step in 0..ROUND {
        let tokens: Vec<Vec<u32>> = (0..sequences)
            .map(|sequence| ids(seed * 97 + step * 13 + sequence, 1))
            .collect();
        black_box(model.forward(&tokens, Wanted::Last)).expect("there is room");
    }
}

/// Token ids that depend on a seed.
fn ids(seed: usize, count: usize) -> Vec<u32> {
    let id = |place: usize| ((seed * 7_919 + place * 37) % SMALL.vocabulary) as u32;
    (0..count).map(id).collect()
}

/// Bytes of this process's memory: "`VmRSS`:" of all, "`RssAnon`:" of what is no file's.
fn resident(kind: &str) -> Result<f64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with(kind));
    let kibibytes = line.and_then(|line| line.split_whitespace().nth(1));
    Ok(kibibytes.ok_or(kind)?.parse::<f64>()? * 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(arguments: [&str; 4]) -> String {
        let arguments = arguments.map(str::to_owned);
        Wish::of(&arguments).err().expect("it is refused")
    }

    #[test]
    fn no_rounds_no_threads_and_unknown_precisions_are_refused_in_one_line() {
        assert!(Wish::of(&["a.ot", "int8", "2", "1"].map(str::to_owned)).is_ok());
        let expected = "expected a number from 1 on";
        let found = refused(["a.ot", "int8", "2", "0"]);
        assert_eq!(found, format!("rounds 0; {expected}"));
        let found = refused(["a.ot", "int8", "0", "1"]);
        assert_eq!(found, format!("threads 0; {expected}"));
        let found = refused(["a.ot", "int8", "2", "-1"]);
        assert_eq!(found, format!("rounds -1; {expected}"));
        let found = refused(["a.ot", "int7", "2", "1"]);
        assert_eq!(found, "precision int7; expected fp32, bf16, int8 or int4");
    }
}
