//! How long a tokenizer takes to be read and to encode texts, ours and the library `tokenizers`, in turns:
//! `cargo run --release -p gpt2ro-checks --example encode -- results/tokenizer/tokenizer.json TEXT...`

use std::hint::black_box;
use std::time::{Duration, Instant};

use gpt2ro_tokenizer::{SpecialTokens, Tokenizer};

/// Readings of the file, of which the quickest is told.
const ROUNDS: usize = 20;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut paths = std::env::args().skip(1);
    let file = std::fs::read(paths.next().ok_or("expected tokenizer.json and texts")?)?;
    let read = || Tokenizer::from_json(&file).expect("the tokenizer of a GPT-2");
    let read_library = || tokenizers::Tokenizer::from_bytes(&file).expect("a tokenizer");
    let (mut ours, mut theirs) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        ours = ours.min(timed(read).1);
        theirs = theirs.min(timed(read_library).1);
    }
    println!("read: {ours:.1?}, tokenizers {theirs:.1?}");
    let (tokenizer, library) = (read(), read_library());
    for path in paths {
        let text = std::fs::read_to_string(&path)?;
        let (mut ours, mut theirs) = (Duration::ZERO, Duration::ZERO);
        let mut tokens = 0;
        for line in text.lines() {
            let (ids, took) = timed(|| tokenizer.encode(line, SpecialTokens::Read));
            ours += took;
            let (expected, took) = timed(|| library.encode_fast(line, false));
            theirs += took;
            assert_eq!(ids, expected.expect("a text").get_ids(), "{path}: {line}");
            tokens += ids.len();
        }
        let rate = |time: Duration| text.len() as f64 / time.as_secs_f64() / 1e6;
        let (ours, theirs) = (rate(ours), rate(theirs));
        println!("{path}: {tokens} tokens, all equal; {ours:.1} MB/s, tokenizers {theirs:.1}");
    }
    Ok(())
}

fn timed<T>(compute: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let found = black_box(compute());
    (found, start.elapsed())
}
