//! Strategies with random parameters choose what `transformers` chooses.
//!
//! Every case has a prompt, a strategy with its parameters and some of what changes logits: all are drawn in
//! `tiny_deploy.py`, which says how. Of a beam search all sequences that are asked for are compared.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::strategies::ids;
use crate::util::{STREAM_SEED, model, run_on};

fn chooses_what_transformers_chooses(backend: &[&str]) {
    let seed = STREAM_SEED.to_string();
    for name in ["plain", "ending"] {
        let file = Path::new(&model(name)).join("random_cases.json");
        let cases: Vec<Value> = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        assert_eq!(cases.len(), 40);
        for case in cases {
            let flags = case["flags"].as_array().unwrap();
            let flags: Vec<&str> = flags.iter().map(|flag| flag.as_str().unwrap()).collect();
            let prompt = case["prompt"].as_str().unwrap();
            let fixed = [prompt, "-n", "24", "--json", "--seed", &seed];
            let run = run_on(name, "generate", &[&fixed[..], &flags, backend].concat());
            let lines = run.out();
            let found: Vec<Value> = lines
                .lines()
                .map(|line| serde_json::from_str::<Value>(line).unwrap()["tokens"].take())
                .collect();
            let expected = case["tokens"].as_array().unwrap();
            assert_eq!(found.len(), expected.len(), "{run}");
            for (found, expected) in found.iter().zip(expected) {
                assert_eq!(ids(found), ids(expected), "{name}: {run}");
            }
        }
    }
}

#[cfg(feature = "rust-bert")]
#[test]
fn random_strategies_choose_what_transformers_chooses_with_rust_bert() {
    chooses_what_transformers_chooses(&["--backend", "rust-bert"]);
}

#[cfg(feature = "engine")]
#[test]
fn random_strategies_choose_what_transformers_chooses_with_the_engine() {
    chooses_what_transformers_chooses(&["--backend", "engine"]);
}
