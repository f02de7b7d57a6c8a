//! Fifty prompts, continued as `transformers` continues them.
//!
//! Compared are the ids, 24 tokens or up to the end of the text, of greedy decoding, of a beam search
//! with 4 beams, and of top-k sampling (k 50, temperature 0.8). For the last, `transformers` draws with the
//! random numbers of the binary's seed in place of its own: see `tiny_deploy.py`.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::strategies::ids;
use crate::util::{STREAM_SEED, model, run_on};

const STRATEGIES: [&str; 3] = ["greedy", "beam", "top-k"];

/// Continue every prompt with every strategy, with these flags besides.
fn continues_as_transformers_does(backend: &[&str]) {
    let prompts =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/continuation_prompts.txt");
    let prompts = prompts.to_str().unwrap();
    let seed = STREAM_SEED.to_string();
    for name in ["plain", "ending"] {
        let file = Path::new(&model(name)).join("continuations.json");
        let expected: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        for strategy in STRATEGIES {
            let flags = ["--prompts", prompts, "--json", "-n", "24", "--seed", &seed];
            let flags = [&flags[..], &["--strategy", strategy], backend].concat();
            let out = run_on(name, "generate", &flags).out();
            let expected = expected[strategy].as_array().unwrap();
            assert_eq!((out.lines().count(), expected.len()), (50, 50));
            for (line, expected) in out.lines().zip(expected) {
                let found: Value = serde_json::from_str(line).unwrap();
                assert_eq!(
                    ids(&found["tokens"]),
                    ids(expected),
                    "{name} {strategy}: {line}"
                );
            }
        }
    }
}

#[cfg(feature = "rust-bert")]
#[test]
fn fifty_prompts_are_continued_as_transformers_does_by_rust_bert() {
    continues_as_transformers_does(&["--backend", "rust-bert"]);
}

#[cfg(feature = "engine")]
#[test]
fn fifty_prompts_are_continued_as_transformers_does_by_the_engine() {
    continues_as_transformers_does(&["--backend", "engine"]);
}
